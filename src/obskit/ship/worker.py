"""A thread that stops before a fork and goes on after it, without a lock that anybody could find held."""

from __future__ import annotations

import _thread
import contextlib
import os
import select
import threading
import time
from collections.abc import Callable, Iterable

_PARK = 0.25
_EXIT = 0.25


class Worker:
    """Run one function in a daemon thread.

    No `threading.Thread`: starting one takes locks that a signal handler or a finaliser whose log call is the first
    record of its process could find held, and would carry the context of that record's unit of work.

    Args:
        work: Runs until `stopping`; looks at it between steps and waits by `rest`.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._begin()

    def _begin(self) -> None:
        # Held while the thread runs.
        self._alive = threading.Lock()
        self._native = 0
        self._parked = 0
        self._closed = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)

    @property
    def stopping(self) -> bool:
        """Whether the thread is to end."""
        return self._closed or self._parked > 0

    def ensure(self) -> bool:
        """Start the thread if it is not running.

        Returns:
            False where it never will: it was closed, or the interpreter is going down.
        """
        if self.stopping:
            return not self._closed
        if self._alive.acquire(blocking=False):
            try:
                _thread.start_new_thread(self._run, ())
            except RuntimeError:
                self._alive.release()
                return False
            except BaseException:
                self._alive.release()
                raise
        return True

    def _run(self) -> None:
        self._native = threading.get_native_id()
        try:
            self._work()
        finally:
            self._alive.release()
        # It may be wanted again by now, by someone who found it alive.
        self.ensure()

    def park(self) -> bool:
        """Stop the thread until `resume`; returns whether it has ended."""
        self._parked += 1
        if threading.get_native_id() == self._native:
            return True
        self.wake()
        return self.ended()

    def ended(self) -> bool:
        """Wait a moment for the thread's end; returns whether it has come."""
        ended = self._alive.acquire(timeout=_PARK)
        if ended:
            self._alive.release()
            _await_exit(self._native)
        return ended

    def resume(self) -> None:
        """Undo one `park`."""
        self._parked = max(0, self._parked - 1)
        self.ensure()

    def forget(self) -> None:
        """In a forked child: there is no thread."""
        self._close_pipe()
        self._begin()

    def close(self) -> None:
        """Stop for good."""
        self._closed = True
        if self.park():
            self._close_pipe()

    def wake(self) -> None:
        """End a rest."""
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b".")

    def rest(self, seconds: float, watched: Iterable[tuple[int, int]] = ()) -> None:
        """Wait, until something happens on a descriptor or `wake` is called.

        Args:
            seconds: At most so long.
            watched: Descriptors, each with the events of `select.poll` to wait for.
        """
        poll = select.poll()
        with contextlib.suppress(OSError, ValueError):
            poll.register(self._wake_read, select.POLLIN)
            for fd, events in watched:
                poll.register(fd, events)
            poll.poll(seconds * 1000)
            os.read(self._wake_read, 4096)

    def _close_pipe(self) -> None:
        for fd in (self._wake_read, self._wake_write):
            with contextlib.suppress(OSError):
                os.close(fd)
        self._wake_read = self._wake_write = -1


def _await_exit(native: int) -> None:
    # The lock is given back a moment before the kernel's thread is gone, and os.fork() would warn of it.
    path = f"/proc/self/task/{native}"
    until = time.monotonic() + _EXIT
    while native and os.path.exists(path) and time.monotonic() < until:
        time.sleep(0.0005)
