"""A limiter whose clock a test sets."""

from __future__ import annotations

from obskit.decide.limiter import Limiter, Summary

DAY = 86_400_000_000_000


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> int:
        """Return nanoseconds since the epoch."""
        return DAY + int((self.now - 1000.0) * 1e9)


def passes(limiter: Limiter, event: object = "boom", times: int = 1) -> list[bool]:
    """Emit an event so many times and tell which passed."""
    return [limiter.takes("shop", 40, event).passes for _ in range(times)]


def counted(summaries: list[Summary]) -> int:
    """Return how many records summaries tell of."""
    return sum(summary.count for summary in summaries)
