"""Say how long to leave a failing target alone."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Exponential delays with full jitter; a target's own `Retry-After` is a lower bound.

    Args:
        first: Upper bound of the first delay, in seconds.
        longest: Upper bound of every delay that the target did not ask for, in seconds.
        patience: Upper bound of what a target may ask for, in seconds.
        draw: Returns a number from 0 up to 1.
    """

    __slots__ = ("_draw", "_first", "_longest", "_patience", "failures")

    def __init__(
        self,
        *,
        first: float = 1.0,
        longest: float = 60.0,
        patience: float = 3600.0,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._longest = longest
        self._patience = patience
        self._draw = draw
        self.failures = 0

    def failed(self, retry_after: float | None = None) -> float:
        """Count one more failure and return the seconds to wait.

        Args:
            retry_after: Seconds that the target asked for; jitter comes on top, so that not all return at once.
        """
        # The exponent is bounded: a float power would overflow after a thousand failures.
        bound = min(self._longest, self._first * 2.0 ** min(self.failures, 60))
        self.failures += 1
        if retry_after is None:
            return self._draw() * bound
        return min(retry_after, self._patience) + self._draw() * min(bound, self._first)

    def succeeded(self) -> None:
        """Forget the failures: the next delay is a first one again."""
        self.failures = 0
