"""Hold lines in memory where no directory can be written: bounded, the oldest go first."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from obskit.journal.ids import Signal

_MOST_BYTES = 16 * 1024 * 1024


class Entry(NamedTuple):
    """A line in the queue.

    Attributes:
        n: Its number, from 1, over both signals; threads that write at once may append out of turn.
        line: The bytes, with their newline.
    """

    n: int
    line: bytes


class MemoryQueue:
    """A bounded queue of lines for each signal.

    No lock: each step on a deque is one for every thread and signal handler.

    Args:
        dropped: Told of the signal of each line that had to go.
        most_bytes: What the lines may take together.
    """

    def __init__(self, dropped: Callable[[Signal], None], most_bytes: int = _MOST_BYTES) -> None:
        self._lines: dict[Signal, deque[Entry]] = {"logs": deque(), "spans": deque()}
        self._numbers = itertools.count(1)
        self._dropped = dropped
        self._most = most_bytes
        self._bytes = 0

    def write(self, signal: Signal, line: bytes) -> None:
        """Append a line; where the bound is reached the oldest go, counted."""
        size = len(line)
        self._lines[signal].append(Entry(next(self._numbers), line))
        # No call stands between reading and storing, so no other thread or handler comes in between.
        self._bytes += size
        while self._bytes > self._most:
            oldest = self._oldest()
            if oldest is None or self.take(oldest) is None:
                break
            self._dropped(oldest)

    def entries(self, signal: Signal) -> list[Entry]:
        """Return the lines of a signal, oldest first."""
        return list(self._lines[signal])

    def take(self, signal: Signal) -> Entry | None:
        """Take out the oldest line of a signal; None where there is none."""
        try:
            entry = self._lines[signal].popleft()
        except IndexError:
            return None
        size = len(entry.line)
        self._bytes -= size
        return entry

    def free(self, signal: Signal, done: Callable[[Entry], bool]) -> list[Entry]:
        """Take out lines that are done with, up to the first that is not, and return them."""
        freed: list[Entry] = []
        while (entry := self.take(signal)) is not None:
            if not done(entry):
                size = len(entry.line)
                self._lines[signal].appendleft(entry)
                self._bytes += size
                break
            freed.append(entry)
        return freed

    def last(self) -> int:
        """Return the number of the newest line."""
        # repr() is the one way to look at a counter without moving it.
        return int(repr(self._numbers)[6:-1]) - 1

    def _oldest(self) -> Signal | None:
        heads: list[tuple[int, Signal]] = []
        for signal, lines in self._lines.items():
            try:
                heads.append((lines[0].n, signal))
            except IndexError:
                continue
        return min(heads)[1] if heads else None
