"""Append lines to this process's own segments."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from obskit.journal import segment
from obskit.journal.memory_group import MemoryGroup, memory_group
from obskit.journal.place import Place, service_directory

_ROTATE_AFTER = 3600.0
_FULL = frozenset((errno.ENOSPC, errno.EFBIG, errno.EDQUOT))
# How often a line is begun again in a new segment, and how long a thread waits for another one that makes it.
_TRIES = 10
_WAIT = 0.05
# A write to the page cache takes microseconds; one this long waited for the disk, and had its caller wait.
_SLOW = 0.05


class Writer:
    """One process's place in a journal: a directory that it owns by `flock`, and its current segment.

    `write` takes no lock that a signal handler or a finaliser could find held. A forked child must `close` the
    writer it inherited and make its own.

    Args:
        place: The journal's directory.
        service: The service's name.
        writer: The writer's id.
        resource: What each segment's header says of the process.
        segment_bytes: The size at which a segment is followed by the next.
        always_sync: Whether each line is brought to the disk before `write` returns.
        boot: This boot's id.
        redaction: The digest of the redaction policy.
        clock: Seconds, monotonic.
    """

    __slots__ = (
        "_always_sync", "_begun", "_boot", "_clock", "_fd", "_group", "_limit", "_lock_fd", "_place", "_redaction",
        "_resource", "_since", "_size", "_turn", "_turn_of", "directory", "id", "n", "slow", "synced",
    )  # fmt: skip

    def __init__(
        self,
        place: Place,
        service: str,
        writer: str,
        resource: Mapping[str, Any],
        *,
        segment_bytes: int,
        always_sync: bool,
        boot: str,
        redaction: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = writer
        self.directory = place.path / service_directory(service) / writer
        # The segment that lines surely go to, and the last one that was begun: they differ during a rotation.
        self.n = self._begun = 0
        self.synced = 0
        # Writes of a line that held their callers up.
        self.slow = 0
        self._place = place
        self._limit = segment_bytes
        self._always_sync = always_sync
        self._clock = clock
        self._resource = resource
        self._boot = boot
        self._group: MemoryGroup | None = None
        self._redaction = redaction
        self._turn = threading.Lock()
        self._turn_of = 0
        self._fd = self._lock_fd = -1
        self._size = 0
        self._since = clock()

    def open(self) -> None:
        """Claim the directory and begin the first segment.

        Raises:
            OSError: One of them can't be made; nothing is left behind then.
        """
        try:
            self._claim()
            self._group = memory_group()
            header = self._header(1)
            self._fd = segment.create(self.segment_path(1), header, self._place.file_mode)
            self.n, self._begun, self._size = 1, 1, len(header)
            if self._always_sync:
                self._sync_names()
        except BaseException:
            self.discard()
            raise

    def _claim(self) -> None:
        parent, hidden = self.directory.parent, self._hidden
        with contextlib.suppress(FileExistsError):
            self._place.make_directory(parent)
        self._place.make_directory(hidden)
        self._lock_fd = os.open(hidden, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        # Locked before it gets its name: nobody ever finds a living writer's directory unlocked.
        fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        hidden.rename(self.directory)

    def _header(self, n: int) -> bytes:
        now = time.time_ns()
        return segment.header(
            self.id,
            n,
            now=now,
            resource=self._resource,
            boot=self._boot,
            redaction=self._redaction,
            group=self._group,
        )

    @property
    def _hidden(self) -> Path:
        return self.directory.with_name(f".{self.id}")

    def segment_path(self, n: int) -> Path:
        """Return the path of this writer's n-th segment."""
        return self.directory / segment.file_name(n)

    def write(self, line: bytes) -> OSError | None:
        """Append a line.

        Args:
            line: Whole, with its newline.

        Returns:
            None, or the error that kept it out of the journal.
        """
        before, size, begun = self.n, len(line), perf_counter()
        try:
            if os.write(self._fd, line) != size:
                return self._write_again(line)
        except OSError as trouble:
            return self._write_again(line) if trouble.errno in _FULL else trouble
        if perf_counter() - begun >= _SLOW:
            self.slow += 1
        if self._always_sync:
            return self._written(before, size)
        # No call stands between reading and storing, so no other thread or handler comes in between.
        self._size += size
        if self._size >= self._limit:
            self._rotate()
        return None

    def _written(self, before: int, size: int) -> OSError | None:
        # No call stands between reading and storing, so no other thread or handler comes in between.
        self._size += size
        trouble = self._sync_line(before) if self._always_sync else None
        if self._size >= self._limit:
            self._rotate()
        return trouble

    def _write_again(self, line: bytes) -> OSError | None:
        """Write a line that the segment had no room for at the head of the next one."""
        # What stands of the line has no newline and does not count; a new segment begins with whole lines.
        for _ in range(_TRIES):
            n = self.n
            outcome = self._rotate()
            if outcome == "failed":
                break
            if outcome == "busy":
                self._await_rotation(n)
            before = self.n
            try:
                if os.write(self._fd, line) == len(line):
                    return self._written(before, len(line))
            except OSError as trouble:
                if trouble.errno not in _FULL:
                    return trouble
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _await_rotation(self, n: int) -> None:
        if self._turn_of == threading.get_ident():
            # A signal handler that interrupted the rotation would wait for itself.
            return
        until = time.monotonic() + _WAIT
        while self.n == n and time.monotonic() < until:
            time.sleep(0.001)

    def rotate(self) -> bool:
        """Begin the next segment, unless another thread (or the code this signal handler interrupted) is doing so.

        Returns:
            False where it can't be made; the current one goes on.
        """
        return self._rotate() != "failed"

    def _rotate(self) -> Literal["done", "busy", "failed"]:
        if not self._turn.acquire(blocking=False):
            return "busy"
        try:
            self._turn_of = threading.get_ident()
            self._begin_next()
        except OSError:
            return "failed"
        finally:
            self._turn_of = 0
            self._turn.release()
        return "done"

    def _begin_next(self) -> None:
        following = self.n + 1
        while self.segment_path(following).exists():
            # What a rotation left that an exception of a signal handler broke off.
            following += 1
        header = self._header(following)
        fd = segment.create(self.segment_path(following), header, self._place.file_mode)
        self._begun = following
        try:
            # Atomic for every thread that writes now: its line goes to the old segment or to the new one, whole.
            os.dup2(fd, self._fd, inheritable=False)
        finally:
            os.close(fd)
        self._size, self.n, self._since = len(header), following, self._clock()
        if self._always_sync:
            self._sync_names()

    def position(self) -> tuple[int, int]:
        """Return the segment's number and the size up to which lines written before this call reach."""
        while True:
            n = self.n
            with contextlib.suppress(OSError):
                size = os.stat(self.segment_path(n)).st_size
                if n == self.n:
                    return n, size
            if n == self.n:
                return n, self._size

    def tend(self) -> None:
        """Touch the directory, so that nobody on another machine takes it for a dead writer's; rotate by age."""
        with contextlib.suppress(OSError):
            os.utime(self.directory)
        # Not for each header: threads wait for those.
        self._group = memory_group()
        aged = self._clock() - self._since >= _ROTATE_AFTER and self._size > len(self._header(self.n))
        if aged or self._segment_gone():
            self._rotate()

    def _segment_gone(self) -> bool:
        # Someone removed the file: lines written to it now would be found by nobody.
        n = self.n
        try:
            there, held = os.stat(self.segment_path(n)), os.fstat(self._fd)
        except OSError:
            return n == self.n
        return (there.st_dev, there.st_ino) != (held.st_dev, held.st_ino) and n == self.n

    def sync(self) -> None:
        """Bring every line written so far, and the names of the files, to the disk.

        Raises:
            OSError: The disk is in trouble.
        """
        upto, first = self.n, max(self.synced, 1)
        for n in range(first, upto):
            self._sync_file(n)
        _fsync(self._fd)
        if self.synced != upto:
            self._sync_names()
        self.synced = upto

    def _sync_line(self, before: int) -> OSError | None:
        """Bring a line to the disk that went to the segment `before`, or to one that followed it meanwhile."""
        try:
            _fsync(self._fd)
            for n in range(before, self._begun):
                self._sync_file(n)
        except OSError as trouble:
            return trouble
        return None

    def _sync_file(self, n: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            fd = os.open(self.segment_path(n), os.O_RDONLY | os.O_CLOEXEC)
            try:
                _fsync(fd)
            finally:
                os.close(fd)

    def _sync_names(self) -> None:
        for path in (self.directory, self.directory.parent):
            with contextlib.suppress(OSError):
                segment.sync_directory(path)

    def gone(self) -> bool:
        """Tell whether the directory was removed or replaced under the writer."""
        try:
            there, held = os.stat(self.directory), os.fstat(self._lock_fd)
        except OSError:
            return True
        return (there.st_dev, there.st_ino) != (held.st_dev, held.st_ino)

    def close(self) -> None:
        """Close the descriptors: the keeper may adopt the segments from now on.

        In a forked child this leaves the parent's lock alone, because nothing is unlocked, only closed.
        """
        for fd in (self._fd, self._lock_fd):
            if fd >= 0:
                with contextlib.suppress(OSError):
                    os.close(fd)
        self._fd = self._lock_fd = -1

    def discard(self) -> None:
        """Remove a writer that has no line."""
        with contextlib.suppress(OSError):
            self.segment_path(1).unlink(missing_ok=True)
        for path in (self.directory, self._hidden):
            with contextlib.suppress(OSError):
                path.rmdir()
        self.close()

    # Whoever is in the middle of a write holds the writer: its descriptor can't be closed, and be someone else's, then.
    __del__ = close


def _fsync(fd: int) -> None:
    try:
        os.fsync(fd)
    except OSError as trouble:
        # Some file systems have nothing to bring anywhere.
        if trouble.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EROFS):
            raise
