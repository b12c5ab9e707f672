"""Make trace and span ids."""

from __future__ import annotations

import os

_BATCH = 64
_ZERO = b"0" * 16
# The kernel's: `random.seed(...)` in an application must not make two processes share their ids.
_randbytes = os.urandom
# 64 bits each, in hexadecimal. Taken by `pop`, which hands each out once without a lock.
_pool: list[bytes] = []
# Gives one of them; an IndexError where there is none left, for which `refill` is there.
take = _pool.pop


def _after_fork() -> None:
    # The child must not repeat what its parent holds ready.
    _pool.clear()


os.register_at_fork(after_in_child=_after_fork)


def span_hex() -> bytes:
    """Make a span id of 64 random bits, in 16 hexadecimal digits.

    Returns:
        Digits that are never all 0.
    """
    try:
        return take()
    except IndexError:
        return refill()


def trace_hex() -> bytes:
    """Make a trace id of 128 random bits, in 32 hexadecimal digits.

    Returns:
        Digits that are never all 0. All are random, so the random-trace-id flag of W3C Trace Context Level 2 holds.
    """
    try:
        return take() + take()
    except IndexError:
        return span_hex() + span_hex()


def refill() -> bytes:
    """Fill the pool, and make one more id; see `span_hex`."""
    made: list[bytes] = []
    while not made:
        digits = _randbytes(8 * _BATCH).hex().encode()
        made = [one for at in range(0, len(digits), 16) if (one := digits[at : at + 16]) != _ZERO]
    # Not through the pool: other threads may have taken all of them before this one comes to it.
    mine = made.pop()
    _pool.extend(made)
    return mine


def random_from(threshold: int) -> int:
    """Make 56 random bits that are not below a threshold.

    Args:
        threshold: less than 2**56.
    """
    # Of 128 bits, so that the remainder prefers none.
    return threshold + int.from_bytes(_randbytes(16)) % ((1 << 56) - threshold)
