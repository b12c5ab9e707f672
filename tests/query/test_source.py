"""Reading journals, files and streams, whole or broken."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import ModuleType

import orjson
import pytest

from obskit.query import merge
from obskit.query.failure import QueryError
from obskit.query.source import Source, open_source
from obskit.query.wanted import Wanted


def messages(source: Source, wanted: Wanted | None = None) -> list[str]:
    """Return the messages of a source in order."""
    return [item.parsed()["message"] for item in merge.in_order(source, wanted or Wanted(logs_only=True))]


def test_empty_directory(root: Path) -> None:
    """An empty directory holds nothing, which is no problem."""
    assert messages(Source(root)) == []


def test_headers_and_unknown_kinds_are_skipped(root: Path, journals: ModuleType) -> None:
    """Headers, units of work and kinds that are not known are no records."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "one")
    for kind in ("open", "close", "something"):
        writer.raw(orjson.dumps({"timestamp": journals.stamp(1), "kind": kind, "message": kind}) + b"\n")
    writer.log(2, "two")
    source = Source(root)
    assert messages(source, Wanted()) == ["one", "two"]
    assert source.problems.foreign == 0


def test_line_without_newline_does_not_count(root: Path, journals: ModuleType) -> None:
    """A line of a journal counts when its newline is there."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "whole")
    writer.raw(writer.line({"timestamp": journals.stamp(1), "level": "INFO", "message": "torn"}, "l")[:-1])
    assert messages(Source(root)) == ["whole"]
    writer.raw(b"\n")
    assert messages(Source(root)) == ["whole", "torn"]


def test_broken_line_is_resumed(root: Path, journals: ModuleType) -> None:
    """Of a torn line with a whole one glued to it, the whole one is read and printed as it was written."""
    writer = journals.Writer(root, "shop", 1)
    writer.raw(b'{"timestamp":"2020-01-01T00:00:00.000000Z","level":"INFO","message":"to')
    written = writer.log(1, "whole")
    source = Source(root)
    (item,) = merge.in_order(source, Wanted(since=journals.stamp(0), logs_only=True))
    assert orjson.loads(item.raw) == written
    assert source.problems.torn == 1


def test_nul_bytes_are_skipped(root: Path, journals: ModuleType) -> None:
    """NUL bytes, which a crash of the machine leaves, do not hide the line behind them."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "before")
    writer.raw(b"\0" * 5000)
    writer.log(1, "behind")
    assert messages(Source(root)) == ["before", "behind"]


@pytest.mark.parametrize(
    "line", [b"Starting gunicorn\n", b"[1]\n", b"{}\n", b'{"timestamp":3}\n', b"\xff\xfe\n", b"\n"]
)
def test_foreign_lines_are_passed_over(root: Path, journals: ModuleType, line: bytes) -> None:
    """A line of another program is no error."""
    writer = journals.Writer(root, "shop", 1)
    writer.raw(line)
    writer.log(0, "ours")
    source = Source(root)
    assert messages(source) == ["ours"]
    assert source.problems.foreign == (0 if line == b"\n" else 1)


def test_newer_format_is_left_alone(root: Path, journals: ModuleType) -> None:
    """A segment of a newer format is counted, not read; the others are."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "known")
    writer.rotate(at=1, format=2)
    writer.log(1, "unknown")
    source = Source(root)
    assert messages(source) == ["known"]
    assert source.problems.newer == 1


def test_merged_directory(root: Path, journals: ModuleType) -> None:
    """In a merged segment each header begins a run of its own, which is merged by time with the others."""
    merged = journals.Writer(root, "shop", 9)
    merged.path.write_bytes(b"")
    for number in (1, 2):
        source = journals.Writer(root / "elsewhere", "shop", number)
        for at in range(3):
            source.log(at + number / 10, f"{at}.{number}")
        merged.raw(source.path.read_bytes())
    (merged.directory / "sources").write_text("")
    assert messages(Source(root)) == ["0.1", "0.2", "1.1", "1.2", "2.1", "2.2"]


def test_newer_format_within_a_merged_segment(root: Path, journals: ModuleType) -> None:
    """Only the run behind a header of a newer format is left alone."""
    merged = journals.Writer(root, "shop", 9)
    merged.path.write_bytes(b"")
    for number, form in ((1, 1), (2, 7), (3, 1)):
        source = journals.Writer(root / "elsewhere", "shop", number)
        source.path.write_bytes(source.header(format=form))
        source.log(number, str(number))
        merged.raw(source.path.read_bytes())
    source = Source(root)
    assert messages(source) == ["1", "3"]
    assert source.problems.newer == 1


def test_replaced_sources_are_not_read_twice(root: Path, journals: ModuleType) -> None:
    """While merged segments and what they are made of stand side by side, each line comes once."""
    for number in (1, 2):
        journals.Writer(root, "shop", number).log(number, str(number))
    merged = journals.Writer(root, "shop", 9)
    merged.path.write_bytes(b"".join(path.read_bytes() for path in sorted(root.glob("shop/*[12]/*.jsonl"))))
    assert messages(Source(root)) == ["1", "2"]


def test_one_service_or_one_writer(root: Path, journals: ModuleType) -> None:
    """The directory of a service, and that of a writer, can be read like a journal."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "shop")
    journals.Writer(root, "other", 2).log(0, "other")
    assert messages(Source(root / "shop")) == ["shop"]
    assert messages(Source(writer.directory)) == ["shop"]


def test_json_lines_file(tmp_path: Path) -> None:
    """In a captured output the last line counts without a newline, and other programs' lines are passed over."""
    path = tmp_path / "captured.log"
    lines = [
        b'{"timestamp":"2026-03-04T10:00:01.000000Z","level":"INFO","message":"b"}',
        b"INFO: Started server process",
        b'{"timestamp":"2026-03-04T11:00:00+01:00","level":"INFO","message":"a"}',
    ]
    path.write_bytes(b"\n".join(lines))
    source = open_source(str(path), None)
    assert messages(source) == ["a", "b"]
    assert source.problems.foreign == 1


def test_pipe_is_a_stream(tmp_path: Path) -> None:
    """A pipe, which cannot be read twice, is read as a stream."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writing = os.open(path, os.O_RDWR)
    try:
        source = open_source(str(path), None)
        assert source.root is None
        assert source.stream is not None
        source.stream.close()
    finally:
        os.close(writing)


def test_kept_stream_can_be_read_twice() -> None:
    """A stream that is kept gives the same lines again."""
    source = Source(None, io.BytesIO(b'{"timestamp":"2026-03-04T10:00:01.000000Z","message":"m"}\n'))
    for _ in range(2):
        source.keep()
        assert messages(source) == ["m"]


def test_missing_source(tmp_path: Path) -> None:
    """What does not exist is one clear line."""
    with pytest.raises(QueryError, match="no such directory or file"):
        open_source(str(tmp_path / "gone"), None)


def test_segment_that_vanishes_is_counted(root: Path, journals: ModuleType) -> None:
    """A segment that the keeper removes between listing and reading is counted, and no error."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "gone")
    source = Source(root)
    sections = list(source.sections())
    writer.path.unlink()
    assert [item for section in sections for item in section.items(Wanted(), source.problems, keep=False)] == []
    assert source.problems.vanished == 1


def test_needles_skip_nothing_across_chunks(root: Path, journals: ModuleType) -> None:
    """A segment whose only match lies on the border of two chunks is not left out."""
    writer = journals.Writer(root, "shop", 1)
    size = writer.path.stat().st_size
    line = writer.line({"timestamp": journals.stamp(0), "level": "INFO", "message": "needle"}, "l")
    at = line.index(b"needle")
    writer.raw(b" " * ((1 << 20) - size - at - 4) + b"\n" + line)
    assert writer.path.read_bytes()[(1 << 20) - 3 :].startswith(b"needle")
    assert messages(Source(root), Wanted((b"needle",))) == ["needle"]
