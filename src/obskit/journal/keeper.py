"""Look after a journal, one process at a time: adopt dead writers, merge what is small, apply cap and retention."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from obskit.journal import reader, segment
from obskit.journal.boot import boot_id
from obskit.journal.cursors import Cursors, Key
from obskit.journal.lock import FileLock, claim_directory
from obskit.journal.merge import Merged, Standing, clear_replaced, merge
from obskit.journal.place import Place
from obskit.journal.retention import Drop, Retention, has_all
from obskit.journal.settle import has_been_settled, settle

__all__ = ["Drop", "Keeper"]

LOCK_NAME = "keeper.lock"
FOREIGN_SILENCE = 300.0
# So many dead writers of one size class become one: sixteen of those make one of the next class.
_MERGE_FROM = 16
_SMALLEST = 4096
# A dead writer from this size on stays as it is: a merged segment is no larger than one of a living writer.
_LARGE = 1 << 20
# And no merged segment is so large that the cap takes a good part of a service's records with it.
_PARTS = 128
# So many bytes are merged in some milliseconds.
_AT_ONCE = 1 << 18
# So many are adopted before those at hand are told of and merged.
_ADOPTS = 64
# One in so many of the process's descriptors may hold a dead writer that is too large to be merged.
_SHARE = 8


@dataclass(slots=True)
class Adopted:
    """A dead writer's directory, locked by this keeper."""

    directory: Path
    fd: int
    large: bool


@dataclass(frozen=True, slots=True)
class _Origin:
    """What the first header of a writer says of it."""

    boot: str
    newer: bool


class Keeper:
    """The one process that looks after a journal, while it holds the lease.

    Args:
        place: The journal's directory.
        max_bytes: What a service's segments may take together.
        max_age: Seconds after which what is pending for no target goes.
        targets: The targets and signals that records are pending for.
        dropped: Told of records that were given up.
        clock: Wall-clock seconds.
        most: How many large dead writers it holds at a time, a descriptor each; by default a share of what the process
            may have.
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
        most: int | None = None,
    ) -> None:
        self.adopted: dict[Path, Adopted] = {}
        self.newer: set[Path] = set()
        self._place = place
        self._clock = clock
        self._large = min(_LARGE, max_bytes // _PARTS)
        self._most = _share_of_descriptors() if most is None else most
        self._targets = targets
        # Large ones that these targets have all of: they are held no more.
        self._finished: set[Path] = set()
        self._finished_for: frozenset[Key] = frozenset()
        self._retention = Retention(max_bytes, max_age, targets, dropped, clock)
        self._origins: dict[Path, _Origin] = {}
        self._settled: set[Path] = set()
        # When each living writer was last seen to hold its directory.
        self._alive: dict[Path, float] = {}
        # Directories that are known to be no merged ones.
        self._plain: set[Path] = set()
        self._work: Generator[None] | None = None
        self._pace: Callable[[], None] = lambda: None
        self._busy: AbstractSet[Path] = frozenset()
        self._lease = FileLock(place.path / LOCK_NAME, place.file_mode)

    @property
    def holds(self) -> bool:
        """Whether this process is the keeper."""
        return self._lease.held

    def tend(self, pace: Callable[[], None], busy: AbstractSet[Path]) -> None:
        """Do one round of the keeper's work, if this process is the keeper or can become it.

        Args:
            pace: Called between steps; may raise to end the round.
            busy: Directories whose lines are on their way to a target now: they are not merged.
        """
        if not self._lease.take():
            # Someone else has the lease, perhaps because the file was removed under this process.
            self._work = None
            self._give_up_all()
            return
        self._pace, self._busy = pace, busy
        # A process that forks again and again ends its rounds early: each goes on where the last one was.
        work = self._work or self._round()
        self._work = None
        for _ in work:
            self._work = work
            pace()
            self._work = None

    def _round(self) -> Generator[None]:
        """Do the work of a round, and yield between its steps; what is begun in a step is done in it."""
        known: set[Path] = set()
        if self._finished_for != (targets := frozenset(self._targets())):
            self._finished, self._finished_for = set(), targets
        for service in reader.services(self._place.path):
            listed = reader.service_writers(service, self._plain)
            clear_replaced(path for path in listed if path not in self._plain)
            directories = [path for path in listed if not self.is_newer(path)]
            known.update(directories)
            yield
            new = [path for path in directories if path not in self.adopted and path not in self._finished]
            # Also where there is nobody new: what was sent meanwhile may be merged now.
            for start in range(0, len(new) or 1, _ADOPTS):
                self._adopt(service, new[start : start + _ADOPTS])
                yield
                yield from self._settle(service)
                yield from self._merge(service)
            self._let_finished_go()
            self._retention.apply(service.name, directories, self.adopted.keys() | self._finished, self._pace)
            self._remove_empty(service)
            self._remove_unfinished(service)
            yield
        self._forget(known)

    def _forget(self, known: set[Path]) -> None:
        for directory in [found for found in self.adopted if not found.exists()]:
            self._give_up(directory)
        for directory in self._origins.keys() - known - self.newer:
            del self._origins[directory]
        for directory in self._alive.keys() - known:
            del self._alive[directory]
        self._settled &= self.adopted.keys()
        self._finished &= known
        self._plain &= known

    def _patiently(self) -> None:
        """Pause, and end nothing: for what is over in some milliseconds."""
        with contextlib.suppress(Exception):
            self._pace()

    @property
    def settled(self) -> AbstractSet[Path]:
        """The adopted directories to which nothing is added any more: they may be sent."""
        return self._settled & self.adopted.keys()

    def release(self) -> None:
        """Give up the lease and the adopted directories, by closing only: right in a forked child too."""
        self._work = None
        self._give_up_all()
        self._lease.release()

    def _give_up_all(self) -> None:
        for directory in list(self.adopted):
            self._give_up(directory)
        self._finished.clear()

    def _give_up(self, directory: Path) -> None:
        adopted = self.adopted.pop(directory, None)
        if adopted is not None:
            with contextlib.suppress(OSError):
                os.close(adopted.fd)

    # --- adoption ---

    def is_newer(self, directory: Path) -> bool:
        """Tell whether a newer version wrote a directory: it is left alone."""
        origin = self._origin(directory)
        if origin is not None and origin.newer:
            self.newer.add(directory)
            return True
        return False

    def _origin(self, directory: Path) -> _Origin | None:
        known = self._origins.get(directory)
        if known is None:
            for n in segment.numbers(directory)[:1]:
                header = reader.header_of(directory / segment.file_name(n))
                if header is not None:
                    known = _Origin(str(header.get("boot_id", "")), segment.is_newer(header))
                    self._origins[directory] = known
        return known

    def is_of_this_boot(self, directory: Path) -> bool:
        """Tell whether a writer is one of this machine since its start."""
        origin = self._origin(directory)
        return origin is not None and origin.boot == boot_id()

    def _adopt(self, service: Path, directories: list[Path]) -> None:
        claimed: list[Path] = []
        room = self._most - sum(found.large for found in self.adopted.values())
        for directory in directories:
            large = _size(directory) >= self._large
            if (large and room <= 0) or not self._may_adopt(directory):
                continue
            fd = claim_directory(directory)
            if fd is None:
                self._alive[directory] = self._clock()
            else:
                self.adopted[directory] = Adopted(directory, fd, large)
                room -= large
                claimed.append(directory)
        # Whoever held one may have been killed after another directory had begun to stand for it.
        shown = set(reader.service_writers(service, self._plain)) if claimed else set()
        for directory in claimed:
            if directory not in shown:
                self._give_up(directory)

    def _may_adopt(self, directory: Path) -> bool:
        # flock says nothing about another machine's processes on a shared disk: there only silence does.
        return self.is_of_this_boot(directory) or self._clock() - last_touched(directory) > FOREIGN_SILENCE

    def _settle(self, service: Path) -> Iterator[None]:
        """Tell of what was in flight when its process died, before anything is merged or sent of it."""
        for directory in self.adopted.keys() - self._settled:
            if directory.parent == service:
                # Where the disk has no room for it, what is there is sent all the same; the next keeper tells of it.
                # Nor may what one directory holds keep the others from being looked after.
                with contextlib.suppress(Exception):
                    yield from settle(directory, self._place, self._alive.get(directory, 0.0))
                self._settled.add(directory)
                self._alive.pop(directory, None)
                yield

    # --- merging ---

    def _merge(self, service: Path) -> Iterator[None]:
        # One that could not be told of yet keeps what it is to be told from.
        dead = [path for path in sorted(self.settled) if path.parent == service and has_been_settled(path)]
        if len(dead) < _MERGE_FROM:
            return
        alike: dict[tuple[int, Standing], list[Path]] = {}
        for directory in dead:
            size = _size(directory)
            standing = self._standing(directory) if size < self._large else None
            if standing is not None:
                alike.setdefault((_size_class(size), standing), []).append(directory)
            yield
        for (_, standing), directories in alike.items():
            for start in range(0, len(directories) - _MERGE_FROM + 1, _MERGE_FROM):
                self._merge_some(service, directories[start : start + _MERGE_FROM], standing)
                yield

    def _merge_some(self, service: Path, directories: list[Path], standing: Standing) -> None:
        # What they are may have changed between two steps.
        if any(path in self._busy or self._standing(path) != standing for path in directories):
            return
        pace = self._patiently if sum(map(_size, directories)) <= _AT_ONCE else self._pace
        merged: Merged | None = merge(service, directories, standing, self._place, pace)
        if merged is not None:
            for directory in directories:
                self._give_up(directory)
            large = _size(merged.directory) >= self._large
            self.adopted[merged.directory] = Adopted(merged.directory, merged.fd, large)
            self._settled.add(merged.directory)

    def _standing(self, directory: Path) -> Standing | None:
        """Return where the targets are with a dead writer's lines; None where one has a part of them."""
        cursors = Cursors(directory)
        done, waiting = set(), set()
        for key in cursors.keys():  # noqa: SIM118 - not a mapping
            at = cursors.get(key)
            if has_all(directory, cursors, key):
                done.add(key)
            elif at is not None and at.passed == 0:
                waiting.add(key)
            else:
                return None
        return Standing(frozenset(done), frozenset(waiting))

    # --- leftovers ---

    def _let_finished_go(self) -> None:
        """Where no more large ones may be held, make room by giving up those that nobody waits for."""
        held = [found.directory for found in self.adopted.values() if found.large]
        if len(held) < self._most:
            return
        for directory in held:
            if directory in self._settled and directory not in self._busy and has_been_settled(directory):
                cursors = Cursors(directory)
                if all(has_all(directory, cursors, key) for key in self._finished_for):
                    self._finished.add(directory)
                    self._give_up(directory)

    def _remove_empty(self, service: Path) -> None:
        for directory in [path for path in (*self.adopted, *self._finished) if path.parent == service]:
            if not segment.numbers(directory):
                fd = None if directory in self.adopted else claim_directory(directory)
                if fd is not None or directory in self.adopted:
                    shutil.rmtree(directory, ignore_errors=True)
                if fd is not None:
                    os.close(fd)
                self._give_up(directory)
                self._finished.discard(directory)

    def _remove_unfinished(self, service: Path) -> None:
        """Remove what a process left that was killed before its directory had a name."""
        with contextlib.suppress(OSError):
            for entry in list(os.scandir(service)):
                hidden = entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
                # A living one holds its lock a moment after it was made.
                if hidden and self._clock() - entry.stat().st_mtime > FOREIGN_SILENCE:
                    fd = claim_directory(Path(entry.path))
                    if fd is not None:
                        shutil.rmtree(entry.path, ignore_errors=True)
                        os.close(fd)


def _share_of_descriptors() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(16, soft // _SHARE) if soft != resource.RLIM_INFINITY else 1 << 16


def last_touched(directory: Path) -> float:
    """Return when something in a directory, or it itself, was last touched: seconds since the epoch."""
    latest = 0.0
    with contextlib.suppress(OSError):
        latest = directory.stat().st_mtime
        for entry in os.scandir(directory):
            latest = max(latest, entry.stat().st_mtime)
    return latest


def _size(directory: Path) -> int:
    total = 0
    with contextlib.suppress(OSError):
        total = sum(entry.stat().st_size for entry in os.scandir(directory) if segment.number(entry.name))
    return total


def _size_class(size: int) -> int:
    found = 0
    while size >= _SMALLEST * 16**found:
        found += 1
    return found
