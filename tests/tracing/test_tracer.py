from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.context.context import Context

from obskit.tracing.span import Span


@pytest.fixture(autouse=True)
def no_context():
    token = context.attach(Context())
    yield
    token.var.reset(token)


def test_a_root_is_sampled_by_its_trace_id(provider, make_engine) -> None:
    """The engine decides once, for the trace id of a new root; children follow."""
    asked: list[int] = []

    def sample(trace_id: int) -> bool:
        asked.append(trace_id)
        return len(asked) == 1

    provider.swap(make_engine(sample=sample))
    tracer = provider.get_tracer("t")
    with tracer.start_as_current_span("first") as first:
        child = tracer.start_span("child")
    second = tracer.start_span("second")
    assert asked == [first.trace_id, second.trace_id]
    assert [span.flags for span in (first, child, second)] == [3, 3, 2]


def test_the_current_span_is_the_parent(tracer) -> None:
    """Blocks nest, and leaving one gives the outer one back."""
    assert trace.get_current_span() is trace.INVALID_SPAN
    with tracer.start_as_current_span("outer") as outer:
        with tracer.start_as_current_span("inner") as inner:
            assert trace.get_current_span() is inner
            assert inner.parent_id == outer.span_id
        assert trace.get_current_span() is outer
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_a_given_context_counts_instead_of_the_current_one(tracer) -> None:
    """`context=` holds the parent; the current context keeps its other values."""
    other = trace.set_span_in_context(tracer.start_span("other"), Context())
    token = context.attach(baggage.set_baggage("k", "v"))
    with tracer.start_as_current_span("outer"), tracer.start_as_current_span("inner", context=other) as inner:
        assert inner.trace_id == trace.get_current_span(other).trace_id
        assert baggage.get_baggage("k") == "v"
    context.detach(token)


def test_starting_does_not_make_current(tracer) -> None:
    """`start_span` leaves the context alone."""
    tracer.start_span("a")
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_a_foreign_span_without_a_sane_context_is_no_parent(tracer) -> None:
    """A Span class of someone else that gives nonsense doesn't raise: the span is a root."""

    class Foreign(trace.NonRecordingSpan):
        def get_span_context(self) -> Any:
            return "nonsense"

    with trace.use_span(Foreign(trace.INVALID_SPAN_CONTEXT)):
        assert tracer.start_span("a").parent is None


def test_a_local_parent_of_someone_else_is_followed(tracer) -> None:
    """A non-recording span of this process passes its ids on."""
    local = trace.SpanContext(5, 6, is_remote=False, trace_flags=trace.TraceFlags(1))
    with trace.use_span(trace.NonRecordingSpan(local)):
        span = tracer.start_span("a")
    assert (span.trace_id, span.parent_id, span.parent_remote, span.flags) == (5, 6, False, 1)


def test_use_span_of_opentelemetry_works(tracer, ended) -> None:
    """Instrumentation packages activate spans by OpenTelemetry's own function."""
    with pytest.raises(ValueError, match="x"), trace.use_span(tracer.start_span("a"), end_on_exit=True):
        raise ValueError("x")
    (span,) = ended
    assert type(span) is Span
    assert span.status.description == "ValueError: x"
    assert span.events[0].attributes["exception.escaped"] == "False"


def test_the_tracer_tells_its_resource(tracer) -> None:
    """The resource is the engine's."""
    assert tracer.resource.attributes["service.name"] == "shop"
    assert tracer.instrumentation_scope.name == "tests"
