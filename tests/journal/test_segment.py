"""Segment files."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from obskit.journal import segment
from tests.support.programs import run


def header(**changes: Any) -> dict[str, Any]:
    made = segment.header("w", 3, now=1_000_000_000, resource={"service.name": "a"}, boot="b", redaction="r")
    found: dict[str, Any] = orjson.loads(made)
    return {**found, **changes}


def test_a_header_says_whose_lines_follow_and_in_which_format() -> None:
    """Format 1: its keys and their order are fixed."""
    found = header()

    assert list(found) == [
        "timestamp",
        "kind",
        "format",
        "writer",
        "n",
        "resource",
        "boot_id",
        "pid",
        "redaction",
    ]
    assert (found["kind"], found["format"], found["n"], found["pid"]) == ("segment", 1, 3, os.getpid())


def test_a_resource_that_json_cannot_hold_does_not_stop_rotation() -> None:
    """A lone surrogate, as a hostname in a strange encoding gives it, is replaced."""
    made = segment.header("w", 1, now=0, resource={"host.name": "a\ud800"}, boot="", redaction="")

    assert orjson.loads(made)["resource"] == {"host.name": "a?"}


@pytest.mark.parametrize(("version", "newer"), [(1, False), (2, True), ("2", True), (None, True)])
def test_only_the_known_format_is_touched(version: Any, newer: bool) -> None:
    """Whatever else a header says is someone else's to read."""
    assert segment.is_newer(header(format=version)) is newer


def test_file_names_sort_by_number_and_nothing_else_is_a_segment() -> None:
    """Six digits at least."""
    assert segment.file_name(7) == "000007.jsonl"
    assert [segment.number(name) for name in ("000012.jsonl", "1000000.jsonl", "cursors", "1.jsonl")] == [
        12,
        1_000_000,
        None,
        None,
    ]


def test_a_directory_that_is_gone_has_no_segments(tmp_path: Path) -> None:
    """Removal while somebody looks is no error."""
    assert segment.numbers(tmp_path / "missing") == []


def test_a_segment_is_never_written_over(tmp_path: Path) -> None:
    """One that is there belongs to somebody."""
    path = tmp_path / "000001.jsonl"
    os.close(segment.create(path, b"{}\n", 0o600))

    with pytest.raises(FileExistsError):
        segment.create(path, b"other\n", 0o600)
    assert path.read_bytes() == b"{}\n"


def test_a_header_without_room_leaves_no_file(tmp_path: Path) -> None:
    """A half-written header would be taken for a foreign file."""
    program = """
        import resource, sys
        from pathlib import Path
        from obskit.journal import segment
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        try:
            segment.create(Path(sys.argv[1]), b"x" * 100, 0o600)
        except OSError as error:
            print(error.errno)
    """
    assert run(program, tmp_path / "s.jsonl").strip() == str(errno.ENOSPC)
    assert list(tmp_path.iterdir()) == []
