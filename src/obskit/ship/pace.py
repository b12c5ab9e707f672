"""Spread work thinly, so that a backlog is not felt by the application's own threads."""

from __future__ import annotations

from collections.abc import Callable

SLICE = 0.0005
REST = 4.0
# A longer stretch was a stopped process or another thread at work, not a slice of ours.
_LONGEST = 0.05


class Pacer:
    """Work in slices of half a millisecond and rest four times as long after each.

    Args:
        clock: Seconds that pass while the caller works, such as `time.perf_counter`.
        sleep: Called with seconds to rest; may return early or raise, so that a rest can be interrupted.
    """

    __slots__ = ("_clock", "_sleep", "_started")

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], object]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._started = clock()

    def start(self) -> None:
        """Begin a slice now: call after waiting for anything else."""
        self._started = self._clock()

    def pause_if_due(self) -> None:
        """Rest if a slice's worth of work has passed since the last rest; call between records."""
        worked = self._clock() - self._started
        if worked < SLICE:
            return
        try:
            self._sleep(min(worked, _LONGEST) * REST)
        finally:
            self._started = self._clock()
