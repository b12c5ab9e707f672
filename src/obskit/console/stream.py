"""Write lines to a stream: whole, and without ever stopping the application where a journal has them too."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import select
import stat
import sys
from collections.abc import Callable
from typing import Any, Protocol

_PIPE_BUF = getattr(select, "PIPE_BUF", 512)
_GETPIPE_SZ = getattr(fcntl, "F_GETPIPE_SZ", 1032)
_FIONREAD = 0x541B


class Stream(Protocol):
    """Where console lines go."""

    def write(self, line: bytes) -> bool:
        """Write one line; returns False where it was skipped."""


def open_stream(target: Any, may_skip: bool) -> Stream:
    """Return the stream for what the application named.

    Args:
        target: A file object, a descriptor, or None for standard output as it is at each write.
        may_skip: Whether a line may be left out where the reader is slow: a journal has it.
    """
    if isinstance(target, int):
        return _descriptor(target, may_skip)
    if target is None:
        return StandardOutput(may_skip)
    fd = _fileno(target)
    return FileObject(target) if fd is None else _descriptor(fd, may_skip)


class Descriptor:
    """A file or a terminal: one write a line."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def write(self, line: bytes) -> bool:
        """Write the whole line, waiting if need be."""
        _write_all(self._fd, line)
        return True


class Pipe:
    """A pipe, which other processes may share and whose reader may stall."""

    def __init__(self, fd: int, may_skip: bool) -> None:
        self._fd = fd
        self._may_skip = may_skip
        self._lock_fd = -1

    def write(self, line: bytes) -> bool:
        """Write the line in one piece, or leave it out where it would have to wait and may be left out."""
        if self._may_skip and not self._has_room(len(line)):
            return False
        with self._alone():
            _write_all(self._fd, line)
        return True

    def _has_room(self, size: int) -> bool:
        poller = select.poll()
        poller.register(self._fd, select.POLLOUT)
        if not poller.poll(0):
            return False
        if size <= _PIPE_BUF:
            return True
        try:
            held = int.from_bytes(fcntl.ioctl(self._fd, _FIONREAD, bytes(4)), sys.byteorder)
            # Each write may leave the rest of a page unused: the half is what surely fits.
            return (fcntl.fcntl(self._fd, _GETPIPE_SZ) - held) // 2 >= size
        except OSError:
            return True

    @contextlib.contextmanager
    def _alone(self) -> Any:
        # Beyond PIPE_BUF the kernel may interleave writers. A lock on a second description of the same pipe keeps them
        # apart, since those inherited by fork share one and would not exclude each other.
        if self._lock_fd < 0:
            try:
                self._lock_fd = os.open(f"/proc/self/fd/{self._fd}", os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            except OSError:
                self._lock_fd = self._fd
        try:
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX)
        except OSError:
            yield
            return
        try:
            yield
        finally:
            fcntl.flock(self._lock_fd, fcntl.LOCK_UN)

    def forget(self) -> None:
        """In a forked child: open a description of its own with the next line."""
        if self._lock_fd not in (-1, self._fd):
            with contextlib.suppress(OSError):
                os.close(self._lock_fd)
        self._lock_fd = -1

    __del__ = forget


class FileObject:
    """A file object without a descriptor, such as a `StringIO`."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._text: bool | None = None

    def write(self, line: bytes) -> bool:
        """Write the line as text or as bytes, as the object takes it."""
        if self._text is None:
            self._text = isinstance(getattr(self._target, "encoding", None), str) or hasattr(self._target, "newlines")
        self._target.write(line.decode("utf-8", "replace") if self._text else line)
        flush = getattr(self._target, "flush", None)
        if flush is not None:
            flush()
        return True


class StandardOutput:
    """Standard output as it is at each write: test runners and notebooks replace it."""

    def __init__(self, may_skip: bool) -> None:
        self._may_skip = may_skip
        self._known: tuple[int, Stream] | None = None

    def write(self, line: bytes) -> bool:
        """Write the line to the present `sys.stdout`."""
        target = sys.stdout if _is_stream(sys.stdout) else sys.__stdout__
        if target is None:
            return False
        known = self._known
        if known is None or known[0] != id(target):
            known = (id(target), open_stream(target, self._may_skip))
            self._known = known
        return known[1].write(line)

    def forget(self) -> None:
        """In a forked child: look at standard output anew."""
        forget(self._known[1] if self._known else None)
        self._known = None


def forget(stream: Stream | None) -> None:
    """In a forked child: let a stream drop what it must not share with the parent."""
    drop: Callable[[], None] | None = getattr(stream, "forget", None)
    if drop is not None:
        drop()


def is_terminal(target: Any) -> bool:
    """Tell whether lines to this target are read by a person."""
    found = sys.stdout if target is None else target
    try:
        return os.isatty(found) if isinstance(found, int) else bool(found.isatty())
    except (AttributeError, OSError, ValueError):
        return False


def _is_stream(target: Any) -> bool:
    # Celery and others put an object there that logs what is printed: a line would come back as a record.
    return isinstance(target, io.IOBase) or _fileno(target) is not None


def _descriptor(fd: int, may_skip: bool) -> Stream:
    try:
        piped = stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        piped = False
    return Pipe(fd, may_skip) if piped else Descriptor(fd)


def _fileno(target: Any) -> int | None:
    try:
        fd = target.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return fd if isinstance(fd, int) else None


def _write_all(fd: int, line: bytes) -> None:
    done = 0
    while done < len(line):
        try:
            done += os.write(fd, line[done:] if done else line)
        except BlockingIOError:
            # The application (uvloop, a shell) has set the shared description non-blocking.
            select.select([], [fd], [], 1.0)
