"""Hold lines in memory where no directory can be written: bounded, the oldest go first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from obskit.journal.ids import Signal

_MOST_BYTES = 16 * 1024 * 1024


class MemoryQueue:
    """A bounded queue of lines, read by position like a segment.

    No lock: a deque's append and popleft are one step each, and the byte count may be off by a line for a moment.
    """

    def __init__(self, dropped: Callable[[], None], most_bytes: int = _MOST_BYTES) -> None:
        self._lines: deque[tuple[int, Signal, bytes]] = deque()
        self._dropped = dropped
        self._most = most_bytes
        self._bytes = 0
        self._last = 0

    def write(self, signal: Signal, line: bytes) -> None:
        """Append a line; where the bound is reached the oldest go, counted."""
        self._last += 1
        self._lines.append((self._last, signal, line))
        self._bytes += len(line)
        while self._bytes > self._most and self._forget():
            self._dropped()

    def after(self, position: int, signal: Signal, most: int) -> list[tuple[int, bytes]]:
        """Return up to `most` lines of a signal behind a position, each with its own."""
        found: list[tuple[int, bytes]] = []
        for n, kind, line in list(self._lines):
            if n > position and kind == signal:
                found.append((n, line))
                if len(found) == most:
                    break
        return found

    def forget(self, upto: int) -> None:
        """Let go of lines that every target has dealt with, up to a position."""
        while self._lines and self._lines[0][0] <= upto and self._forget():
            pass

    def last(self) -> int:
        """Return the position of the newest line."""
        return self._last

    def _forget(self) -> bool:
        try:
            _, _, line = self._lines.popleft()
        except IndexError:
            return False
        self._bytes -= len(line)
        return True
