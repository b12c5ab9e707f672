"""Write lines to a file or a terminal by its descriptor."""

from __future__ import annotations

import os
import select


class Descriptor:
    """A file or a terminal: one write a line."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def write(self, line: bytes) -> bool:
        """Write the whole line, waiting if need be."""
        try:
            done = os.write(self._fd, line)
        except BlockingIOError:
            done = 0
        if done != len(line):
            write_all(self._fd, line, [done])
        return True


def write_all(fd: int, line: bytes, written: list[int]) -> None:
    """Write every byte of a line, waiting where the descriptor has no room.

    Args:
        fd: A descriptor, blocking or not.
        line: The bytes.
        written: Gets the number of bytes of each write, also where an exception ends this call.

    Raises:
        OSError: The descriptor can't be written to.
    """
    while (done := sum(written)) < len(line):
        try:
            # In C from end to end: an exception of a signal handler can't come between writing and noting it.
            written.extend(map(os.write, (fd,), (line[done:],)))
        except BlockingIOError:
            # The application (uvloop, a shell) has set the shared description non-blocking.
            poller = select.poll()
            poller.register(fd, select.POLLOUT)
            poller.poll(1000)
