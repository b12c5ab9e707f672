"""Both ways from a span to a line give the same bytes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.trace import SpanContext, SpanKind, StatusCode, TraceFlags

import obskit
from obskit import state
from obskit.line.encode import fitted
from obskit.line.fused_span import FusedSpan
from obskit.protect.redactor import Redactor
from obskit.record import span as span_record
from obskit.testing import capture
from obskit.tracing.span import Span

STATIC = {"service": "shop", "environment": "test", "host": "h"}
LIMIT = 64_000
REMOTE = trace.NonRecordingSpan(SpanContext(1 << 100, 1 << 50, is_remote=True, trace_flags=TraceFlags(1)))
VALUES = (
    st.sampled_from(["paid", "", "é", "tab\there", "ann@shop.example", "x" * 200]) | st.integers(-(10**13), 10**13)
    | st.floats() | st.booleans() | st.lists(st.integers(0, 9), max_size=3) | st.lists(st.just("a"), max_size=2)
)  # fmt: skip


def made(name: Any, attributes: dict[str, Any], tracer: str, kind: SpanKind, parent: str) -> Span:
    """Return a span that is not ended yet."""
    around = {"remote": trace.set_span_in_context(REMOTE), "none": None, "local": None}[parent]
    with obskit.span("around") if parent == "local" else obskit.bound():
        found = trace.get_tracer(tracer).start_span(name, around, kind, attributes)
    assert type(found) is Span
    return found


@settings(max_examples=80, deadline=None)
@given(name=st.sampled_from(["GET /orders", "", "to ann@shop.example", 'a"b']),
       attributes=st.dictionaries(st.sampled_from(["order.id", "http.route", "password", "größe", "user"]), VALUES),
       tracer=st.sampled_from(["", "shop", "ann@shop.example"]), kind=st.sampled_from(SpanKind),
       parent=st.sampled_from(["none", "local", "remote"]), code=st.sampled_from(StatusCode), event=st.booleans(),
       lasted=st.integers(0, 10**12))  # fmt: skip
def test_one_step_and_many_give_the_same_line(
    name: str, attributes: dict[str, Any], tracer: str, kind: SpanKind, parent: str, code: StatusCode, event: bool,
    lasted: int,
) -> None:  # fmt: skip
    """Wherever the one step takes a span at all."""
    with capture():
        runtime = state.runtime
        assert runtime is not None
        span = made(name, attributes, tracer, kind, parent)
        if event:
            span.add_event("happened", {"a": 1})
        span.set_status(code, "why" if event else None)
        span.end(span.start_time + lasted)
        fused = FusedSpan(STATIC, runtime.redactor, LIMIT - 1024)
        for _ in range(2):
            found = fused(span, b"")
            if found is not None:
                record = runtime.redactor.record(span_record.build(span, STATIC, None), LIMIT - 1024)
                assert found == fitted(record, LIMIT, Redactor(None, None, lambda: None).record)


def test_a_plain_span_takes_the_one_step() -> None:
    """Most spans do, or there would be no use in it."""
    with capture():
        runtime = state.runtime
        assert runtime is not None
        span = made("GET /orders", {"http.route": "/orders", "items": 3}, "shop", SpanKind.SERVER, "remote")
        span.end()
        found = FusedSpan(STATIC, runtime.redactor, LIMIT)(span, b',"sampling":{"rate":0.5,"reason":"head"}')
        assert found is not None
        line = orjson.loads(found)
        assert line["attributes"] == {"http.route": "/orders", "items": 3}
        assert line["parent_remote"] is True
        assert line["instrumentation"] == {"name": "shop"}
        assert line["sampling"] == {"rate": 0.5, "reason": "head"}


@pytest.mark.parametrize("change", [
    lambda span: span.add_event("x"), lambda span: span.set_attribute("password", "x"),
    lambda span: span.set_status(StatusCode.ERROR, "why"), lambda span: span.update_name("ann@shop.example"),
], ids=["event", "secret", "description", "name"])  # fmt: skip
def test_everything_else_goes_the_long_way(change: Any) -> None:
    """Whatever may need a look, or comes seldom."""
    with capture():
        runtime = state.runtime
        assert runtime is not None
        span = made("GET", {}, "shop", SpanKind.SERVER, "none")
        change(span)
        span.end()
        assert FusedSpan(STATIC, runtime.redactor, LIMIT)(span, b"") is None
