"""Make trace and span ids."""

from __future__ import annotations

import os
import random

from opentelemetry.sdk.trace.id_generator import IdGenerator

# An own generator: `random.seed(...)` in an application must not make two processes share their ids.
_random = random.Random()  # noqa: S311
_bits = _random.getrandbits
os.register_at_fork(after_in_child=_random.seed)


def trace_id() -> int:
    """Make a trace id of 128 random bits.

    Returns:
        An integer that is never 0. All bits are random, so the random-trace-id flag of W3C Trace Context Level 2 holds.
    """
    return _bits(128) or trace_id()


def span_id() -> int:
    """Make a span id of 64 random bits.

    Returns:
        An integer that is never 0.
    """
    return _bits(64) or span_id()


class Ids(IdGenerator):
    """The same ids behind OpenTelemetry's interface."""

    def generate_trace_id(self) -> int:
        """Make a trace id, see `trace_id`."""
        return trace_id()

    def generate_span_id(self) -> int:
        """Make a span id, see `span_id`."""
        return span_id()

    def is_trace_id_random(self) -> bool:
        """Tell that the random-trace-id flag may be set."""
        return True
