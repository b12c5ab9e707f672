"""Look after a journal: adopt dead writers, apply cap and retention, merge what is small. One process at a time does."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path

from obskit.journal import reader, segment
from obskit.journal.boot import boot_id
from obskit.journal.cursors import Cursors, Key
from obskit.journal.lock import FileLock, claim_directory
from obskit.journal.merge import clear_replaced, merge
from obskit.journal.place import Place

LOCK_NAME = "keeper.lock"
_FOREIGN_SILENCE = 300.0
_MERGE_FROM = 16


@dataclass(frozen=True, slots=True)
class Drop:
    """Records that were given up."""

    service: str
    writer: str
    segment: int
    first: str
    last: str
    reason: str


@dataclass(slots=True)
class Adopted:
    """A dead writer's directory, locked by this keeper."""

    directory: Path
    fd: int


class Keeper:
    """The one process that looks after a journal, while it holds the lease.

    Args:
        place: The journal's directory.
        max_bytes: What a service's segments may take together.
        max_age: Seconds after which what is pending for no target goes.
        targets: The targets and signals that records are pending for.
        dropped: Told of records that were given up.
        clock: Wall-clock seconds.
    """

    def __init__(
        self,
        place: Place,
        *,
        max_bytes: int,
        max_age: float,
        targets: Callable[[], list[Key]],
        dropped: Callable[[Drop], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.adopted: dict[Path, Adopted] = {}
        self._place = place
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._targets = targets
        self._dropped = dropped
        self._clock = clock
        self._lease = FileLock(place.path / LOCK_NAME, place.file_mode)

    @property
    def holds(self) -> bool:
        """Whether this process is the keeper."""
        return self._lease.held

    def tend(self, pace: Callable[[], None], busy: Set[Path]) -> None:
        """Do one round of the keeper's work, if this process is the keeper or can become it.

        Args:
            pace: Called between steps; may raise to end the round.
            busy: Directories whose lines are on their way to a target now: they are not merged.
        """
        if not self._lease.take():
            return
        for service in reader.services(self._place.path):
            self._adopt(service, pace)
            self._merge(service, pace, busy)
            self._retain(service, pace)

    def release(self) -> None:
        """Give up the lease and the adopted directories, by closing only: right in a forked child too."""
        for adopted in self.adopted.values():
            with contextlib.suppress(OSError):
                os.close(adopted.fd)
        self.adopted.clear()
        self._lease.release()

    def _adopt(self, service: Path, pace: Callable[[], None]) -> None:
        clear_replaced(service)
        for directory in reader.service_writers(service):
            pace()
            if directory in self.adopted or not self._may_adopt(directory):
                continue
            fd = claim_directory(directory)
            if fd is not None:
                self.adopted[directory] = Adopted(directory, fd)
        for directory in [known for known in self.adopted if not known.exists()]:
            self._give_up(directory)

    def _may_adopt(self, directory: Path) -> bool:
        # flock says nothing about another machine's processes on a shared disk: there only silence does.
        if _boot_of(directory) == boot_id():
            return True
        return self._clock() - _last_touched(directory) > _FOREIGN_SILENCE

    def _give_up(self, directory: Path) -> None:
        adopted = self.adopted.pop(directory, None)
        if adopted is not None:
            with contextlib.suppress(OSError):
                os.close(adopted.fd)

    def _merge(self, service: Path, pace: Callable[[], None], busy: Set[Path]) -> None:
        alike: dict[frozenset[Key], list[Path]] = {}
        for directory in self._dead(service):
            standing = None if directory in busy else self._standing(directory)
            if standing is not None and _size(directory) <= segment.SMALL:
                alike.setdefault(standing, []).append(directory)
        for standing, directories in alike.items():
            if len(directories) >= _MERGE_FROM:
                merged = merge(service, directories, standing, self._place, pace)
                if merged is not None:
                    for directory in directories:
                        self._give_up(directory)
                    self.adopted[merged.directory] = Adopted(merged.directory, merged.fd)

    def _standing(self, directory: Path) -> frozenset[Key] | None:
        """Return the targets that have all of a dead writer's lines; None where one has some of them."""
        cursors = Cursors(directory)
        done = set()
        for key in cursors.keys():
            if _has_all(directory, cursors, key):
                done.add(key)
            elif cursors.get(key) is not None:
                return None
        return frozenset(done)

    def _dead(self, service: Path) -> list[Path]:
        return sorted(directory for directory in self.adopted if directory.parent == service)

    def _retain(self, service: Path, pace: Callable[[], None]) -> None:
        segments = self._segments(service)
        now = self._clock()
        for found in segments:
            pace()
            if found.complete and not found.pending and now - found.touched > self._max_age:
                found.remove()
        total = sum(found.size for found in segments if not found.removed)
        # What no target waits for goes first, then the oldest of the rest.
        for pending in (False, True):
            for found in segments:
                if total <= self._max_bytes:
                    break
                if found.removed or not found.complete or found.pending is not pending:
                    continue
                first, last = found.identities() if pending else ("", "")
                found.remove()
                total -= found.size
                if pending:
                    self._dropped(Drop(service.name, found.writer, found.n, first, last, "disk_cap"))
        for directory in self._dead(service):
            if not segment.numbers(directory):
                shutil.rmtree(directory, ignore_errors=True)
                self._give_up(directory)

    def _segments(self, service: Path) -> list[Kept]:
        found: list[Kept] = []
        wanted = set(self._targets())
        for directory in reader.service_writers(service):
            dead = directory in self.adopted
            cursors = Cursors(directory)
            numbers = segment.numbers(directory)
            for n in numbers:
                pending = any(
                    not _passed(directory, cursors, key, n, n == numbers[-1]) for key in wanted | set(cursors.keys())
                )
                kept = Kept.of(directory, n, pending=pending, complete=dead or n != numbers[-1])
                if kept is not None:
                    found.append(kept)
        return sorted(found, key=lambda kept: kept.touched)


@dataclass(slots=True)
class Kept:
    """A segment, as retention sees it."""

    path: Path
    n: int
    size: int
    touched: float
    pending: bool
    complete: bool
    removed: bool = False

    @classmethod
    def of(cls, directory: Path, n: int, *, pending: bool, complete: bool) -> Kept | None:
        """Look at a segment; None where it is gone."""
        path = directory / segment.file_name(n)
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(path, n, found.st_size, found.st_mtime, pending, complete)

    @property
    def writer(self) -> str:
        """The id of the writer whose directory it lies in."""
        return self.path.parent.name

    def remove(self) -> None:
        """Delete the segment."""
        self.path.unlink(missing_ok=True)
        self.removed = True

    def identities(self) -> tuple[str, str]:
        """Return the first and the last id in it."""
        first = last = ""
        with contextlib.suppress(OSError):
            for line in reader.lines(self.path):
                if reader.kind(line.raw) == "segment":
                    continue
                identity = line.raw[line.raw.rfind(b'"id":"') + 6 :].rstrip(b'"}').decode("ascii", "replace")
                first, last = first or identity, identity
        return first, last


def _passed(directory: Path, cursors: Cursors, key: Key, n: int, newest: bool) -> bool:
    at = cursors.get(key)
    if at is None or at.segment < n:
        return False
    return at.segment > n or not newest or _has_all(directory, cursors, key)


def _has_all(directory: Path, cursors: Cursors, key: Key) -> bool:
    at = cursors.get(key)
    numbers = segment.numbers(directory)
    if not numbers:
        return True
    if at is None or at.segment < numbers[-1]:
        return False
    if at.segment > numbers[-1]:
        return True
    with contextlib.suppress(OSError):
        return next(reader.lines(directory / segment.file_name(at.segment), at.offset), None) is None
    return True


def _boot_of(directory: Path) -> str:
    for n in segment.numbers(directory)[:1]:
        with contextlib.suppress(OSError):
            for line in reader.lines(directory / segment.file_name(n)):
                header = reader.parse(line.raw)
                return str((header or {}).get("boot_id", ""))
    return ""


def _last_touched(directory: Path) -> float:
    latest = 0.0
    with contextlib.suppress(OSError):
        latest = directory.stat().st_mtime
        for entry in os.scandir(directory):
            latest = max(latest, entry.stat().st_mtime)
    return latest


def _size(directory: Path) -> int:
    total = 0
    with contextlib.suppress(OSError):
        total = sum(entry.stat().st_size for entry in os.scandir(directory))
    return total
