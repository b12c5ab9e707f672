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
from typing import Any

from obskit.journal import segment
from obskit.journal.place import Place, service_directory

_ROTATE_AFTER = 3600.0


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

    Raises:
        OSError: The directory or the first segment can't be made.
    """

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
        self._place = place
        self._limit = segment_bytes
        self._always_sync = always_sync
        self._clock = clock
        self._facts = (resource, boot, redaction)
        self._turn = threading.Lock()
        self._fd = self._lock_fd = -1
        self.directory, self._lock_fd = self._claim(place.path / service_directory(service))
        self.n = 1
        self.synced = 0
        self._fd = segment.create(self.segment_path(1), self._header(1), place.file_mode)
        self._size = os.fstat(self._fd).st_size
        self._since = clock()

    def _claim(self, parent: Path) -> tuple[Path, int]:
        parent.mkdir(mode=self._place.directory_mode, exist_ok=True)
        hidden = parent / f".{self.id}"
        hidden.mkdir(mode=self._place.directory_mode)
        if self._place.group:
            hidden.chmod(self._place.directory_mode)
        fd = os.open(hidden, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        # Locked before it gets its name: nobody ever finds a living writer's directory unlocked.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        directory = parent / self.id
        hidden.rename(directory)
        return directory, fd

    def _header(self, n: int) -> bytes:
        resource, boot, redaction = self._facts
        return segment.header(self.id, n, now=time.time_ns(), resource=resource, boot=boot, redaction=redaction)

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
        try:
            if os.write(self._fd, line) != len(line):
                return self._write_again(line)
        except OSError as trouble:
            return self._write_again(line) if trouble.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) else trouble
        self._size += len(line)
        if self._always_sync:
            os.fsync(self._fd)
        if self._size >= self._limit:
            self.rotate()
        return None

    def _write_again(self, line: bytes) -> OSError | None:
        # What stands of the line has no newline and does not count; a new segment begins with whole lines.
        if not self.rotate():
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        try:
            if os.write(self._fd, line) == len(line):
                self._size += len(line)
                return None
        except OSError as trouble:
            return trouble
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def rotate(self) -> bool:
        """Begin the next segment, unless another thread (or the code this signal handler interrupted) is doing so."""
        if not self._turn.acquire(blocking=False):
            return True
        try:
            following = self.n + 1
            fd = segment.create(self.segment_path(following), self._header(following), self._place.file_mode)
            size = os.fstat(fd).st_size
            # Atomic for every thread that writes now: its line goes to the old segment or to the new one, whole.
            os.dup2(fd, self._fd, inheritable=False)
            os.close(fd)
            self._size, self.n, self._since = size, following, self._clock()
        except OSError:
            return False
        finally:
            self._turn.release()
        return True

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
        if self._clock() - self._since >= _ROTATE_AFTER and self._size > len(self._header(self.n)):
            self.rotate()

    def sync(self) -> None:
        """Bring every line written so far to the disk."""
        upto = self.n
        for n in range(max(self.synced, 1), upto):
            with contextlib.suppress(OSError):
                fd = os.open(self.segment_path(n), os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(fd)
                finally:
                    os.close(fd)
        with contextlib.suppress(OSError):
            os.fsync(self._fd)
        self.synced = upto

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

    # Whoever is in the middle of a write holds the writer: its descriptor can't be closed, and be someone else's, then.
    __del__ = close
