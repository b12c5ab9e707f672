"""Format times: RFC 3339, UTC, microseconds, "Z"."""

from __future__ import annotations

import time

# One slot each, replaced as a whole: concurrent callers at worst format the same second twice.
_second: tuple[int, str] = (-1, "")
_begun: tuple[int, bytes] = (-1, b"")
# The last second of the year 9999: a later one would not have four digits.
_LAST = 253_402_300_799


def timestamp(ns: int) -> str:
    """Format a wall-clock time.

    Args:
        ns: Nanoseconds since the Unix epoch; outside of the years 1970 to 9999 their first or last moment is taken.

    Returns:
        27 characters, `2026-01-31T23:59:59.123456Z` (RFC 3339).
    """
    global _second
    second, rest = divmod(ns, 1_000_000_000)
    if not 0 <= second <= _LAST:
        second, rest = (0, 0) if second < 0 else (_LAST, 999_999_999)
    known, prefix = _second
    if second != known:
        prefix = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
        _second = (second, prefix)
    return f"{prefix}{rest // 1000:06d}Z"


def second_of(ns: int) -> tuple[bytes, int]:
    """Return the beginning of a line up to its second, and the microseconds that follow.

    Args:
        ns: As for `timestamp`.
    """
    global _begun
    second, rest = divmod(ns, 1_000_000_000)
    # Read once: another thread may be in another second.
    begun = _begun
    if second != begun[0]:
        text = timestamp(ns)
        begun = (second, b'{"timestamp":"%b' % text[:20].encode())
        if not 0 <= second <= _LAST:
            return begun[1], int(text[20:26])
        _begun = begun
    return begun[1], rest // 1000
