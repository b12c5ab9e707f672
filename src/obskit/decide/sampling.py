"""Sample at the head, consistently: every process decides alike for a trace.

OpenTelemetry's consistent probability sampling ("TraceState: Probability Sampling"): 56 random bits that all processes
know of a trace, its randomness, stand against a threshold that each has by its own rate. Below it a trace is rejected.
"""

from __future__ import annotations

import re

# What a threshold and a trace's randomness are counted in.
ALL = 1 << 56
_RANDOM_BITS = ALL - 1
_THRESHOLD = re.compile(r"[0-9a-fA-F]{1,14}", re.ASCII)
_RANDOMNESS = re.compile(r"[0-9a-fA-F]{14}", re.ASCII)

# Traces that callers may force on a process each second, beyond those that its own rate keeps, and how many at once.
FORCED_PER_SECOND = 100.0
FORCED_BURST = 200
# Traces of callers that its own rate keeps, by an id or a randomness that the caller has chosen.
CHOSEN_PER_SECOND = 1000.0
CHOSEN_BURST = 2000


class Sampler:
    """Keep a trace with probability `rate`.

    What a process of a lower rate keeps is kept by each of a higher rate.

    Args:
        rate: 0.0 to 1.0. What is below 2**-57 keeps nothing.

    Attributes:
        rate: As given.
        threshold: The randomness, of 56 bits, from which traces are kept; 2**56 keeps none.
    """

    __slots__ = ("rate", "threshold")

    def __init__(self, rate: float) -> None:
        self.rate = rate
        # Not of `1 - rate`: of a small rate that would lose the last digits.
        self.threshold = ALL - min(max(round(rate * ALL), 0), ALL)

    def keeps(self, trace_id: int) -> bool:
        """Decide for a trace id (128 bits), or for any randomness of 56."""
        return (trace_id & _RANDOM_BITS) >= self.threshold


class Forced:
    """Tell which of the traces that others force on this process it takes: a token bucket.

    No lock: a signal handler could find it held.

    Args:
        per_second: Tokens that come back each second.
        burst: Tokens that the bucket holds.
    """

    __slots__ = ("_depth", "_full", "_step")

    def __init__(self, per_second: float = FORCED_PER_SECOND, burst: int = FORCED_BURST) -> None:
        self._step = 1.0 / per_second
        # A little more: sums of floats are not exact.
        self._depth = (burst + 0.01) * self._step
        # The moment at which the bucket is full again: one number says all, so that it changes in one step.
        self._full = 0.0

    def takes(self, now: float) -> bool:
        """Take a token; returns whether there was one.

        Args:
            now: Seconds, by a clock that never goes back.
        """
        # No call stands between reading and storing, so no other thread or handler comes in between.
        full = self._full
        full = (full if full > now else now) + self._step  # noqa: FURB136 - max() is a call
        if full - now > self._depth:
            return False
        self._full = full
        return True

    def spent(self, now: float) -> bool:
        """Tell whether no token is left; takes none.

        Args:
            now: As for `takes`.
        """
        return self._full + self._step - now > self._depth


def randomness_of(trace_id: int) -> int:
    """Return the 56 bits of a trace id that count as random.

    A trace id without the random flag of W3C Trace Context Level 2 is presumed to be random all the same, as
    OpenTelemetry's SDK specification asks for ("Presumption of TraceID randomness").

    Args:
        trace_id: 128 bits.
    """
    return trace_id & _RANDOM_BITS


def probability_of(threshold: int) -> float:
    """Return the probability with which a threshold keeps a trace, to 12 digits.

    Args:
        threshold: 0 to 2**56.
    """
    # 2**56 has no room for most rates: 0.01 shall not come back as 0.009999999999999995.
    return float(f"{(ALL - threshold) / ALL:.12g}")


def format_threshold(threshold: int) -> str:
    """Write a threshold as the sub-key `th` has it: 14 hexadecimal digits without the zeros at their end, at least one.

    Args:
        threshold: 0 to 2**56 - 1; 0 keeps everything.
    """
    return f"{threshold:014x}".rstrip("0") or "0"


def parse_threshold(text: str) -> int | None:
    """Read the value of the sub-key `th`: 1 to 14 hexadecimal digits, the missing ones zero.

    Returns:
        The threshold, or None where the text is none.
    """
    return int(text.ljust(14, "0"), 16) if _THRESHOLD.fullmatch(text) else None


def format_randomness(randomness: int) -> str:
    """Write a trace's randomness as the sub-key `rv` has it: 14 hexadecimal digits.

    Args:
        randomness: 56 bits.
    """
    return f"{randomness:014x}"


def parse_randomness(text: str) -> int | None:
    """Read the value of the sub-key `rv`: 14 hexadecimal digits.

    Returns:
        The randomness, or None where the text is none.
    """
    return int(text, 16) if _RANDOMNESS.fullmatch(text) else None
