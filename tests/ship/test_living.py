"""What lies behind a target's cursor in the segments of a writer that goes on writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from obskit.journal import segment
from obskit.journal.cursors import Cursor
from obskit.journal.place import Place
from obskit.ship.feed import SegmentFeed
from obskit.ship.living import LastWritten, Waiting, end_of, last_line, pending_bytes
from tests.support import journals

KEY = ("otlp+http://127.0.0.1:4318#0", "logs")


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """A journal."""
    return journals.place(tmp_path / "j")


def feed(name: str) -> SegmentFeed:
    return SegmentFeed(Path("/nowhere") / name)


def test_a_segment_without_lines_is_not_written_to_yet(where: Place) -> None:
    """A header alone says nothing: a thread may still be writing to the one before it."""
    directory, _ = journals.dead(where, 3)
    first = (directory / "000001.jsonl").read_bytes()
    last = LastWritten(directory)
    assert last() == 1

    (directory / "000002.jsonl").write_bytes(first.splitlines(keepends=True)[0])
    assert last() == 1

    (directory / "000002.jsonl").write_bytes(first)
    assert last() == 2


def test_what_was_seen_written_stays_so(where: Place) -> None:
    """Also when the cap has taken the segment since."""
    directory, _ = journals.dead(where, 40, segment_bytes=4096)
    last = LastWritten(directory)
    reached = last()
    assert reached == segment.numbers(directory)[-1]

    (directory / segment.file_name(reached)).unlink()

    assert last() == reached


def test_a_directory_that_is_gone_has_no_end(tmp_path: Path) -> None:
    """Nor is that an error."""
    assert LastWritten(tmp_path / "gone")() == 1
    assert end_of(tmp_path / "gone") == (0, 0)
    assert last_line(tmp_path / "gone") == (0, 0)


def test_the_end_counts_headers_the_last_line_does_not(where: Place) -> None:
    """A new segment without a line is nothing that anybody waits for."""
    directory, _ = journals.dead(where, 3)
    first = (directory / "000001.jsonl").read_bytes()
    header = first.splitlines(keepends=True)[0]
    (directory / "000002.jsonl").write_bytes(header)

    assert end_of(directory) == (2, len(header))
    assert last_line(directory) == (1, len(first))


def test_pending_bytes_are_those_behind_the_cursor(where: Place) -> None:
    """Over all segments from there on."""
    directory, _ = journals.dead(where, 40, segment_bytes=4096)
    sizes = [(directory / segment.file_name(n)).stat().st_size for n in segment.numbers(directory)]
    made = SegmentFeed(directory)
    assert pending_bytes(made, KEY) == sum(sizes)

    made.acknowledge(KEY, Cursor(2, 100, 20))
    assert pending_bytes(made, KEY) == sum(sizes[1:]) - 100

    made.acknowledge(KEY, Cursor(len(sizes), sizes[-1], 40))
    assert pending_bytes(made, KEY) == 0


def test_pending_bytes_of_a_writer_that_another_ships_are_read_from_the_disk(where: Place) -> None:
    """Its process notes there how far it is."""
    directory, _ = journals.dead(where, 3)
    size = (directory / "000001.jsonl").stat().st_size
    ours = SegmentFeed(directory, writes_to=lambda: 1)
    ours.begin(KEY, Cursor())
    theirs = SegmentFeed(directory)
    assert theirs.claim()

    theirs.acknowledge(KEY, Cursor(1, size, 3))

    assert not ours.claim()
    assert pending_bytes(ours, KEY) == 0


def test_whoever_gave_something_goes_to_the_end() -> None:
    """So that all have their turn."""
    waiting = Waiting()
    one, two = feed("1"), feed("2")
    waiting.offer((one, two))

    turns = [next(iter(waiting)).directory.name for _ in range(5)]

    assert turns == ["1", "2", "1", "2", "1"]


def test_whoever_had_nothing_waits_no_longer() -> None:
    """Until it is offered anew."""
    waiting = Waiting()
    waiting.offer((feed("1"), feed("2")))

    assert [each.directory.name for each in waiting] == ["1", "2"]
    assert not waiting
    assert list(waiting) == []


def test_who_is_waiting_is_not_queued_twice() -> None:
    """However often it is offered."""
    waiting = Waiting()
    one = feed("1")
    for _ in range(3):
        waiting.offer((one,))

    assert list(waiting) == [one]


def test_a_writer_is_forgotten() -> None:
    """Whether it waits or not."""
    waiting = Waiting()
    one, two = feed("1"), feed("2")
    waiting.offer((one,))

    waiting.drop(one)
    waiting.drop(two)

    assert not waiting


def test_an_error_in_reading_costs_nobody_his_turn() -> None:
    """The writer stays in the row, behind the others."""
    waiting = Waiting()
    one, two = feed("1"), feed("2")
    waiting.offer((one, two))

    def read() -> None:
        for _ in waiting:
            raise OSError

    with pytest.raises(OSError):
        read()

    assert [each.directory.name for each in waiting] == ["2", "1"]
