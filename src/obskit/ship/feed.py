"""Read what a target still lacks, in order: from a writer's segments, or from the queue in memory."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key, advanced
from obskit.journal.ids import Signal
from obskit.journal.memory import MemoryQueue

# A segment that has a successor can still get a line of a thread that was in the middle of its write.
_SETTLES = 0.05
_MOST_BYTES = 1 << 20
_KIND: dict[Signal, str] = {"logs": "log", "spans": "span"}


@dataclass(slots=True)
class Batch:
    """Lines of one signal and one resource, in the order of the file.

    Attributes:
        feed: Where they come from.
        resource: The resource attributes of the process that wrote them.
        records: The lines, parsed.
        ends: For each, the cursor that acknowledges it and all before it.
    """

    feed: Feed
    resource: Mapping[str, Any]
    records: list[dict[str, Any]] = field(default_factory=list)
    ends: list[Cursor] = field(default_factory=list)

    def halves(self) -> tuple[Batch, Batch]:
        """Split in two, for finding the record that a target refuses."""
        middle = len(self.records) // 2
        return (
            Batch(self.feed, self.resource, self.records[:middle], self.ends[:middle]),
            Batch(self.feed, self.resource, self.records[middle:], self.ends[middle:]),
        )


class Feed(Protocol):
    """Lines of one writer."""

    def read(self, key: Key, signal: Signal, most: int, pace: Callable[[], None]) -> Batch | None:
        """Return the next lines that the target lacks, or None where there are none now."""

    def acknowledge(self, key: Key, cursor: Cursor, refused: int = 0) -> None:
        """Remember that the target needs nothing before `cursor` again."""

    def cursor(self, key: Key) -> Cursor:
        """Return the position of a target."""

    def reached(self, key: Key, position: tuple[int, int]) -> bool:
        """Tell whether a target needs nothing before a position."""


class SegmentFeed:
    """The segments of one writer's directory, living or dead.

    Args:
        directory: The writer's directory.
        living: Whether its process may still write: then a last segment never counts as finished.
        mode: The mode of a cursors file made here.
    """

    def __init__(self, directory: Path, *, living: bool, mode: int = 0o600) -> None:
        self.directory = directory
        self._living = living
        self._cursors = Cursors(directory, mode)
        self._at: dict[Key, Cursor] = {}
        self._headers: dict[Key, tuple[int, dict[str, Any]]] = {}
        self._succeeded: dict[int, float] = {}
        self.problems = reader.Problems()

    def cursor(self, key: Key) -> Cursor:
        """Return the position of a target: what it acknowledged, and lines of the other signal behind that."""
        return self._at.get(key) or self._cursors.get(key) or Cursor()

    def reached(self, key: Key, position: tuple[int, int]) -> bool:
        """Tell whether a target needs nothing before a position (segment, offset)."""
        at = self.cursor(key)
        return (at.segment, at.offset) >= position

    def reload(self) -> None:
        """Read the cursors again: another process is shipping."""
        self._cursors.load()
        self._at.clear()

    def read(self, key: Key, signal: Signal, most: int, pace: Callable[[], None]) -> Batch | None:
        """Return the next lines of a signal that the target lacks, or None where there are none now.

        Args:
            key: The target and its signal.
            signal: Which lines.
            most: The lines of a batch.
            pace: Called between lines, so that reading is not felt.
        """
        while True:
            at = self.cursor(key)
            batch, end = self._batch(key, signal, at, most, pace)
            if batch.records:
                return batch
            if end != at:
                self._at[key] = end
            following = self._following(end.segment)
            if following is None:
                self._persist(key)
                return None
            self._at[key] = advanced(end, segment=following, offset=0)

    def acknowledge(self, key: Key, cursor: Cursor, refused: int = 0) -> None:
        """Remember that the target needs nothing before `cursor` again."""
        known = self.cursor(key)
        self._at[key] = Cursor(cursor.segment, cursor.offset, cursor.passed, known.refused + refused)
        self._persist(key)

    def finished(self, key: Key) -> bool:
        """Tell whether a target has everything of a dead writer's."""
        at = self.cursor(key)
        numbers = segment.numbers(self.directory)
        if not numbers or at.segment > numbers[-1]:
            return True
        return at.segment == numbers[-1] and not any(True for _ in self._lines(at.segment, at.offset))

    def _batch(
        self, key: Key, signal: Signal, at: Cursor, most: int, pace: Callable[[], None]
    ) -> tuple[Batch, Cursor]:
        wanted, end = _KIND[signal], at
        batch = Batch(self, self._resource(key, at))
        size = 0
        for raw, offset in self._lines(at.segment, at.offset):
            pace()
            kind = reader.kind(raw)
            if kind == "segment":
                header = reader.parse(raw, self.problems) or {}
                if batch.records and header.get("resource") != batch.resource:
                    break
                self._headers[key] = (at.segment, header)
                batch.resource = header.get("resource") or {}
            elif kind == wanted or not raw.startswith(b'{"timestamp":"'):
                record = reader.parse(raw, self.problems)
                if record is not None and record.get("kind", "log") == wanted:
                    end = advanced(end, segment=at.segment, offset=offset, passed=1)
                    batch.records.append(record)
                    batch.ends.append(end)
                    size += len(raw)
                    if len(batch.records) == most or size >= _MOST_BYTES:
                        break
                    continue
            end = advanced(end, segment=at.segment, offset=offset)
        return batch, end

    def _lines(self, n: int, offset: int) -> Any:
        try:
            yield from reader.lines(self.directory / segment.file_name(n), offset)
        except FileNotFoundError:
            return

    def _resource(self, key: Key, at: Cursor) -> Mapping[str, Any]:
        known = self._headers.get(key)
        if known is None or known[0] != at.segment or at.offset == 0:
            known = (at.segment, self._header_before(at))
            self._headers[key] = known
        found = known[1].get("resource")
        return found if isinstance(found, dict) else {}

    def _header_before(self, at: Cursor) -> dict[str, Any]:
        merged = reader.is_merged(self.directory)
        header: dict[str, Any] = {}
        for raw, end in self._lines(at.segment, 0):
            if end > at.offset:
                break
            if reader.kind(raw) == "segment":
                header = reader.parse(raw) or {}
                if not merged:
                    break
        return header

    def _following(self, n: int) -> int | None:
        later = [number for number in segment.numbers(self.directory) if number > n]
        if not later:
            return None
        if self._living:
            now = time.monotonic()
            if now - self._succeeded.setdefault(n, now) < _SETTLES:
                return None
        self._succeeded.pop(n, None)
        return later[0]

    def _persist(self, key: Key) -> None:
        at = self._at.get(key)
        if at is not None and at != self._cursors.get(key):
            # A full disk must not stop delivery: the position lives on in memory.
            with contextlib.suppress(OSError):
                self._cursors.put(key, at)


class MemoryFeed:
    """The queue in memory, read as if it were one segment without a file.

    Args:
        queue: The lines.
        resource: The resource attributes of this process.
        keys: The targets whose acknowledgement frees a line.
    """

    def __init__(self, queue: MemoryQueue, resource: Mapping[str, Any], keys: Callable[[], list[Key]]) -> None:
        self._queue = queue
        self._resource = resource
        self._keys = keys
        self._at: dict[Key, Cursor] = {}
        self.pid = os.getpid()

    def cursor(self, key: Key) -> Cursor:
        """Return the position of a target."""
        return self._at.get(key) or Cursor()

    def reached(self, key: Key, position: tuple[int, int]) -> bool:
        """Tell whether a target needs nothing up to a position (1, the number of the last line)."""
        signal: Signal = "logs" if key[1] == "logs" else "spans"
        at = self.cursor(key).offset
        return not any(n <= position[1] for n, _ in self._queue.after(at, signal, 1))

    def read(self, key: Key, signal: Signal, most: int, pace: Callable[[], None]) -> Batch | None:
        """Return the next lines of a signal that the target lacks, or None where there are none now."""
        batch = Batch(self, self._resource)
        end = self.cursor(key)
        for n, line in self._queue.after(end.offset, signal, most):
            pace()
            record = reader.parse(line.rstrip(b"\n"))
            end = advanced(end, segment=1, offset=n, passed=1)
            if record is not None:
                batch.records.append(record)
                batch.ends.append(end)
        return batch if batch.records else None

    def acknowledge(self, key: Key, cursor: Cursor, refused: int = 0) -> None:
        """Remember that the target needs nothing before `cursor`; free what all have."""
        known = self.cursor(key)
        self._at[key] = Cursor(1, cursor.offset, cursor.passed, known.refused + refused)
        self._queue.forget(min(self._lacks(key) for key in self._keys()) - 1)

    def _lacks(self, key: Key) -> int:
        signal: Signal = "logs" if key[1] == "logs" else "spans"
        next_lines = self._queue.after(self.cursor(key).offset, signal, 1)
        return next_lines[0][0] if next_lines else self._queue.last() + 1
