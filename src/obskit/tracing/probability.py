"""Read and write what a tracestate says of sampling: the sub-keys `th` and `rv` of its member `ot`.

OpenTelemetry's "TraceState Handling": `ot=th:<threshold>;rv:<randomness>`, with sub-keys of others among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from opentelemetry import trace

from obskit.decide.sampling import format_randomness, format_threshold, parse_randomness, parse_threshold
from obskit.tracing.tracestate import EMPTY, changed

MEMBER = "ot"
_THRESHOLD = "th"
_RANDOMNESS = "rv"


class Told(NamedTuple):
    """What a trace's state says of its sampling.

    Attributes:
        threshold: That which the trace was kept by, None where it is not known.
        randomness: The trace's, None where it is that of the trace id.
        others: The sub-keys of others, as they came.
        sound: False where a sub-key was malformed or stood twice: it counts for nothing and is not sent on.
    """

    threshold: int | None
    randomness: int | None
    others: tuple[str, ...]
    sound: bool


_NOTHING = Told(None, None, (), sound=True)


def read(state: trace.TraceState) -> Told:
    """Read what a state says of sampling.

    Args:
        state: Any state.
    """
    value = state.get(MEMBER) if state else None
    if not value:
        return _NOTHING
    found: dict[str, list[str]] = {_THRESHOLD: [], _RANDOMNESS: []}
    others: list[str] = []
    for part in value.split(";"):
        key, colon, text = part.partition(":")
        if colon and key in found:
            found[key].append(text)
        else:
            others.append(part)
    thresholds = [parse_threshold(text) for text in found[_THRESHOLD]]
    randoms = [parse_randomness(text) for text in found[_RANDOMNESS]]
    threshold, randomness = _only(thresholds), _only(randoms)
    sound = len(thresholds) == (threshold is not None) and len(randoms) == (randomness is not None)
    return Told(threshold, randomness, tuple(others), sound)


def write(state: trace.TraceState, told: Told) -> trace.TraceState:
    """Make a state say something else of sampling; other vendors' members, and others' sub-keys, stay.

    Args:
        state: The state so far; it is not changed.
        told: What it shall say. A threshold for which the member has no room (256 characters) is left out.

    Returns:
        A state whose member `ot` stands in front, or is gone where there is nothing to say. Of a state that is full,
        32 members, the last one gives way (W3C Trace Context, section 3.5).
    """
    parts = [] if told.threshold is None else [f"{_THRESHOLD}:{format_threshold(told.threshold)}"]
    rest = [] if told.randomness is None else [f"{_RANDOMNESS}:{format_randomness(told.randomness)}"]
    rest += told.others
    for held in ([*parts, *rest], rest):
        made = changed(state, MEMBER, ";".join(held))
        if made is not None:
            return made
    return state.delete(MEMBER)


def alone(threshold: int, randomness: int | None) -> trace.TraceState:
    """Make the state of a new trace.

    Args:
        threshold: That which it was kept by.
        randomness: The trace's, None where it is that of the trace id.
    """
    return write(EMPTY, Told(threshold, randomness, (), sound=True))


def _only(values: Sequence[int | None]) -> int | None:
    return values[0] if len(values) == 1 else None
