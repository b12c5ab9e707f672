from __future__ import annotations

import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from obskit.testing import capture
from obskit.tracing.provider import facade
from tests.exits.canary import MARKER, TEXT, leaks
from tests.exits.exits import SPANS

READ = [name for name, found in inspect.getmembers(ReadableSpan) if isinstance(found, property)]


class Looking(SpanProcessor):
    """Reads all that there is of a span, at each moment at which a processor gets one."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {"on_start": "", "_on_ending": "", "on_end": ""}

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        self._look("on_start", span)

    def _on_ending(self, span: Any) -> None:
        self._look("_on_ending", span)

    def on_end(self, span: ReadableSpan) -> None:
        self._look("on_end", span)

    def _look(self, moment: str, span: Any) -> None:
        with warnings.catch_warnings():
            # One of them is deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            found = [repr(span), span.to_json(), *(_all(getattr(span, name)) for name in READ)]
        self.seen[moment] += "\n".join([*found, _all(span.get_span_context())])


def _all(value: Any) -> str:
    """Return what can be read of a value: SDK objects have reprs that leave the most of them out."""
    if isinstance(value, (list, tuple)) and not hasattr(value, "trace_id"):
        return " ".join(map(_all, value))
    parts = [str(value), repr(value)]
    for name in ("name", "version", "schema_url", "attributes", "context", "description", "trace_state"):
        part = getattr(value, name, None)
        if part is not None:
            parts.append(
                _all(part) if name in ("context", "trace_state") else str(dict(part) if name == "attributes" else part)
            )
    return " ".join(parts)


@pytest.fixture
def processor() -> Iterator[Callable[[SpanProcessor], None]]:
    """Give what adds a span processor to the provider in force."""
    with capture():
        yield facade().add_span_processor


@pytest.mark.parametrize("name", list(SPANS))
def test_a_span_processor_reads_no_canary(name: str, processor: Callable[[SpanProcessor], None]) -> None:
    """At its start, while it ends and when it has ended, a span is read redacted in every part."""
    looking = Looking()
    processor(looking)
    SPANS[name]()
    assert {moment: found for moment, said in looking.seen.items() if (found := leaks(said))} == {}
    assert all(looking.seen.values())
    assert MARKER in looking.seen["on_end"]


def test_an_exporter_gets_no_canary(processor: Callable[[SpanProcessor], None]) -> None:
    """What an exporter of OpenTelemetry's SDK writes has markers in the canaries' place."""
    written = io.StringIO()
    processor(SimpleSpanProcessor(ConsoleSpanExporter(out=written)))
    for send in SPANS.values():
        send()
    assert leaks(written.getvalue()) == []
    assert written.getvalue().count(MARKER) > len(SPANS)


def test_what_a_processor_writes_reaches_the_span() -> None:
    """`on_start` may change the span; what it wrote is redacted like everything else."""

    class Writing(SpanProcessor):
        def on_start(self, span: Any, parent_context: Any = None) -> None:
            span.set_attribute("note", TEXT)
            span.set_attributes({"kind": "web"})
            span.add_event("began", {"note": TEXT})
            span.update_name("renamed")

    with capture() as captured:
        facade().add_span_processor(Writing())
        with trace.get_tracer("shop").start_as_current_span("work"):
            pass
    (span,) = captured.spans
    assert (span.name, span.attributes["kind"]) == ("renamed", "web")
    assert MARKER in span.attributes["note"]
    assert MARKER in span.events[0]["attributes"]["note"]
    assert leaks(str(span)) == []
