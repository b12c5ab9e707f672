"""Hold a file by `flock`: leases that end with their process, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class FileLock:
    """An exclusive lock on a file that all processes of a journal know.

    Args:
        path: The file; made where it is missing.
        mode: Its permissions, whatever the umask says.
    """

    def __init__(self, path: Path, mode: int = 0o600) -> None:
        self._path = path
        self._mode = mode
        self._fd = -1

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._fd >= 0

    def take(self) -> bool:
        """Try to get the lock, without waiting; returns whether it is held now."""
        if self._fd >= 0 and not _leads_to(self._path, self._fd):
            # The file was removed: whoever comes next makes another, and both would hold the lease.
            self.release()
        if self._fd >= 0:
            return True
        fd = self._open()
        if fd is None:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            return False
        if not _leads_to(self._path, fd):
            os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        """Give the lock up by closing: in a forked child the parent's stays held."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = -1

    def _open(self) -> int | None:
        flags = os.O_RDWR | os.O_CLOEXEC
        try:
            return os.open(self._path, flags)
        except FileNotFoundError:
            pass
        except OSError:
            return None
        try:
            fd = os.open(self._path, flags | os.O_CREAT, self._mode)
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.fchmod(fd, self._mode)
        return fd


def held_by_another(path: Path) -> bool:
    """Tell whether some process holds the lock on a file."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def claim_directory(path: Path) -> int | None:
    """Lock a dead writer's directory.

    Returns:
        A descriptor that holds the lock, or None where its writer lives or the path leads elsewhere by now.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _leads_to(path, fd):
            return fd
    os.close(fd)
    return None


def _leads_to(path: Path, fd: int) -> bool:
    try:
        there, held = os.stat(path), os.fstat(fd)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (held.st_dev, held.st_ino)
