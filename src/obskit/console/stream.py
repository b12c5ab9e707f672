"""Choose how lines reach a stream: by its descriptor, or through a file object without one."""

from __future__ import annotations

import io
import os
import stat
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

from obskit.console.descriptor import Descriptor
from obskit.console.pipe import Pipe


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
    return StandardOutput(may_skip) if target is None else FileObject(target, may_skip)


# They run no code of anybody's to tell their descriptor: a signal handler's line may come in between.
_QUIET = frozenset((io.TextIOWrapper, io.BufferedWriter, io.FileIO))


class Inside(threading.local):
    """Whether this thread is in the code of a file object, which may log what it is given: once a line is enough."""

    now = False


class FileObject:
    """A file object: lines go to its descriptor, or through its `write` where it has none, as a `StringIO`.

    Args:
        target: Anything with `write`; it is held, so that no later object is taken for it.
        may_skip: Whether a line may be left out where a pipe's reader is slow.
    """

    __slots__ = ("_below", "_inside", "_may_skip", "_quiet", "_target", "_text")

    def __init__(self, target: Any, may_skip: bool) -> None:
        self._target = target
        self._may_skip = may_skip
        self._quiet = type(target) in _QUIET
        self._text: bool | None = None
        # The descriptor, what writes to it, and what tells it at the least cost.
        self._below: tuple[int, Stream, Any] | None = None
        self._inside = Inside()

    def write(self, line: bytes) -> bool:
        """Write the line; returns False where it was skipped, as is one that the object itself logs meanwhile."""
        below = self._below
        # Asked at each write: a file that was closed may have given its number to another one.
        if below is not None and self._quiet and below[0] == _fileno(below[2]):
            return below[1].write(line)
        inside = self._inside
        if inside.now:
            return False
        inside.now = not self._quiet
        try:
            fd = _fileno(self._target)
            if fd is None:
                inside.now = True
                self._hand_over(line)
                return True
        finally:
            inside.now = False
        if below is None or below[0] != fd:
            below = self._below = (fd, _descriptor(fd, self._may_skip), _raw(self._target))
        return below[1].write(line)

    def _hand_over(self, line: bytes) -> None:
        """Write as text or as bytes, as the object takes it."""
        if self._text is None:
            self._text = isinstance(getattr(self._target, "encoding", None), str) or hasattr(self._target, "newlines")
        self._target.write(line.decode("utf-8", "replace") if self._text else line)
        flush = getattr(self._target, "flush", None)
        if flush is not None:
            flush()

    def forget(self) -> None:
        """In a forked child: have nothing in common with the parent."""
        if self._below is not None:
            forget(self._below[1])


class StandardOutput:
    """Standard output as it is at each write: test runners and notebooks replace it."""

    def __init__(self, may_skip: bool) -> None:
        self._may_skip = may_skip
        # The object itself: an id() may be another object's by the next line.
        self._known: tuple[Any, Stream | None] | None = None
        self._inside = Inside()

    def write(self, line: bytes) -> bool:
        """Write the line to the present `sys.stdout`; returns False where it was skipped or there is none."""
        found, known = sys.stdout, self._known
        if known is None or known[0] is not found:
            if self._inside.now:
                return False
            self._inside.now = True
            try:
                known = self._known = (found, self._open(found))
            finally:
                self._inside.now = False
        return known[1] is not None and known[1].write(line)

    def _open(self, found: Any) -> Stream | None:
        target = found if _is_stream(found) else sys.__stdout__
        return None if target is None else FileObject(target, self._may_skip)

    def forget(self) -> None:
        """In a forked child: have nothing in common with the parent."""
        forget(self._known[1] if self._known else None)


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


def _raw(target: Any) -> Any:
    """Return the file below a text or buffered one of Python's own, which is closed with it; else the target itself."""
    if type(target) is io.TextIOWrapper:
        target = target.buffer
    return target.raw if type(target) is io.BufferedWriter else target


def _fileno(target: Any) -> int | None:
    try:
        fd = target.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return fd if isinstance(fd, int) else None
