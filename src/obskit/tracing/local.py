"""What all spans below one local root have in common."""

from __future__ import annotations

from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import TraceState


class LocalTrace:
    """The part of a trace that lies in this process below one local root.

    Args:
        trace_hex: the trace's id, in 32 hexadecimal digits.

    Attributes:
        flags: sampled (0x01) and random (0x02), as an integer.
        trace_state: the trace's state, as it is sent on.
        probability: that with which the trace was kept; 1.0 where it is not known.
        offset: what lies between the monotonic clock and the wall clock, in nanoseconds.
        shown: the trace's id as it stands in a line, with the comma before it, up to where that of the span begins.
    """

    __slots__ = ("flags", "offset", "probability", "shown", "trace_state")

    def __init__(self, trace_hex: bytes, flags: int, trace_state: TraceState, probability: float) -> None:
        self.shown = b',"trace_id":"' + trace_hex + b'","span_id":"'
        self.flags = flags
        self.trace_state = trace_state
        self.probability = probability
        # One look at the wall clock for all spans below: setting the clock can't make a child outlast its parent.
        self.offset = time_ns() - perf_counter_ns()

    @property
    def trace_id(self) -> int:
        """Give the trace's id, 128 bits."""
        return int(self.shown[13:45], 16)
