"""Keep each service's segments below their cap, and no longer than their age."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key

# A thread may be in the middle of its write to a segment that has a successor.
_SETTLES = 1.0


@dataclass(frozen=True, slots=True)
class Drop:
    """Records of one writer and signal that were given up before their time.

    Attributes:
        service: The service's directory.
        writer: The id of the writer that made them.
        segment: The number of the segment that they lay in.
        first: The id of the first of them.
        last: The id of the last.
        reason: `disk_cap`.
        count: How many they are.
    """

    service: str
    writer: str
    segment: int
    first: str
    last: str
    reason: str
    count: int = 0


@dataclass(slots=True)
class _Kept:
    """A segment, as retention sees it."""

    path: Path
    n: int
    size: int
    touched: float
    complete: bool


@dataclass(frozen=True, slots=True)
class _Claims:
    """Who has a say in whether a segment may go."""

    pending: bool
    delivered: bool


class Retention:
    """Remove segments that are too old or too many.

    Args:
        max_bytes: What a service's segments may take together.
        max_age: Seconds after which what is pending for no target goes.
        targets: The targets and signals that records are pending for.
        dropped: Told of records that were given up.
        clock: Wall-clock seconds.
    """

    def __init__(
        self,
        max_bytes: int,
        max_age: float,
        targets: Callable[[], list[Key]],
        dropped: Callable[[Drop], None],
        clock: Callable[[], float],
    ) -> None:
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._targets = targets
        self._dropped = dropped
        self._clock = clock

    def apply(
        self, service: str, directories: Iterable[Path], dead: AbstractSet[Path], pace: Callable[[], None]
    ) -> None:
        """Look after the segments of one service.

        Args:
            service: Its name, for reports.
            directories: Its writers' directories.
            dead: Those whose writers are dead and adopted.
            pace: Called between steps; may raise.
        """
        now = self._clock()
        kept = sorted(self._look(directories, dead, now, pace), key=lambda found: found.touched)
        total = sum(found.size for found in kept)
        aged = [found for found in kept if found.complete and now - found.touched > self._max_age]
        if total <= self._max_bytes and not aged:
            return
        claims = {found.path: self._claims(found) for found in kept}
        gone: set[Path] = set()
        for found in aged:
            pace()
            if not claims[found.path].pending:
                found.path.unlink(missing_ok=True)
                gone.add(found.path)
                total -= found.size
        for found in self._in_order(kept, claims):
            if total <= self._max_bytes:
                break
            if found.path not in gone and found.complete:
                self._give_up(service, found, claims[found.path], pace)
                total -= found.size

    def _look(
        self, directories: Iterable[Path], dead: AbstractSet[Path], now: float, pace: Callable[[], None]
    ) -> Iterator[_Kept]:
        for directory in directories:
            numbers = segment.numbers(directory)
            for n in numbers:
                pace()
                path = directory / segment.file_name(n)
                with contextlib.suppress(OSError):
                    found = path.stat()
                    settled = n != numbers[-1] and now - found.st_mtime > _SETTLES
                    complete = directory in dead or settled
                    yield _Kept(path, n, found.st_size, found.st_mtime, complete)

    def _in_order(self, kept: list[_Kept], claims: dict[Path, _Claims]) -> list[_Kept]:
        # What no target waits for goes first, then the oldest of the rest.
        return sorted(kept, key=lambda found: (claims[found.path].pending, found.touched))

    def _claims(self, found: _Kept) -> _Claims:
        directory = found.path.parent
        cursors = Cursors(directory)
        known = cursors.keys()
        passed = {key for key in known if _passed(directory, cursors, key, found.n)}
        return _Claims(pending=bool({*known, *self._targets()} - passed), delivered=bool(passed))

    def _give_up(self, service: str, found: _Kept, claims: _Claims, pace: Callable[[], None]) -> None:
        # What some target has is not lost; all else was the only copy.
        lost = [] if claims.delivered and not claims.pending else list(_identities(found.path, pace))
        found.path.unlink(missing_ok=True)
        for first, last, count in lost:
            writer = first.rpartition("-")[0]
            self._dropped(Drop(service, writer, found.n, first, last, "disk_cap", count))


def has_all(directory: Path, cursors: Cursors, key: Key) -> bool:
    """Tell whether a target has every whole line of a dead writer's directory."""
    at = cursors.get(key)
    numbers = segment.numbers(directory)
    if not numbers:
        return True
    if at is None or at.segment < numbers[-1]:
        return False
    return at.segment > numbers[-1] or _nothing_behind(directory, at)


def _passed(directory: Path, cursors: Cursors, key: Key, n: int) -> bool:
    at = cursors.get(key)
    if at is None or at.segment < n:
        return False
    # The cursor can rest at the end of a segment until there is something in the next.
    return at.segment > n or _nothing_behind(directory, at)


def _nothing_behind(directory: Path, at: Cursor) -> bool:
    with contextlib.suppress(OSError):
        return next(reader.lines(directory / segment.file_name(at.segment), at.offset), None) is None
    return True


def _identities(path: Path, pace: Callable[[], None]) -> Iterator[tuple[str, str, int]]:
    """Yield the first and the last id of each writer and signal in a segment, and how many lines have one."""
    ranges: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    with contextlib.suppress(OSError):
        for line in reader.lines(path):
            pace()
            start = line.raw.rfind(b'"id":"')
            if start < 0 or not line.raw.endswith(b'"}'):
                continue
            identity = line.raw[start + 6 : -2].decode("ascii", "replace")
            series = identity.rstrip("0123456789")
            ranges.setdefault(series, [identity, identity])[1] = identity
            counts[series] = counts.get(series, 0) + 1
    for series, (first, last) in ranges.items():
        yield first, last, counts[series]
