from __future__ import annotations

from typing import Any

from opentelemetry.context.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Link, SpanContext, StatusCode

OTHER = SpanContext(1, 2, is_remote=False)
SECRET = "hunter2"


def protect(value: Any, key: str | None) -> Any:
    if isinstance(value, (tuple, list)):
        return [protect(item, key) for item in value]
    if isinstance(value, dict):
        return {name: protect(item, name) for name, item in value.items()}
    if key == "password":
        return "[REDACTED:key]"
    return value.replace(SECRET, "[REDACTED]") if isinstance(value, str) else value


def test_nothing_leaves_unredacted(provider, make_engine, kept, ended) -> None:
    """Name, attributes, events, links, status and resource that a span processor gets went through the redactor."""
    provider.swap(make_engine(protect=protect, resource=Resource({"service.name": "shop", "owner": SECRET})))
    provider.add_span_processor(kept)
    span = provider.get_tracer("t").start_span(
        f"login {SECRET}",
        context=Context(),
        attributes={"a": SECRET, "password": "x", "list": ["b", SECRET], "map": {"password": 1}, "n": 5},
        links=[Link(OTHER, {"a": SECRET})],
    )
    span.add_event(f"tried {SECRET}", {"a": SECRET})
    span.record_exception(ValueError(SECRET))
    span.set_status(StatusCode.ERROR, f"bad {SECRET}")
    span.end()
    (seen,) = kept.ended
    assert isinstance(seen, ReadableSpan)
    assert SECRET not in seen.to_json()
    assert seen.attributes["password"] == "[REDACTED:key]"
    assert seen.attributes["list"] == ("b", "[REDACTED]")
    assert seen.attributes["n"] == 5
    assert seen.status.description == "bad [REDACTED]"
    assert seen.resource.attributes["owner"] == "[REDACTED]"
    assert SECRET in ended[0].name


def test_what_cannot_be_redacted_is_not_handed_on(provider, make_engine, kept, ended) -> None:
    """Where the redactor fails, span processors get nothing rather than something unredacted."""
    told: list[str] = []

    def fail(value: Any, key: str | None) -> Any:
        raise RuntimeError

    provider.swap(make_engine(protect=fail, on_error=lambda what, error: told.append(what)))
    provider.add_span_processor(kept)
    provider.get_tracer("t").start_span("a", context=Context()).end()
    assert kept.ended == []
    assert told == ["the redaction of a span"]
    assert len(ended) == 1


def test_nothing_is_redacted_twice_or_for_nobody(provider, make_engine) -> None:
    """Without span processors of the user no readable span is made."""
    calls: list[Any] = []
    provider.swap(make_engine(protect=lambda value, key: calls.append(value)))
    provider.get_tracer("t").start_span("a", context=Context(), attributes={"a": 1}).end()
    assert calls == []


def test_the_correlation_id_is_an_attribute(provider, make_engine, kept) -> None:
    """Another backend finds a span by its correlation id; an attribute of the application's own wins."""
    provider.swap(make_engine(correlation_id=lambda: "req-1"))
    provider.add_span_processor(kept)
    tracer = provider.get_tracer("t")
    tracer.start_span("a", context=Context(), attributes={"k": 1}).end()
    tracer.start_span("b", context=Context(), attributes={"correlation_id": "mine"}).end()
    assert [dict(span.attributes) for span in kept.ended] == [
        {"k": 1, "correlation_id": "req-1"},
        {"correlation_id": "mine"},
    ]


def test_dropped_counts_are_told(provider, make_engine, kept) -> None:
    """An exporter learns what the limits cost."""
    provider.add_span_processor(kept)
    span = provider.get_tracer("t").start_span("a", context=Context(), attributes={f"k{n}": n for n in range(130)})
    for _ in range(131):
        span.add_event("e", {f"k{n}": n for n in range(129)})
        span.add_link(OTHER, {"a": 1})
    span.add_link(OTHER)
    span.end()
    (seen,) = kept.ended
    assert (seen.dropped_attributes, seen.dropped_events) == (2, 3)
    assert seen.events[0].dropped_attributes == 1
    assert seen.dropped_links == 4
