"""Decide at the head of a trace, or where it comes in, whether it is sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from opentelemetry.trace import DEFAULT_TRACE_STATE, Span, SpanContext, TraceState

from obskit.decide.sampling import ALL, probability_of, randomness_of
from obskit.tracing.carrier import RANDOM, SAMPLED
from obskit.tracing.ids import random_from, trace_hex
from obskit.tracing.local import LocalTrace
from obskit.tracing.probability import Told, alone, read, write

if TYPE_CHECKING:
    from obskit.tracing.engine import Engine


class Head(NamedTuple):
    """A decision.

    Attributes:
        sampled: whether the sampled flag is set.
        trace_state: what the trace's state is from here on.
        probability: that with which the trace was kept; 1.0 where that is not known.
    """

    sampled: bool
    trace_state: TraceState
    probability: float


_BOTH = RANDOM | SAMPLED
_KEPT = Head(sampled=True, trace_state=DEFAULT_TRACE_STATE, probability=1.0)
_REJECTED = Head(sampled=False, trace_state=DEFAULT_TRACE_STATE, probability=1.0)


def of_root(engine: Engine, trace_id: int) -> Head:
    """Decide for a new trace.

    Where the rate is 1.0 nothing is written into the trace's state, though `ot=th:0` would say the same: a header less
    with each request.

    Args:
        engine: holds the sampler.
        trace_id: 128 random bits.
    """
    if not engine.samples(trace_id):
        return _REJECTED
    threshold = engine.sampler.threshold
    if threshold in (0, ALL):
        return _KEPT
    # A unit of work that has decided before keeps its further traces too. Their ids say nothing of that, so that they
    # get a randomness that does.
    randomness = None if randomness_of(trace_id) >= threshold else random_from(threshold)
    state = engine.kept_state if randomness is None else alone(threshold, randomness)
    return Head(sampled=True, trace_state=state, probability=engine.sampler.rate)


def of_parent(engine: Engine, parent: SpanContext) -> Head:
    """Decide for a trace that goes on here: by the parent's flag.

    The probability is that of the state's `th`; without one, or with one that contradicts the flag, it counts as 1.0.
    A remote flag that this process's own rate would not have set is followed as often as `engine.forced` allows. While
    that is spent, the rate decides for all that come in, and `th` says so. A flag that it would have set is followed as
    often as `engine.chosen` allows, for callers choose the ids.

    Args:
        engine: holds the sampler.
        parent: a valid context.
    """
    state = parent.trace_state
    told = read(state)
    sampled, threshold = bool(parent.trace_flags & SAMPLED), _threshold(parent, told)
    own = engine.sampler.threshold
    if sampled and own and parent.is_remote:
        now = engine.clock()
        if _randomness(parent, told) < own:
            sampled = engine.forced.takes(now)
            threshold = threshold if sampled else None
        elif not engine.chosen.takes(now):
            # The caller has chosen the id; from here on this process throws the dice itself.
            sampled = engine.sampler.keeps(int(trace_hex(), 16))
            # Kept by both, each by itself.
            threshold = ALL - (ALL - own) * (ALL - (threshold or 0)) // ALL if sampled else None
        elif engine.forced.spent(now):
            threshold = max(own, threshold or 0)
    if threshold != told.threshold or not told.sound:
        randomness = told.randomness
        if threshold is not None and _randomness(parent, told) < threshold:
            # Kept by other dice than the id's: those who read on need a randomness that agrees.
            randomness = random_from(threshold)
        state = write(state, Told(threshold, randomness, told.others, sound=True))
    return Head(sampled, state, 1.0 if threshold is None else probability_of(threshold))


def probability(context: SpanContext) -> float:
    """Give the probability with which a trace was kept, as its state says it; 1.0 where that is not known.

    Args:
        context: of any of its spans.
    """
    kept_by = _threshold(context, read(context.trace_state))
    return 1.0 if kept_by is None else probability_of(kept_by)


def _threshold(context: SpanContext, told: Told) -> int | None:
    # One that contradicts the flag counts for nothing.
    if told.threshold is None or not context.trace_flags & SAMPLED or _randomness(context, told) < told.threshold:
        return None
    return told.threshold


def _randomness(context: SpanContext, told: Told) -> int:
    return randomness_of(context.trace_id) if told.randomness is None else told.randomness


def begin(engine: Engine, parent: Span | None) -> tuple[LocalTrace, SpanContext | None]:
    """Begin what lies in this process of a trace, new or not.

    Args:
        engine: holds the sampler.
        parent: any span that is not one of obskit's own, or None.

    Returns:
        What the spans below have in common, and the parent's context, None for a root.
    """
    if parent is None and engine.keeps_all:
        return LocalTrace(trace_hex(), _BOTH, DEFAULT_TRACE_STATE, 1.0), None
    context = None if parent is None else parent.get_span_context()
    if isinstance(context, SpanContext) and context.is_valid:
        head = of_parent(engine, context)
        flags = context.trace_flags & RANDOM | head.sampled
        return LocalTrace(b"%032x" % context.trace_id, flags, head.trace_state, head.probability), context
    made = trace_hex()
    head = of_root(engine, int(made, 16))
    return LocalTrace(made, RANDOM | head.sampled, head.trace_state, head.probability), None
