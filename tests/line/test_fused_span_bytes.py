from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import SpanContext, SpanKind, StatusCode, TraceFlags

from obskit.line.encode import encode
from obskit.line.fused_span import FusedSpan
from obskit.protect.policy import make
from obskit.record.span import build
from obskit.settings.options import Redaction
from obskit.tracing.engine import Engine, default_limits
from obskit.tracing.provider import TracerProvider
from obskit.tracing.tracestate import parse

STATIC = {"service": "shop", "environment": "test", "host": "h"}
HTTP = {
    "http.request.method": "POST",
    "url.path": "/checkout",
    "http.response.status_code": 200,
    "server.address": "shop.example",
    "ratio": 0.5,
    "ok": True,
}
REDACTOR = make(Redaction(), lambda: None)
STRAIGHT = FusedSpan(STATIC, REDACTOR, 60_000)

TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "GET /x",
        "a@example.com",
        "Bearer abcdefghijklmnop",
        "password=hunter22",
        "4111 1111 1111 1111",
        'q"\\\n',
        "\ud800",
    ]
)
KEYS = st.sampled_from(["a", "http.route", "password", "api_key", "user", "name", "value", "ключ"]) | st.text(
    max_size=6
)
VALUES = TEXTS | st.integers() | st.floats() | st.booleans() | st.none() | st.binary(max_size=3) | st.lists(TEXTS)
TIMES = st.integers(-(10**18), 3 * 10**20) | st.integers(1_790_000_000 * 10**9, 1_790_000_003 * 10**9)
STATES = st.sampled_from(["", "v=1", "ot=th:8", "v=a@example.com"])
PARENTS = st.none() | st.builds(
    lambda remote, flags, state: SpanContext(
        2**127 + 5, 7, is_remote=remote, trace_flags=TraceFlags(flags), trace_state=parse([state])
    ),
    st.booleans(),
    st.integers(0, 3),
    STATES,
)


def provider(correlation_id: str | None = None) -> TracerProvider:
    made = TracerProvider()
    made.swap(
        Engine(
            sample=None,
            on_end=lambda span: None,
            resource=Resource({}),
            limits=default_limits(),
            protect=lambda value, key: value,
            correlation_id=lambda: correlation_id,
        )
    )
    return made


def span_of(name: str = "checkout", correlation_id: str | None = None, tracer: str = "t", **more: Any) -> Any:
    parent, end = more.pop("parent", None), more.pop("end", None)
    context = Context() if parent is None else trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())
    span = provider(correlation_id).get_tracer(tracer, "1").start_span(name, context=context, **more)
    span.end(end)
    return span


def long_way(span: Any, sampling: Any = None) -> bytes:
    return encode(REDACTOR.record(build(span, STATIC, sampling), 60_000))


def test_a_plain_span_goes_straight() -> None:
    """The line of a span as it usually is has the bytes of the long way."""
    for span in (span_of(), span_of(attributes=HTTP, kind=SpanKind.SERVER, correlation_id="req-1")):
        assert STRAIGHT(span) == long_way(span)


def test_a_child_and_its_parent_share_a_trace() -> None:
    """A local child says whose it is."""
    tracer = provider().get_tracer("t")
    with (
        tracer.start_as_current_span("outer", context=Context()) as outer,
        tracer.start_as_current_span("inner") as inner,
    ):
        pass
    line = STRAIGHT(inner)
    assert line == long_way(inner)
    found = orjson.loads(line or b"")
    assert (found["trace_id"], found["parent_span_id"]) == (f"{outer.trace_id:032x}", f"{outer.span_id:016x}")
    assert found["parent_remote"] is False


def test_the_sampling_block_stands_last() -> None:
    """What the line stands for comes behind the service fields."""
    span, block = span_of(), {"rate": 0.25, "reason": "head"}
    assert STRAIGHT(span, b',"sampling":' + orjson.dumps(block)) == long_way(span, block)


@pytest.mark.parametrize("code", StatusCode)
def test_a_status_that_needs_no_words_goes_straight(code) -> None:
    """OK and ERROR are shown as the long way shows them."""
    span = provider().get_tracer("t").start_span("a", context=Context())
    span.set_status(code)
    span.end()
    line = STRAIGHT(span)
    assert line == long_way(span)
    assert (b'"status"' in (line or b"")) is (code is not StatusCode.UNSET)


def noted(span: Any) -> None:
    span.add_event("e")


def linked(span: Any) -> None:
    span.add_link(SpanContext(1, 2, is_remote=True))


def explained(span: Any) -> None:
    span.set_status(StatusCode.ERROR, "why")


def crowded(span: Any) -> None:
    span.set_attributes({f"k{number}": number for number in range(200)})


@pytest.mark.parametrize("change", [noted, linked, explained, crowded])
def test_what_is_not_plain_goes_the_long_way(change) -> None:
    """Events, links, the reason of a failure and what was dropped are not for the short one."""
    span = provider().get_tracer("t").start_span("a", context=Context())
    change(span)
    span.end()
    assert STRAIGHT(span) is None


@pytest.mark.parametrize(
    "more",
    [
        {"name": "call of a@example.com"},
        {"name": "x" * 300},
        {"tracer": "lib for a@example.com"},
        {"attributes": {"note": "a@example.com"}},
        {"attributes": {"password": "hunter22"}},
        {"attributes": {"http.response.status_code": 200, "note": "a@example.com"}},
        {"attributes": {"http.response.status_code": 200, "note": ["a@example.com"]}},
        {"attributes": {"a@example.com": 1}},
        {"attributes": {"raw": b"x"}},
        {"attributes": {"ratio": float("nan")}},
        {"parent": SpanContext(5, 7, is_remote=True, trace_state=parse(["v=a@example.com"]))},
    ],
)
def test_what_needs_a_look_goes_the_long_way(more) -> None:
    """Each time, not only the first."""
    for _ in range(3):
        assert STRAIGHT(span_of(**more)) is None


def test_names_count_by_path_where_the_policy_says_so() -> None:
    """Under a policy that judges by path every attribute is walked."""
    redactor = make(Redaction(deny=["attributes.note"]), lambda: None)
    straight = FusedSpan(STATIC, redactor, 60_000)
    assert straight(span_of(attributes={"note": "x"})) is None


def test_without_redaction_spans_go_straight_too() -> None:
    """Where nothing is redacted nothing needs a look."""
    straight = FusedSpan(STATIC, make(None, lambda: None), 60_000)
    line = straight(span_of(attributes={"a": "a@example.com"}))
    assert line is None or b"a@example.com" in line


def test_a_name_that_is_no_text_goes_the_long_way() -> None:
    """Whatever a caller gives for a name, nothing is raised."""
    for name in (None, 5, b"x", ["a"]):
        assert STRAIGHT(span_of(name)) is None
    assert STRAIGHT(span_of(kind=5)) is None


@given(
    name=TEXTS,
    attributes=st.dictionaries(KEYS, VALUES, max_size=5),
    kind=st.sampled_from(SpanKind),
    start=TIMES,
    end=TIMES,
    parent=PARENTS,
    correlation_id=st.none() | st.sampled_from(["req-1", "req-2"]),
)
def test_both_ways_give_the_same_bytes(name, attributes, kind, start, end, parent, correlation_id) -> None:
    """Whatever a span holds: what goes straight has the bytes of the long way."""
    span = span_of(name, correlation_id, attributes=attributes, kind=kind, start_time=start, end=end, parent=parent)
    line = STRAIGHT(span)
    assert line is None or line == long_way(span)
