"""Write lines to a pipe that threads and processes share: whole, and without waiting where they may be left out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import sys
import threading
import time
from collections import deque

from obskit.console.descriptor import write_all

_PIPE_BUF = getattr(select, "PIPE_BUF", 512)
_GETPIPE_SZ = getattr(fcntl, "F_GETPIPE_SZ", 1032)
_FIONREAD = 0x541B
# Seconds that a line which may be left out waits for another writer: many times what one that is not stuck takes.
_PATIENCE = 0.01
_MOST_LATER = 1000


class Pipe:
    """A pipe, which other processes may share and whose reader may stall.

    Beyond PIPE_BUF the kernel may interleave writers. A lock of the process keeps its threads apart; `flock` keeps
    processes apart, on a second description of the same pipe: one inherited by fork is shared and excludes nobody.

    Args:
        fd: Its descriptor, which stays the caller's.
        may_skip: Whether a line may be left out instead of waiting.
    """

    def __init__(self, fd: int, may_skip: bool) -> None:
        self._fd = fd
        self._may_skip = may_skip
        self._begin()

    def _begin(self) -> None:
        # Re-entrant: a signal handler or a finaliser may write while its own thread does.
        self._turn = threading.RLock()
        self._writing = False
        self._later: deque[bytes] = deque()
        self._stuck = False
        self._half = False
        self._lock_fd = -1
        self._locked: tuple[int, int] | None = None
        self._pid = os.getpid()

    def write(self, line: bytes) -> bool:
        """Write the line in one piece, or leave it out where it would have to wait and may be left out.

        Where the calling thread is in the middle of a line already, that call writes this one when it is done.
        """
        turn, taken = self._turn, list[bool]()
        try:
            # In C from end to end: an exception of a signal handler can't come between getting the lock and noting it.
            taken.extend(map(turn.acquire, (True,), (self._patience(),)))
            if not taken[0]:
                self._stuck = True
                return False
            return self._in_turn(line)
        finally:
            if taken and taken[0]:
                turn.release()

    def _patience(self) -> float:
        """Return the seconds to wait for another writer; -1 for as long as it takes."""
        if not self._may_skip:
            return -1
        # Once a writer was waited for in vain, no line waits until one has come through.
        return 0.0 if self._stuck else _PATIENCE

    def _in_turn(self, line: bytes) -> bool:
        if self._writing:
            if len(self._later) >= _MOST_LATER:
                return False
            self._later.append(line)
            return True
        done = self._alone(line)
        # What comes while this thread writes waits here, what comes after that writes itself.
        while self._later:
            done = self._alone(self._later.popleft()) and done
        return done

    def _alone(self, line: bytes) -> bool:
        """Write a line while no other writer does; returns False where it was left out."""
        self._writing = True
        fd = -1
        try:
            fd = self._description()
            if not self._lock(fd):
                self._stuck = True
                return False
            self._stuck = False
            # Not before: while this line waited for its turn, another one may have taken the room.
            if self._may_skip and not self._has_room(len(line)):
                return False
            self._put(b"\n" + line if self._half else line)
            return True
        finally:
            self._writing = False
            # A child forked in the middle of a line has another description, and must leave the parent's lock alone.
            if fd >= 0 and fd == self._lock_fd:
                with contextlib.suppress(OSError):
                    fcntl.flock(fd, fcntl.LOCK_UN)

    def _put(self, line: bytes) -> None:
        written: list[int] = []
        try:
            write_all(self._fd, line, written)
        finally:
            # Half a line that Ctrl-C or a lost reader left: the next one begins on a line of its own.
            self._half = 0 < sum(written) < len(line) or (self._half and not written)

    def _has_room(self, size: int) -> bool:
        poller = select.poll()
        poller.register(self._fd, select.POLLOUT)
        if not poller.poll(0):
            return False
        if size <= _PIPE_BUF:
            return True
        try:
            held = int.from_bytes(fcntl.ioctl(self._fd, _FIONREAD, bytes(4)), sys.byteorder)
            room = fcntl.fcntl(self._fd, _GETPIPE_SZ) - held
        except OSError:
            return True
        # Each write may leave the rest of a page unused: unless the pipe is empty, the half is what surely fits.
        return (room // 2 if held else room) >= size

    def _lock(self, fd: int) -> bool:
        """Keep other processes out; returns False where one of them was waited for in vain."""
        patience = self._patience()
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | (fcntl.LOCK_NB if patience >= 0 else 0))
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(0.0005)
            except OSError:
                # No locks here: a line that may be torn is better than none.
                return True
            else:
                return True

    def _description(self) -> int:
        """Return the descriptor to lock, a second one of the same pipe where there can be one."""
        if self._lock_fd >= 0 and not self._locked == _identity(self._lock_fd) == _identity(self._fd):
            self._close()
        if self._lock_fd < 0:
            try:
                self._lock_fd = os.open(f"/proc/self/fd/{self._fd}", os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            except OSError:
                self._lock_fd = self._fd
            self._locked = _identity(self._lock_fd)
        return self._lock_fd

    def forget(self) -> None:
        """Give the description back; in a forked child, drop what threads of the parent may hold."""
        if os.getpid() != self._pid:
            self._close()
            self._begin()
        elif self._turn.acquire(blocking=False):
            try:
                # A handler that shuts down in the middle of a line leaves that line its lock.
                if not self._writing:
                    self._close()
            finally:
                self._turn.release()

    def _close(self) -> None:
        # A daemon closes every descriptor it finds: the number may be someone else's by now.
        if self._lock_fd not in (-1, self._fd) and self._locked == _identity(self._lock_fd):
            with contextlib.suppress(OSError):
                os.close(self._lock_fd)
        self._lock_fd = -1

    def __del__(self) -> None:
        self._close()


def _identity(fd: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(fd)
    except OSError:
        return None
    return found.st_dev, found.st_ino
