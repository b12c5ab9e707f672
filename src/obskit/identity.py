"""Make UUIDv7 values: sortable by time, unique across hosts, processes and forks."""

from __future__ import annotations

import os
from time import time_ns

_BATCH = 128
# What of a UUIDv7 is random, with version and variant in their places, in hexadecimal. Taken by `pop`, which hands each
# out once without a lock; a batch costs one system call.
_tails: list[str] = []
# A forked child must never repeat its parent's ids.
os.register_at_fork(after_in_child=_tails.clear)
_VERSION = bytes(0x70 | value & 0x0F for value in range(256))
_VARIANT = bytes(0x80 | value & 0x3F for value in range(256))


def uuid7() -> str:
    """Return a new UUIDv7 as 32 lower-case hexadecimal digits (RFC 9562, section 5.7)."""
    try:
        tail = _tails.pop()
    except IndexError:
        tail = _refill()
    return f"{time_ns() // 1_000_000 & 0xFFFFFFFFFFFF:012x}{tail}"


def _refill() -> str:
    noise = bytearray(os.urandom(10 * _BATCH))
    noise[0::10] = noise[0::10].translate(_VERSION)
    noise[2::10] = noise[2::10].translate(_VARIANT)
    digits = noise.hex()
    made = [digits[at : at + 20] for at in range(0, len(digits), 20)]
    # Not through the list: other threads may have taken all of them before this one comes to it.
    mine = made.pop()
    _tails.extend(made)
    return mine
