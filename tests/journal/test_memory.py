"""The queue in memory."""

from __future__ import annotations

import threading

from obskit.journal.ids import Signal
from obskit.journal.memory import MemoryQueue


def queue(most: int = 1 << 20) -> tuple[MemoryQueue, list[Signal]]:
    dropped: list[Signal] = []
    return MemoryQueue(dropped.append, most), dropped


def test_lines_stay_in_their_order_by_signal() -> None:
    """Numbered over both."""
    made, _ = queue()
    made.write("logs", b"a")
    made.write("spans", b"b")
    made.write("logs", b"c")

    assert [(entry.n, entry.line) for entry in made.entries("logs")] == [(1, b"a"), (3, b"c")]
    assert made.last() == 3


def test_where_the_bound_is_reached_the_oldest_go_counted() -> None:
    """Of whichever signal they are."""
    made, dropped = queue(most=25)
    made.write("spans", b"x" * 10)
    for _ in range(4):
        made.write("logs", b"x" * 10)

    assert dropped == ["spans", "logs", "logs"]
    assert [entry.n for entry in made.entries("logs")] == [4, 5]


def test_a_line_larger_than_the_bound_is_dropped_itself() -> None:
    """Nothing else can make room for it."""
    made, dropped = queue(most=5)
    made.write("logs", b"x" * 10)

    assert (dropped, made.entries("logs")) == (["logs"], [])


def test_only_what_is_done_with_is_freed_and_makes_room() -> None:
    """From the oldest up to the first that is not."""
    made, dropped = queue(most=40)
    for _ in range(4):
        made.write("logs", b"x" * 10)

    freed = made.free("logs", lambda entry: entry.n in (1, 2, 4))
    made.write("logs", b"x" * 10)
    made.write("logs", b"x" * 10)

    assert [entry.n for entry in freed] == [1, 2]
    assert [entry.n for entry in made.entries("logs")] == [3, 4, 5, 6]
    assert dropped == []


def test_threads_that_write_at_once_lose_nothing() -> None:
    """Every line is there or counted as dropped."""
    made, dropped = queue(most=50_000)

    def write() -> None:
        for _ in range(2000):
            made.write("logs", b"x" * 10)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = made.entries("logs")
    assert len(kept) + len(dropped) == 16_000
    assert len({entry.n for entry in kept}) == len(kept) == 5000
