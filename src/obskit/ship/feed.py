"""Read what a target still lacks, in order, from a writer's segments."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key, advanced
from obskit.journal.ids import Signal
from obskit.ship.batch import Batch

# A segment that has a successor can still get a line of a thread that the kernel stopped in the middle of its write.
_SETTLES = 0.25
# Of a usual batch, and of the largest: many servers take no more in one request.
_BYTES_EACH = 2048
_MOST_BYTES = 4 << 20
# Between two pauses: a good many of the usual lines, and less than a slice's worth of work.
_STRIDE = 8192
_KIND: dict[Signal, str] = {"logs": "log", "spans": "span"}
_LOG, _SPAN = b'"level":"', b'"kind":"span"'
# What stands behind the time in the lines of a signal, and in those of the other.
_MARKS: dict[Signal, tuple[bytes, bytes]] = {"logs": (_LOG, _SPAN), "spans": (_SPAN, _LOG)}


# Makes what is to be sent of a parsed line and its bytes.
Make = Callable[[dict[str, Any], bytes], Any]


def parsed(line: dict[str, Any], _: bytes) -> dict[str, Any]:
    """Make nothing else of a line."""
    return line


class Feed(Protocol):
    """Lines of one writer."""

    def read(self, key: Key, signal: Signal, most: int, pace: Callable[[], None], make: Make = parsed) -> Batch | None:
        """Return the next lines that the target lacks, or None where there are none now."""

    def acknowledge(self, key: Key, cursor: Cursor, refused: int = 0) -> None:
        """Remember that the target needs nothing before `cursor` again."""

    def cursor(self, key: Key) -> Cursor:
        """Return the position of a target."""

    def reached(self, key: Key, position: tuple[int, int]) -> bool:
        """Tell whether a target needs nothing before a position."""


class _Unreadable(Exception):
    """A segment is there and can't be read now."""


class SegmentFeed:
    """The segments of one writer's directory.

    Args:
        directory: The writer's directory.
        writes_to: Returns the number of the segment that its process, this one, writes to; None where it is dead.
        mode: The mode of a cursors file made here.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        directory: Path,
        *,
        writes_to: Callable[[], int] | None = None,
        mode: int = 0o600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.directory = directory
        self.problems = reader.Problems()
        self._writes_to = writes_to
        self._clock = clock
        self._cursors = Cursors(directory, mode)
        self._at: dict[Key, Cursor] = {}
        self._headers: dict[Key, tuple[int, dict[str, Any]]] = {}
        self._succeeded: dict[int, float] = {}
        self._exhausted: set[Key] = set()
        self._skipped: set[Key] = set()
        self._starts: dict[Key, Cursor] = {}

    def begin(self, key: Key, start: Cursor) -> None:
        """Make a target known, so that every keeper sees that it waits for this writer's lines."""
        self._starts[key] = start
        if self._cursors.claimed:
            self._begin(key, start)
        elif self.claim():
            # Who only makes it known, as a process that leaves sending to an agent, must not keep the agent out.
            self.release()

    def _begin(self, key: Key, start: Cursor) -> None:
        if self._cursors.get(key) is None:
            self._at[key] = start
            self._persist(key)

    def claim(self) -> bool:
        """Become the one who sends this writer's lines; returns whether that is so, until `release`."""
        if self._cursors.claimed:
            return True
        try:
            if not self._cursors.claim():
                return False
        except OSError as trouble:
            # A full disk must not stop delivery; an agent could not note its positions either. Without a descriptor
            # nobody knows whether one sends them now.
            return trouble.errno not in (errno.EMFILE, errno.ENFILE)
        self._forget_positions()
        for key, start in self._starts.items():
            self._begin(key, start)
        return True

    @property
    def claimed(self) -> bool:
        """Whether this is who sends this writer's lines."""
        return self._cursors.claimed

    def release(self) -> None:
        """Let another process send this writer's lines."""
        self._cursors.release()

    def died(self) -> None:
        """Learn that the writer is dead: no line comes to its last segment any more."""
        self._writes_to = None

    @property
    def is_dead(self) -> bool:
        """Whether no line comes to it any more."""
        return self._writes_to is None

    def exhausted(self, keys: Iterable[Key]) -> bool:
        """Tell whether targets have all there will ever be."""
        return self._exhausted.issuperset(keys)

    def cursor(self, key: Key) -> Cursor:
        """Return the position of a target: what it acknowledged, and lines of the other signal behind that."""
        return self._at.get(key) or self._cursors.get(key) or Cursor()

    def reached(self, key: Key, position: tuple[int, int]) -> bool:
        """Tell whether a target needs nothing before a position (segment, offset)."""
        at = self.cursor(key)
        if (at.segment, at.offset) >= position:
            return True
        if at.segment != position[0]:
            return False
        # A line that the full disk cut off does not count: nothing whole may be left.
        try:
            path = self.directory / segment.file_name(at.segment)
            return not reader.holds_line(path, at.offset, position[1])
        except FileNotFoundError:
            # The cap took it.
            self._skipped.update(self._at)
            return True
        except OSError:
            return False

    def reload(self) -> None:
        """Read the cursors again: another process is shipping."""
        self._cursors.load()
        self._forget_positions()

    def _forget_positions(self) -> None:
        self._at.clear()
        self._headers.clear()
        self._exhausted.clear()

    def read(self, key: Key, signal: Signal, most: int, pace: Callable[[], None], make: Make = parsed) -> Batch | None:
        """Return the next lines of a signal that the target lacks, or None where there are none now.

        Args:
            key: The target and its signal.
            signal: Which lines.
            most: The lines of a batch.
            pace: Called every few kilobytes, so that reading is not felt.
            make: Makes what is to be sent of each line.
        """
        while key not in self._exhausted and self.claim():
            at = self.cursor(key)
            try:
                batch, end = self._batch(key, signal, at, most, pace, make)
            except _Unreadable:
                return None
            if batch.lines:
                return batch
            if end != at:
                self._at[key] = end
            following = self._following(end.segment)
            if following is None:
                self._persist(key)
                if self._writes_to is None:
                    self._exhausted.add(key)
                return None
            if following > end.segment + 1:
                self._skipped.add(key)
            self._at[key] = advanced(end, segment=following, offset=0)
        return None

    def read_behind(
        self, batch: Batch, key: Key, signal: Signal, most: int, pace: Callable[[], None], make: Make = parsed
    ) -> Batch | None:
        """Return the lines behind a batch in its segment: only an acknowledged position may go on to the next one."""
        if not self._cursors.claimed:
            return None
        try:
            behind, _ = self._batch(key, signal, batch.end(), most, pace, make)
        except _Unreadable:
            return None
        return behind if behind.lines else None

    def acknowledge(self, key: Key, cursor: Cursor, refused: int = 0) -> None:
        """Remember that the target needs nothing before `cursor` again."""
        known = self.cursor(key)
        at = Cursor(cursor.segment, cursor.offset, cursor.passed, known.refused + refused)
        self._skipped.discard(key)
        # On the disk first: who waits in flush() may end the process as soon as the position shows.
        self._persist(key, at)
        self._at[key] = at

    def _batch(
        self, key: Key, signal: Signal, at: Cursor, most: int, pace: Callable[[], None], make: Make
    ) -> tuple[Batch, Cursor]:
        batch = Batch(self, self._resource(key, at, pace), at)
        add, lines, (mine, others) = batch.add, batch.lines, _MARKS[signal]
        offset = due = at.offset
        size, largest = 0, min(_MOST_BYTES, most * _BYTES_EACH)
        for begin, block in self._blocks(at.segment, at.offset):
            end = begin
            for raw in block:
                end += len(raw)
                if end >= due:
                    pace()
                    due = end + _STRIDE
                if raw.startswith(mine, reader.MARK_AT):
                    record = self._sendable(raw, signal)
                elif reader.is_plain(raw, others):
                    record = None
                elif reader.kind(raw) == "segment":
                    if not self._headed(key, raw, batch):
                        return batch, _at(at, offset)
                    record = None
                else:
                    record = self._sendable(raw, signal) if reader.may_be(raw, _KIND[signal]) else None
                offset = end
                if record is None:
                    continue
                if not lines:
                    batch.start = advanced(at, segment=at.segment, offset=at.offset, passed=self._gap(key, record, at))
                add(raw, make(record, raw), end)
                size += len(raw)
                if size >= largest or len(lines) == most:
                    return batch, _at(at, offset)
        return batch, _at(at, offset)

    def _headed(self, key: Key, raw: bytes, batch: Batch) -> bool:
        """Take the header of what follows; False where that does not belong to the batch."""
        header = reader.parse(raw, self.problems) or {}
        if batch.lines and header.get("resource") != batch.resource:
            return False
        if self._is_foreign(key, header):
            return False
        self._headers[key] = (batch.start.segment, header)
        batch.resource = _resource_of(header)
        return True

    def _sendable(self, raw: bytes, signal: Signal) -> dict[str, Any] | None:
        record = reader.parse(raw, self.problems)
        # Only what obskit gave an id is obskit's to ship.
        if record is None or record.get("kind", "log") != _KIND[signal] or type(record.get("id")) is not str:
            return None
        return record

    def _gap(self, key: Key, record: Mapping[str, Any], end: Cursor) -> int:
        """Return how many lines are gone that stood before a record: the cap took their segments."""
        if key not in self._skipped:
            return 0
        writer, _, number = str(record["id"]).rpartition("-")
        if writer != self.directory.name or not number[1:].isdigit():
            return 0
        return max(0, int(number[1:]) - 1 - end.passed)

    def _is_foreign(self, key: Key, header: Mapping[str, Any]) -> bool:
        """Tell whether a newer version wrote what follows: it is left for one that knows the format."""
        if segment.is_newer(header):
            self.problems.newer += 1
            self._exhausted.add(key)
            return True
        return False

    def _blocks(self, n: int, offset: int) -> Iterator[tuple[int, list[bytes]]]:
        try:
            yield from reader.blocks(self.directory / segment.file_name(n), offset)
        except FileNotFoundError:
            # The cap took it: reported there.
            self._skipped.update(self._at)
            return
        except OSError as trouble:
            raise _Unreadable from trouble

    def _resource(self, key: Key, at: Cursor, pace: Callable[[], None]) -> Mapping[str, Any]:
        known = self._headers.get(key)
        if known is None or known[0] != at.segment or at.offset == 0:
            known = (at.segment, self._header_before(at, pace))
            self._headers[key] = known
        return _resource_of(known[1])

    def _header_before(self, at: Cursor, pace: Callable[[], None]) -> dict[str, Any]:
        merged = reader.is_merged(self.directory)
        header: dict[str, Any] = {}
        for start, block in self._blocks(at.segment, 0):
            pace()
            end = start
            for raw in block:
                end += len(raw)
                if end > at.offset:
                    return header
                if reader.kind(raw) == "segment":
                    header = reader.parse(raw) or {}
                    if not merged:
                        return header
        return header

    def _following(self, n: int) -> int | None:
        if self._writes_to is not None:
            # The next segment is there before lines go to it: only its writer knows when.
            last = self._writes_to()
            if last <= n:
                return None
            now = self._clock()
            # All that have a successor at once: a backlog of many waits a single time.
            for each in range(n, last):
                self._succeeded.setdefault(each, now)
            if now - self._succeeded[n] < _SETTLES:
                return None
        self._succeeded.pop(n, None)
        return next((number for number in segment.numbers(self.directory) if number > n), None)

    def _persist(self, key: Key, at: Cursor | None = None) -> None:
        at = at or self._at.get(key)
        if at is not None and at != self._cursors.get(key):
            # A full disk must not stop delivery: the position lives on in memory.
            with contextlib.suppress(OSError):
                self._cursors.put(key, at)


def _at(cursor: Cursor, offset: int) -> Cursor:
    return advanced(cursor, segment=cursor.segment, offset=offset)


def _resource_of(header: Mapping[str, Any]) -> Mapping[str, Any]:
    found = header.get("resource")
    return found if isinstance(found, dict) else {}
