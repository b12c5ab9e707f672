"""Read what a target still lacks from the queue in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from obskit.journal import reader
from obskit.journal.cursors import Cursor, Key
from obskit.journal.ids import Signal
from obskit.journal.memory import Entry, MemoryQueue
from obskit.ship.batch import Batch
from obskit.ship.feed import Make, parsed


class MemoryFeed:
    """The queue in memory, read as if it were one segment without a file; an offset is the number of a line.

    Args:
        queue: The lines.
        resource: The resource attributes of this process.
        keys: Returns the targets whose acknowledgement frees a line.
    """

    def __init__(self, queue: MemoryQueue, resource: Mapping[str, Any], keys: Callable[[], list[Key]]) -> None:
        self._queue = queue
        self._resource = resource
        self._keys = keys
        self._at: dict[Key, Cursor] = {}
        # By number, not by position: threads that write at once append out of turn.
        self._done: dict[Key, set[int]] = {}
        self._handed_out: dict[Key, list[int]] = {}

    def cursor(self, key: Key) -> Cursor:
        """Return the position of a target."""
        return self._at.get(key) or Cursor()

    def reached(self, key: Key, position: tuple[int, int]) -> bool:
        """Tell whether a target needs nothing up to a position (1, the number of the last line)."""
        done = self._done.get(key, set())
        return not any(entry.n <= position[1] and entry.n not in done for entry in self._queue.entries(_signal(key)))

    def read(self, key: Key, signal: Signal, most: int, pace: Callable[[], None], make: Make = parsed) -> Batch | None:
        """Return the next lines of a signal that the target lacks, or None where there are none now."""
        batch = Batch(self, self._resource, replace(self.cursor(key), segment=1))
        done = self._done.setdefault(key, set())
        handed_out: list[int] = []
        for entry in self._queue.entries(signal):
            if entry.n in done:
                continue
            pace()
            raw = entry.line.rstrip(b"\n")
            record = reader.parse(raw)
            if record is None:
                done.add(entry.n)
                continue
            batch.add(raw, make(record, raw), entry.n)
            handed_out.append(entry.n)
            if len(handed_out) == most:
                break
        self._handed_out[key] = handed_out
        return batch if batch.lines else None

    def acknowledge(self, key: Key, cursor: Cursor, refused: int = 0) -> None:
        """Remember that the target needs nothing before `cursor`; free what all have."""
        known = self.cursor(key)
        self._at[key] = Cursor(1, cursor.offset, cursor.passed, known.refused + refused)
        handed_out, done = self._handed_out.get(key, []), self._done.setdefault(key, set())
        while handed_out:
            n = handed_out.pop(0)
            done.add(n)
            if n == cursor.offset:
                break
        keys = [other for other in self._keys() if other[1] == key[1]]
        for entry in self._queue.free(_signal(key), lambda entry: self._has_been_taken(entry, keys)):
            for other in keys:
                self._done[other].discard(entry.n)

    def taken(self, entry: Entry, signal: Signal) -> bool:
        """Tell whether every target of a signal has a line."""
        keys = [key for key in self._keys() if key[1] == signal]
        return bool(keys) and self._has_been_taken(entry, keys)

    def _has_been_taken(self, entry: Entry, keys: list[Key]) -> bool:
        return all(entry.n in self._done.get(key, ()) for key in keys)


def _signal(key: Key) -> Signal:
    return "logs" if key[1] == "logs" else "spans"
