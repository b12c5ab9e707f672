"""Following a journal or a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from obskit.query import follow, merge
from obskit.query.item import Item
from obskit.query.source import Source, Tracker
from obskit.query.wanted import Wanted

LOGS = Wanted(logs_only=True)


def begun(source: Source, wanted: Wanted = LOGS) -> tuple[list[str], Iterator[list[Item]]]:
    """Read a source to its end and return what was there, and the looks that follow."""
    tracker = Tracker()
    before = messages(list(merge.in_order(source, wanted, tracker=tracker)))
    return before, follow.new_items(source, wanted, tracker, sleep=lambda _seconds: None)


def messages(items: list[Item]) -> list[str]:
    """Return the messages of items."""
    found: list[Any] = [item.parsed()["message"] for item in items]
    return found


def test_appended_lines_come_once(root: Path, journals: ModuleType) -> None:
    """What a known writer adds comes with the next look, and only then."""
    writer = journals.Writer(root, "a", 1)
    writer.log(0, "old")
    before, looks = begun(Source(root))
    assert before == ["old"]
    assert next(looks) == []
    writer.log(1, "new")
    assert messages(next(looks)) == ["new"]
    assert next(looks) == []


def test_torn_line_comes_when_it_is_whole(root: Path, journals: ModuleType) -> None:
    """A line that is being written comes when its newline is there."""
    writer = journals.Writer(root, "a", 1)
    _, looks = begun(Source(root))
    line = writer.line({"timestamp": journals.stamp(0), "level": "INFO", "message": "m"}, "l")
    writer.raw(line[:30])
    assert next(looks) == []
    writer.raw(line[30:])
    assert messages(next(looks)) == ["m"]


def test_rotated_segments_and_new_writers(root: Path, journals: ModuleType) -> None:
    """A writer's next segment and a writer that is new are picked up; a look is in the order of time."""
    writer = journals.Writer(root, "a", 1)
    writer.log(0, "old")
    _, looks = begun(Source(root))
    writer.rotate(at=1)
    writer.log(2, "rotated")
    journals.Writer(root, "b", 2).log(1, "new writer")
    assert messages(next(looks)) == ["new writer", "rotated"]


def test_merged_writers_are_not_repeated(root: Path, journals: ModuleType) -> None:
    """When the keeper merges dead writers, lines that were shown do not come again; those that were not, do."""
    writer = journals.Writer(root, "a", 1)
    writer.log(0, "seen")
    before, looks = begun(Source(root))
    assert before == ["seen"]
    writer.log(1, "last words")
    unseen = journals.Writer(root, "a", 2)
    unseen.log(2, "never listed")
    merged = journals.Writer(root, "a", 9)
    merged.path.write_bytes(writer.path.read_bytes() + unseen.path.read_bytes())
    (merged.directory / "sources").write_text(f"{writer.id}\n{unseen.id}\n")
    assert messages(next(looks)) == ["last words", "never listed"]


def test_truncated_file_begins_anew(tmp_path: Path, journals: ModuleType) -> None:
    """A file that was truncated, as logrotate does, is read from its beginning."""
    path = tmp_path / "out.log"
    line = '{{"timestamp":"2026-03-04T10:00:0{0}.000000Z","message":"{0}"}}\n'
    path.write_text(line.format(1) + line.format(2))
    before, looks = begun(Source(path))
    assert before == ["1", "2"]
    path.write_text(line.format(3))
    assert messages(next(looks)) == ["3"]


def test_segments_without_a_match_are_still_followed(root: Path, journals: ModuleType) -> None:
    """A segment that was passed over because nothing in it matched is read when something does."""
    writer = journals.Writer(root, "a", 1)
    writer.log(0, "other")
    wanted = Wanted((b"req-1",), logs_only=True, tests=(lambda record: record.get("correlation_id") == "req-1",))
    before, looks = begun(Source(root), wanted)
    assert before == []
    writer.log(1, "wanted", correlation_id="req-1")
    assert messages(next(looks)) == ["wanted"]


def test_newer_format_is_counted_once(root: Path, journals: ModuleType) -> None:
    """A segment of a newer format is looked at once, however long one follows."""
    source = Source(root)
    _, looks = begun(source)
    journals.Writer(root, "a", 1).rotate(at=1, format=2)
    for _ in range(5):
        assert next(looks) == []
    assert source.problems.newer == 1


def test_vanished_journal(root: Path, journals: ModuleType) -> None:
    """A journal that is removed while it is followed ends nothing."""
    writer = journals.Writer(root, "a", 1)
    writer.log(0, "old")
    _, looks = begun(Source(root))
    writer.path.unlink()
    assert next(looks) == []
