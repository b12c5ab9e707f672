from __future__ import annotations

from typing import Any

from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, TraceFlags

from obskit.tracing.provider import join
from obskit.tracing.span import Span

REMOTE = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(1))


def test_an_adapted_span_reads_like_a_lean_one(make_sdk, make_engine, ended) -> None:
    """Everything that is read of a lean span can be read of a joined provider's."""
    sdk = make_sdk()
    join(sdk, make_engine(correlation_id=lambda: "req-1"))
    parent = trace.set_span_in_context(trace.NonRecordingSpan(REMOTE), Context())
    with sdk.get_tracer("t", "1").start_as_current_span(
        "a", context=parent, kind=SpanKind.SERVER, attributes={"k": [1]}, links=[Link(REMOTE, {"x": 1})]
    ) as span:
        span.add_event("e", {"y": 1})
        span.set_status(StatusCode.ERROR, "why")
    (adapted,) = ended
    assert (adapted.name, adapted.kind, adapted.trace_id, adapted.parent_id) == ("a", SpanKind.SERVER, 0xABC, 0xDEF)
    assert (adapted.parent, adapted.parent_remote, adapted.flags) == (REMOTE, True, 1)
    assert adapted.context.span_id == adapted.span_id == span.context.span_id
    assert adapted.attributes == {"k": (1,)}
    assert adapted.correlation_id == "req-1"
    assert [event.name for event in adapted.events] == ["e"]
    assert [link.context for link in adapted.links] == [REMOTE]
    assert (adapted.status.status_code, adapted.status.description) == (StatusCode.ERROR, "why")
    assert adapted.instrumentation_scope.name == "t"
    assert adapted.resource.attributes["service.name"] == "shop"
    assert 0 < adapted.start_time <= adapted.end_time
    assert (adapted.dropped_attributes, adapted.dropped_events, adapted.dropped_links) == (0, 0, 0)
    public = [name for name in Span.__slots__ if not name.startswith("_")]
    assert [name for name in public if not hasattr(adapted, name)] == []


def test_leaving_ends_the_feeding(make_sdk, make_engine, ended) -> None:
    """After leaving nothing is fed, and joining again doesn't feed twice."""
    sdk = make_sdk()
    leave = join(sdk, make_engine())
    leave()
    sdk.get_tracer("t").start_span("a", context=Context()).end()
    join(sdk, make_engine())
    join(sdk, make_engine())
    sdk.get_tracer("t").start_span("b", context=Context()).end()
    assert [span.name for span in ended] == ["b"]


def test_a_failing_engine_does_not_break_the_application(make_sdk, make_engine) -> None:
    """What the engine raises is told, not raised."""
    told: list[str] = []

    def fail(span: Any) -> None:
        raise RuntimeError

    sdk = make_sdk()
    join(sdk, make_engine(on_end=fail, on_error=lambda what, error: told.append(what)))
    sdk.get_tracer("t").start_span("a", context=Context()).end()
    assert told == ["the end of a span"]
