"""Sample at the head, consistently: every process decides alike for a trace id."""

from __future__ import annotations

_RANDOM_BITS = (1 << 56) - 1


class Sampler:
    """Keep a trace with probability `rate`.

    OpenTelemetry's consistent probability sampling: the 56 random bits of the trace id against a threshold, so that
    what a service of a lower rate keeps is kept by each of a higher rate.
    """

    __slots__ = ("_threshold", "rate")

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._threshold = round((1.0 - rate) * (1 << 56))

    def keeps(self, trace_id: int) -> bool:
        """Decide for a trace id (128 bits)."""
        return (trace_id & _RANDOM_BITS) >= self._threshold
