"""Any sequence of calls on a span of OpenTelemetry's SDK and on obskit's gives the same result."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor
from opentelemetry.sdk.trace import TracerProvider as SdkProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Decision, ParentBased
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

from obskit.tracing.engine import Engine, default_limits
from obskit.tracing.provider import TracerProvider

KEYS = st.sampled_from(["a", "b", "c", "", "k.one"]) | st.text(max_size=3)
SINGLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.binary(max_size=3)
VALUES = st.recursive(
    SINGLE,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
ATTRIBUTES = st.none() | st.dictionaries(KEYS | st.integers(0, 3), VALUES, max_size=6)
TIMES = st.integers(0, 10**9)
CONTEXTS = st.builds(
    SpanContext,
    st.sampled_from([0, 1, 0xABC]),
    st.sampled_from([0, 0xDEF]),
    st.booleans(),
    st.sampled_from([TraceFlags(flags) for flags in range(4)]),
    st.sampled_from(
        [TraceState(), TraceState([("v", "1")]), TraceState([("ot", "rv:00000000000001;x:y"), ("v", "1")])]
    ),
)
STATUSES = st.sampled_from([*StatusCode, Status(StatusCode.OK), Status(StatusCode.ERROR, "why"), "ERROR", None])
ERRORS = st.sampled_from([ValueError("bad"), KeyError("k"), OSError(2, "gone"), KeyboardInterrupt()])
# What is called on a span, with which arguments.
CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("set_attribute"), st.tuples(KEYS, VALUES)),
        st.tuples(st.just("set_attributes"), st.tuples(st.dictionaries(KEYS, VALUES, max_size=6))),
        st.tuples(st.just("add_event"), st.tuples(st.text(max_size=5), ATTRIBUTES, TIMES)),
        st.tuples(st.just("add_link"), st.tuples(CONTEXTS, ATTRIBUTES)),
        st.tuples(st.just("set_status"), st.tuples(STATUSES) | st.tuples(STATUSES, st.none() | st.text(max_size=4))),
        st.tuples(st.just("update_name"), st.tuples(st.text(max_size=5))),
        st.tuples(st.just("record_exception"), st.tuples(ERRORS, ATTRIBUTES, TIMES, st.booleans())),
        st.tuples(st.just("is_recording"), st.just(())),
        st.tuples(st.just("end"), st.tuples(TIMES)),
    ),
    max_size=8,
)
BEGINNINGS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(SpanKind),
        "attributes": ATTRIBUTES,
        "links": st.lists(st.tuples(CONTEXTS, ATTRIBUTES), max_size=3),
        "start_time": TIMES,
    }
)
LIMITS = st.none() | st.builds(
    SpanLimits,
    **{
        name: st.sampled_from([0, 1, 2, 4, SpanLimits.UNSET])
        for name in (
            "max_events", "max_links", "max_span_attributes", "max_event_attributes", "max_link_attributes",
            "max_attribute_length", "max_span_attribute_length",
        )
    },
)  # fmt: skip


class Kept(SpanProcessor):
    def __init__(self) -> None:
        self.seen: list[Any] = []

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        self.seen.append(("start", span.name, repr(dict(span.attributes)), parent_context))

    def on_end(self, span: Any) -> None:
        self.seen.append(("end", span))


def sdk(limits: SpanLimits | None, processor: SpanProcessor) -> SdkProvider:
    made = SdkProvider(
        resource=Resource({}),
        shutdown_on_exit=False,
        span_limits=limits or default_limits(),
        sampler=ParentBased(ALWAYS_ON, remote_parent_not_sampled=ALWAYS_ON, local_parent_not_sampled=ALWAYS_ON),
    )
    made.add_span_processor(processor)
    return made


def lean(limits: SpanLimits | None, processor: SpanProcessor, ended: list[Any]) -> TracerProvider:
    made = TracerProvider()
    made.swap(
        Engine(
            sample=None,
            on_end=ended.append,
            resource=Resource({}),
            limits=limits or default_limits(),
            protect=lambda value, key: value,
            correlation_id=lambda: None,
        )
    )
    made.add_span_processor(processor)
    return made


def under(parent: SpanContext | None) -> Context:
    return Context() if parent is None else trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())


def picture(span: Any) -> str:
    """All that can be read of a span, but for ids and flags that the one of its own chose."""
    parent = span.parent
    return repr(
        (
            span.name,
            span.kind,
            parent and (parent.trace_id, parent.span_id, parent.is_remote, parent.trace_state),
            parent and (span.context.trace_id, span.context.trace_state),
            list(span.attributes.items()),
            [(event.name, event.timestamp, without_stack(event), event.dropped_attributes) for event in span.events],
            [(link.context, list(link.attributes.items()), link.dropped_attributes) for link in span.links],
            (span.status.status_code, span.status.description),
            (span.dropped_attributes, span.dropped_events, span.dropped_links),
            (span.start_time, span.end_time),
        )
    )


def without_stack(event: Any) -> list[Any]:
    return [(key, value) for key, value in event.attributes.items() if key != "exception.stacktrace"]


def run(tracer: Any, context: Context, beginning: dict[str, Any], calls: list[Any]) -> list[Any]:
    """Make all the calls; tell what they gave or raised."""
    # The SDK changes the links that it is given.
    links = [Link(*each) for each in beginning["links"]]
    span = tracer.start_span("first", context=context, **(beginning | {"links": links}))
    told: list[Any] = []
    for method, arguments in calls:
        try:
            told.append(getattr(span, method)(*arguments))
        except Exception as error:
            told.append(type(error))
    if span.is_recording():
        span.end(end_time=7)
    return told


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(limits=LIMITS, parent=st.none() | CONTEXTS, beginning=BEGINNINGS, calls=CALLS)
@example(
    limits=SpanLimits(max_span_attributes=1),
    parent=None,
    beginning={"kind": SpanKind.INTERNAL, "attributes": {"a": None, "b": None, "": None}, "links": [], "start_time": 0},
    calls=[],
)
def test_any_sequence_of_calls(limits, parent, beginning, calls) -> None:
    """The lean span, and what a span processor is given of it, read as the SDK's; and what a call gives is the same."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    logging.getLogger("obskit.tracing").setLevel(logging.CRITICAL)
    try:
        theirs, ours, ended, context = Kept(), Kept(), [], under(parent)
        expected = run(sdk(limits, theirs).get_tracer("t"), context, beginning, calls)
        assert run(lean(limits, ours, ended).get_tracer("t"), context, beginning, calls) == expected
    finally:
        logging.getLogger("opentelemetry").setLevel(logging.NOTSET)
        logging.getLogger("obskit.tracing").setLevel(logging.NOTSET)
    assert [kind for kind, *_ in ours.seen] == [kind for kind, *_ in theirs.seen] == ["start", "end"]
    assert ours.seen[0] == theirs.seen[0]
    wanted = picture(theirs.seen[1][1])
    assert picture(ours.seen[1][1]) == wanted
    assert [picture(span) for span in ended] == [wanted]


@given(parent=st.none() | CONTEXTS)
def test_flags_and_samplers(parent) -> None:
    """A span has the flags that ParentBased gives; who asks the sampler hears the same; nothing is left unrecorded."""
    processor = Kept()
    ours = lean(None, processor, [])
    theirs = sdk(None, Kept())
    spans = [given.get_tracer("t").start_span("a", context=under(parent)) for given in (theirs, ours)]
    followed = parent is not None and parent.is_valid
    sampled = parent.trace_flags.sampled if followed else True
    assert (
        spans[0].get_span_context().trace_flags.random_trace_id
        == spans[1].get_span_context().trace_flags.random_trace_id
    )
    assert spans[1].get_span_context().trace_flags.sampled is sampled
    assert spans[1].is_recording()
    decided = ours.sampler.should_sample(under(parent), spans[1].get_span_context().trace_id, "a")
    assert (decided.decision is Decision.RECORD_AND_SAMPLE) is sampled
    assert decided.trace_state == spans[1].get_span_context().trace_state


class Changing(SpanProcessor):
    """Writes to the span in each of the calls that allow it."""

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        span.set_attribute("at start", span.is_recording())
        span.update_name(f"{span.name} changed")
        span.add_event("started", timestamp=1)

    def _on_ending(self, span: Any) -> None:
        span.set_attribute("ending", span.is_recording())

    def on_end(self, span: Any) -> None:
        with pytest.raises(Exception):  # noqa: B017 - a dict's or the SDK's own
            span.attributes["more"] = 1


def test_processors_that_change_the_span() -> None:
    """What a processor writes at the start is seen by those behind it; at the end nobody can write."""
    pictures = []
    ended: list[Any] = []
    makers: list[Callable[[SpanProcessor], Any]] = [lambda p: sdk(None, p), lambda p: lean(None, p, ended)]
    for make in makers:
        kept = Kept()
        provider = make(Changing())
        provider.add_span_processor(kept)
        provider.get_tracer("t").start_span("a", context=Context(), start_time=1).end(end_time=2)
        pictures.append(([kept.seen[0][1:3]], picture(kept.seen[1][1])))
    assert pictures[0] == pictures[1]
    assert "at start" in pictures[1][1]
