"""The same calls on a span of OpenTelemetry's SDK and on obskit's give the same result."""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry import baggage, trace
from opentelemetry.context.context import Context
from opentelemetry.sdk.trace import SpanLimits
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

REMOTE = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(3), trace_state=TraceState([("v", "1")]))
UNSAMPLED = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(0))
INVALID = trace.INVALID_SPAN_CONTEXT
STATE_ONLY = SpanContext(0, 0, is_remote=False, trace_state=TraceState([("v", "1")]))


class Colour(enum.StrEnum):
    RED = "red"


class Plain:
    pass


class Told:
    def __str__(self) -> str:
        return "told"


class Odd(Exception):
    pass


def small() -> SpanLimits:
    return SpanLimits(
        max_events=2,
        max_links=2,
        max_span_attributes=3,
        max_event_attributes=2,
        max_link_attributes=1,
        max_attributes=3,
        max_attribute_length=4,
        max_span_attribute_length=5,
    )


def none() -> SpanLimits:
    return SpanLimits(
        max_events=0,
        max_links=0,
        max_span_attributes=0,
        max_event_attributes=0,
        max_link_attributes=0,
        max_attributes=0,
        max_attribute_length=0,
        max_span_attribute_length=0,
    )


def endless() -> SpanLimits:
    return SpanLimits(*[SpanLimits.UNSET] * 8)


def under(context: SpanContext) -> Context:
    return trace.set_span_in_context(trace.NonRecordingSpan(context), Context())


def raising(error: BaseException) -> Callable[[Any], None]:
    def run(tracer: Any) -> None:
        with tracer.start_as_current_span("block", context=Context()):
            raise error

    return run


def values(tracer: Any) -> None:
    span = tracer.start_span("values", context=Context(), attributes={"a": 1, "b": "x", "c": 1.5, "d": True, "n": None})
    span.set_attribute("list", [1, "two", None])
    span.set_attribute("tuple", (1, 2))
    span.set_attribute("nested", {"k": [1, {"x": Told()}], 5: "five", "": "none"})
    span.set_attribute("bytes", b"\xff")
    span.set_attribute("enum", Colour.RED)
    span.set_attribute("told", Told())
    span.set_attribute("plain", Plain())
    span.set_attribute("set", {1})
    span.set_attributes({"a": 2, "z": [Plain()]})
    span.end()


def keys(tracer: Any) -> None:
    span = tracer.start_span("keys", context=Context(), attributes={"a": 1, 5: "five", "": 0, None: 1})
    span.set_attribute("", 1)
    span.set_attribute(7, 1)
    span.set_attributes({7: 1, "b": 2, "": 3})
    span.end()


def many_attributes(tracer: Any) -> None:
    span = tracer.start_span("many", context=Context(), attributes={f"k{n}": f"value{n}" for n in range(5)})
    span.set_attribute("k3", "moved to the end")
    span.set_attribute("new", "one")
    span.set_attributes({f"m{n}": n for n in range(2)})
    span.end()


def events(tracer: Any) -> None:
    span = tracer.start_span("events", context=Context())
    for number in range(4):
        span.add_event(f"event {number}", {"a": "long text", "b": 2, "c": 3}, timestamp=1000 + number)
    span.add_event("bare", timestamp=5)
    span.end()


def links(tracer: Any) -> None:
    given = [Link(REMOTE, {"a": "long text", "b": 2}), Link(INVALID), Link(INVALID, {"a": 1}), Link(STATE_ONLY)]
    span = tracer.start_span("links", context=Context(), links=given)
    span.add_link(UNSAMPLED, {"x": 1})
    span.add_link(INVALID)
    span.end()


def no_links(tracer: Any) -> None:
    tracer.start_span("links", context=Context(), links=None).end()


def statuses(tracer: Any) -> None:
    steps: list[list[tuple[Any, ...]]] = [
        [(StatusCode.ERROR, "why"), (StatusCode.UNSET,), (StatusCode.ERROR, "again")],
        [(StatusCode.OK,), (StatusCode.ERROR, "too late")],
        [(StatusCode.OK, "no description")],
        [(Status(StatusCode.ERROR, "why"), "ignored")],
        [(Status(StatusCode.OK),), (Status(StatusCode.ERROR),)],
        [(Status(StatusCode.UNSET, None),)],
        [(StatusCode.ERROR,), (StatusCode.OK,)],
        [("ERROR",)],
    ]
    for number, calls in enumerate(steps):
        span = tracer.start_span(f"status {number}", context=Context())
        for call in calls:
            span.set_status(*call)
        span.end()


def after_the_end(tracer: Any) -> None:
    span = tracer.start_span("over", context=Context(), attributes={"a": 1})
    span.end(end_time=5)
    span.set_attribute("b", 1)
    span.set_attributes({"b": 1})
    span.add_event("late")
    span.add_link(REMOTE)
    span.set_status(StatusCode.ERROR)
    span.update_name("other")
    span.record_exception(ValueError("late"))
    span.end(end_time=9)
    with span:
        pass


def recorded(tracer: Any) -> None:
    span = tracer.start_span("recorded", context=Context())
    for error in (ValueError("bad"), Odd(), KeyError("k")):
        span.record_exception(error, timestamp=7)
    span.record_exception(ValueError("x"), {"exception.message": "mine", "more": 1}, timestamp=8, escaped=True)
    span.end()


def as_block(tracer: Any) -> None:
    with tracer.start_span("block", context=Context()) as span:
        span.set_attribute("a", 1)
    raise_in_block(tracer, record_exception=True, set_status_on_exception=True)


def raise_in_block(tracer: Any, **options: Any) -> None:
    with tracer.start_span("block", context=Context(), **options):
        raise Odd("within")


def quiet_current(tracer: Any) -> None:
    with tracer.start_as_current_span(
        "quiet", context=Context(), record_exception=False, set_status_on_exception=False
    ):
        raise Odd("within")


def status_before_exception(tracer: Any) -> None:
    with tracer.start_as_current_span("set", context=Context()) as span:
        span.set_status(StatusCode.OK)
        raise Odd("within")


def not_ended(tracer: Any) -> None:
    with tracer.start_as_current_span("kept open", context=Context(), end_on_exit=False) as span:
        pass
    assert span.is_recording()
    span.set_attribute("later", 1)
    span.end()
    assert not span.is_recording()


def ended_within(tracer: Any) -> None:
    with tracer.start_as_current_span("ended", context=Context()) as span:
        span.end()
        raise Odd("after the end")


def parents(tracer: Any) -> None:
    for context in (under(REMOTE), under(INVALID), Context()):
        tracer.start_span("child", context=context, kind=SpanKind.SERVER).end()
    with tracer.start_as_current_span("outer", context=under(REMOTE)):
        with tracer.start_as_current_span("middle"):
            tracer.start_span("inner").end()
        tracer.start_span("rooted", context=Context()).end()
    tracer.start_span("with baggage", context=baggage.set_baggage("a", "b", under(REMOTE))).end()


def times(tracer: Any) -> None:
    span = tracer.start_span("times", context=Context(), start_time=10)
    span.add_event("at", timestamp=11)
    span.end(end_time=12)
    tracer.start_span("backwards", context=Context(), start_time=10).end(end_time=1)
    tracer.start_span("zero", context=Context(), start_time=0).end(end_time=0)


def renamed(tracer: Any) -> None:
    span = tracer.start_span("first", context=Context())
    span.update_name("second")
    span.end()


def decorated(tracer: Any) -> None:
    @tracer.start_as_current_span("call", context=Context(), attributes={"a": 1})
    def work(number: int) -> int:
        return number + 1

    assert (work(1), work(2)) == (2, 3)
    assert work.__name__ == "work"


OPERATIONS: dict[str, Callable[[Any], None]] = {
    run.__name__: run
    for run in (
        values, keys, many_attributes, events, links, no_links, statuses, after_the_end, recorded, as_block,
        quiet_current, status_before_exception, not_ended, ended_within, parents, times, renamed, decorated,
    )
} | {
    "exception": raising(ValueError("bad")),
    "own exception": raising(Odd("odd")),
    "KeyboardInterrupt": raising(KeyboardInterrupt()),
    "SystemExit": raising(SystemExit(3)),
    "GeneratorExit": raising(GeneratorExit()),
}  # fmt: skip


def picture(span: Any) -> dict[str, Any]:
    """What can be read of a span, except what chance and the clock decide."""
    own = span.context.span_id
    return {
        "name": span.name,
        "kind": span.kind,
        "state": span.context.trace_state.to_header(),
        "flags": int(span.context.trace_flags),
        "remote": span.context.is_remote,
        "trace_id": 0xABC if span.context.trace_id == 0xABC else "own",
        "parent": span.parent and (span.parent.is_remote, int(span.parent.trace_flags), span.parent.span_id != own),
        "attributes": list(span.attributes.items()),
        "events": [
            (event.name, event.timestamp if event.timestamp < 10**9 else "now", _without_stack(event.attributes))
            for event in span.events
        ],
        "links": [
            (link.context.trace_id, link.context.trace_state, list(link.attributes.items())) for link in span.links
        ],
        "link drops": [link.dropped_attributes for link in span.links],
        "event drops": [event.dropped_attributes for event in span.events],
        "status": (span.status.status_code, span.status.description),
        "dropped": (span.dropped_attributes, span.dropped_events, span.dropped_links),
        "scope": (span.instrumentation_scope.name, span.instrumentation_scope.version),
        "resource": dict(span.resource.attributes),
        "times": [moment if moment < 10**9 else "now" for moment in (span.start_time, span.end_time)],
    }


def _without_stack(attributes: Any) -> list[Any]:
    return [
        (key, value.splitlines()[-1:] if key == "exception.stacktrace" else value) for key, value in attributes.items()
    ]


def run(operation: Callable[[Any], None], tracer: Any) -> str:
    """Run the operation; tell what it raised."""
    try:
        operation(tracer)
    except BaseException as error:
        return repr(error)
    return ""


def same_traces(spans: list[Any]) -> list[int]:
    """Number the traces in the order in which they appear."""
    seen: list[int] = []
    for span in spans:
        if span.context.trace_id not in seen:
            seen.append(span.context.trace_id)
    return [seen.index(span.context.trace_id) for span in spans]


@pytest.mark.parametrize("limits", [None, small, none, endless], ids=["default", "small", "none", "endless"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_same_result(name, limits, provider, make_engine, make_sdk, make_kept, ended, caplog) -> None:
    """The lean span, and what a span processor is given, read as the SDK's span does."""
    if limits is not None:
        provider.swap(make_engine(limits=limits()))
    theirs, ours = make_kept(), make_kept()
    sdk = make_sdk(limits and limits())
    sdk.add_span_processor(theirs)
    provider.add_span_processor(ours)
    with caplog.at_level(logging.CRITICAL):
        raised = [run(OPERATIONS[name], given.get_tracer("t", "1")) for given in (sdk, provider)]
    assert raised[0] == raised[1]
    expected = [picture(span) for span in theirs.ended]
    assert expected
    assert [picture(span) for span in ended] == expected
    assert [picture(span) for span in ours.ended] == expected
    assert same_traces(ended) == same_traces(theirs.ended)
    assert len(ours.started) == len(theirs.started)


def test_each_use_of_an_ended_span_warns_as_often(provider, make_sdk, caplog) -> None:
    """Every call on an ended span that the SDK warns about is warned about once."""

    def warnings(given: Any) -> int:
        caplog.clear()
        after_the_end(given.get_tracer("t"))
        return sum(record.levelno == logging.WARNING for record in caplog.records)

    assert warnings(provider) == warnings(make_sdk()) == 9


@pytest.mark.parametrize("options", [{}, {"record_exception": False}, {"set_status_on_exception": False}])
def test_exception_in_a_span_used_as_block(options, provider, make_sdk, make_kept, ended) -> None:
    """`with tracer.start_span(...)` records what passes, marks it as escaped, and ends the span."""
    theirs = make_kept()
    sdk = make_sdk()
    sdk.add_span_processor(theirs)
    for given in (sdk, provider):
        with pytest.raises(Odd):
            raise_in_block(given.get_tracer("t", "1"), **options)
    assert [picture(span) for span in ended] == [picture(span) for span in theirs.ended]


async def test_decorated_coroutine_functions(provider, make_sdk, make_kept, ended) -> None:
    """A decorated coroutine function has a span as long as it runs."""
    theirs = make_kept()
    sdk = make_sdk()
    sdk.add_span_processor(theirs)
    for given in (sdk, provider):
        tracer = given.get_tracer("t", "1")

        @tracer.start_as_current_span("call", context=Context())
        async def work(tracer: Any) -> bool:
            with tracer.start_as_current_span("inner"):
                return trace.get_current_span().is_recording()

        assert await work(tracer)
    assert [picture(span) for span in ended] == [picture(span) for span in theirs.ended]
    assert [span.name for span in ended] == ["inner", "call"]


def test_the_json_of_both_is_alike(provider, make_sdk, make_kept) -> None:
    """A processor that writes `to_json` finds the same keys."""
    kept = [make_kept(), make_kept()]
    for given, processor in zip((make_sdk(), provider), kept, strict=True):
        given.add_span_processor(processor)
        with given.get_tracer("t", "1").start_as_current_span("a", context=Context(), attributes={"k": "v"}) as span:
            span.add_event("e")
    first, second = (processor.ended[0].to_json(indent=None) for processor in kept)
    assert first.split('"')[1::2][:2] == second.split('"')[1::2][:2]
    assert second.count('"service.name": "shop"') == 1


def test_suppressed_instrumentation_is_for_instrumentation_to_see(provider, make_sdk, make_kept, ended) -> None:
    """Under `suppress_instrumentation` a span started by hand is recorded, by both."""
    from opentelemetry.instrumentation.utils import suppress_instrumentation

    theirs = make_kept()
    sdk = make_sdk()
    sdk.add_span_processor(theirs)
    with suppress_instrumentation():
        for given in (sdk, provider):
            given.get_tracer("t").start_span("by hand").end()
    assert len(theirs.ended) == len(ended) == 1
