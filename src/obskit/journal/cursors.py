"""Remember how far each target has acknowledged a writer's lines: one file a writer, written in place.

Whoever ships a writer's lines holds its file by `flock`: so its own process and a host's agent never both send them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

FILE_NAME = "cursors"
SLOT = 512
_LONGEST_TARGET = 250


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position behind which a target has acknowledged everything.

    Attributes:
        segment: The number of the segment, from 1.
        offset: The bytes of it that are dealt with.
        passed: How many of the signal's lines that is, over all segments.
        refused: How many of those the target refused for good.
    """

    segment: int = 1
    offset: int = 0
    passed: int = 0
    refused: int = 0


Key = tuple[str, str]


class Cursors:
    """The cursors of one writer's directory, by target and signal.

    Each has two slots of 512 bytes, a line of JSON padded with spaces; the valid one of the higher `seq` counts, the
    other is overwritten next, so that a write cut off in the middle leaves the former position.
    """

    def __init__(self, directory: Path, mode: int = 0o600) -> None:
        self._path = directory / FILE_NAME
        self._mode = mode
        self._slots: dict[Key, tuple[int, int, Cursor]] = {}
        self._pairs = 0
        self._claim = -1
        self.load()

    @property
    def claimed(self) -> bool:
        """Whether this is who ships the writer's lines."""
        return self._claim >= 0

    def claim(self) -> bool:
        """Become the one who ships the writer's lines, unless somebody else is; then the positions are read again.

        Returns:
            Whether this is the one now, until `release`.

        Raises:
            OSError: The file can't be made or opened.
        """
        if self._claim < 0:
            fd = self._open(os.O_RDWR)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                return False
            except BaseException:
                os.close(fd)
                raise
            self._claim = fd
            self.load()
        return True

    def release(self) -> None:
        """Let others ship; by closing only, so that a forked child takes nothing from its parent."""
        fd, self._claim = self._claim, -1
        if fd >= 0:
            with contextlib.suppress(OSError):
                os.close(fd)

    __del__ = release

    def load(self) -> None:
        """Read the file again: an agent may have written it."""
        slots: dict[Key, tuple[int, int, Cursor]] = {}
        try:
            data = self._path.read_bytes()
        except OSError:
            data = b""
        for place in range(0, len(data) - SLOT + 1, SLOT):
            found = _parse(data[place : place + SLOT])
            if found is not None:
                key, seq, cursor = found
                if key not in slots or slots[key][1] < seq:
                    slots[key] = (place // SLOT, seq, cursor)
        self._slots = slots
        self._pairs = -(-len(data) // (2 * SLOT))

    def keys(self) -> list[Key]:
        """Return the targets and signals that have a cursor."""
        return list(self._slots)

    def get(self, key: Key) -> Cursor | None:
        """Return a target's cursor, or None where it was never sent anything."""
        found = self._slots.get(_fitting(key))
        return found[2] if found else None

    def put(self, key: Key, cursor: Cursor) -> None:
        """Write a cursor.

        Raises:
            OSError: The file can't be written; the former position stays.
        """
        key = _fitting(key)
        known = self._slots.get(key)
        if known is None:
            place, seq = 2 * self._pairs, 1
        else:
            place, seq = known[0] ^ 1, known[1] + 1
        slot = _format(key, seq, cursor)
        fd = self._open()
        try:
            if known is None:
                # Both slots at once: the pair is then always whole.
                _write(fd, slot + b" " * (SLOT - 1) + b"\n", place * SLOT)
                self._pairs += 1
            else:
                _write(fd, slot, place * SLOT)
        finally:
            os.close(fd)
        self._slots[key] = (place, seq, cursor)

    def _open(self, access: int = os.O_WRONLY) -> int:
        flags = access | os.O_CLOEXEC
        try:
            return os.open(self._path, flags)
        except FileNotFoundError:
            fd = os.open(self._path, flags | os.O_CREAT, self._mode)
            # In a group's journal the agent writes it too, whatever the umask says; who made it first has seen to it.
            with contextlib.suppress(PermissionError):
                os.fchmod(fd, self._mode)
            return fd


def advanced(cursor: Cursor, *, segment: int, offset: int, passed: int = 0, refused: int = 0) -> Cursor:
    """Return a cursor further on: at a new position, with so many more lines behind it."""
    return replace(
        cursor, segment=segment, offset=offset, passed=cursor.passed + passed, refused=cursor.refused + refused
    )


def _fitting(key: Key) -> Key:
    target, signal = key
    if len(target) <= _LONGEST_TARGET and target.isascii() and target.isprintable():
        return key
    # A slot holds this much; what is cut off lives on in the digest.
    start = "".join(letter for letter in target if letter.isascii() and letter.isprintable())[:200]
    return f"{start}#{hashlib.sha256(target.encode('utf-8', 'replace')).hexdigest()[:16]}", signal


def _write(fd: int, data: bytes, at: int) -> None:
    if os.pwrite(fd, data, at) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _format(key: Key, seq: int, cursor: Cursor) -> bytes:
    fields: dict[str, Any] = {
        "target": key[0],
        "signal": key[1],
        "seq": seq,
        "segment": cursor.segment,
        "offset": cursor.offset,
        "passed": cursor.passed,
        "refused": cursor.refused,
    }
    body = orjson.dumps(fields)
    line = b'%b,"crc":"%08x"}' % (body[:-1], zlib.crc32(body))
    return line.ljust(SLOT - 1) + b"\n"


def _parse(slot: bytes) -> tuple[Key, int, Cursor] | None:
    with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
        fields = orjson.loads(slot)
        crc = fields.pop("crc")
        if zlib.crc32(orjson.dumps(fields)) != int(crc, 16):
            return None
        cursor = Cursor(fields["segment"], fields["offset"], fields["passed"], fields["refused"])
        return (fields["target"], fields["signal"]), fields["seq"], cursor
    return None
