from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import baggage, trace
from opentelemetry.context.context import Context
from opentelemetry.propagators.textmap import DefaultGetter

from obskit.tracing.propagator import Propagator

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def read(carrier: Any, **options: Any) -> tuple[str, dict[str, object]]:
    context = Propagator().extract(carrier, Context(), **options)
    span_context = trace.get_current_span(context).get_span_context()
    return f"{span_context.trace_id:032x}", dict(baggage.get_all(context))


@pytest.mark.parametrize("name", ["traceparent", "Traceparent", "TRACEPARENT"])
def test_a_plain_dict_in_any_case(name) -> None:
    """A carrier whose keys are written otherwise is read too."""
    assert read({name: PARENT, "Baggage": "a=1", "TraceState": "x=1"}) == (PARENT[3:35], {"a": "1"})


def test_doubled_traceparent_of_a_getter() -> None:
    """A getter that gives two values gives no parent."""
    assert read({"traceparent": [PARENT, PARENT]})[0] == "0" * 32


def test_nothing_came_with_it() -> None:
    """Without headers the given context comes back as it was."""
    context = Context({"k": 1})
    assert Propagator().extract({}, context) is context


def test_no_context_means_the_current_one() -> None:
    """Extracting keeps what the current context holds."""
    with trace.use_span(trace.NonRecordingSpan(trace.SpanContext(1, 2, is_remote=False))) as span:
        assert trace.get_current_span(Propagator().extract({"baggage": "a=1"})) is span


def test_a_getter_that_raises() -> None:
    """A broken carrier doesn't break the request."""

    class Broken(DefaultGetter):
        def get(self, carrier: Any, key: str) -> Any:
            raise RuntimeError

    assert read({"traceparent": PARENT}, getter=Broken()) == ("0" * 32, {})


def test_a_getter_that_gives_one_string() -> None:
    """Some getters give the value itself."""

    class Single(DefaultGetter):
        def get(self, carrier: Any, key: str) -> Any:
            return carrier.get(key)

    assert read({"traceparent": PARENT}, getter=Single())[0] == PARENT[3:35]


def test_injecting_without_a_span() -> None:
    """Where there is no span only baggage is sent."""
    carrier: dict[str, str] = {}
    Propagator().inject(carrier, baggage.set_baggage("a", "1 2", Context()))
    assert carrier == {"baggage": "a=1%202"}


def test_fields() -> None:
    """The propagator names the headers that it writes."""
    assert Propagator().fields == {"traceparent", "tracestate", "baggage"}
