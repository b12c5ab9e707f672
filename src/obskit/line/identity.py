"""Make UUIDv7 values: sortable by time, unique across hosts, processes and forks."""

from __future__ import annotations

import os
import time


def uuid7() -> str:
    """Return a new UUIDv7 as 32 lower-case hexadecimal digits (RFC 9562, section 5.7)."""
    millis = time.time_ns() // 1_000_000
    # os.urandom, not the random module: a forked child must never repeat its parent's ids.
    noise = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | noise
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{value:032x}"
