"""One span with all that a span can have, as a real Jaeger tells it, over each protocol."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from scripts.backends import jaeger as backend
from tests.support.programs import run

pytestmark = pytest.mark.timeout(900)

EMIT = """
    import json, sys
    import obskit
    from opentelemetry import trace
    obskit.init(sys.argv[4], console=False, journal=sys.argv[1], otlp_endpoint=sys.argv[2], otlp_protocol=sys.argv[3])
    tracer = trace.get_tracer("till", "1.2")
    with obskit.scope(correlation_id="round-trip"):
        with tracer.start_as_current_span("before") as before:
            pass
        with tracer.start_as_current_span("outer") as outer:
            link = trace.Link(before.get_span_context(), {"why": "retried"})
            made = dict(kind=trace.SpanKind.PRODUCER, links=[link], start_time=BEGIN, end_on_exit=False)
            with tracer.start_as_current_span("inner", **made) as inner:
                inner.set_attributes({"text": "näin", "whole": 7, "part": 0.5, "yes": True, "list": ["a", "b"]})
                inner.add_event("counted", {"coins": 3}, timestamp=BEGIN + 2_000_000)
                inner.set_status(trace.StatusCode.ERROR, "drawer stuck")
                inner.end(BEGIN + 5_000_000)
    print(json.dumps([format(one.get_span_context().span_id, "016x") for one in (before, outer, inner)]))
    assert obskit.flush(15)
"""


def spans_of(jaeger: backend.Jaeger, service: str, count: int) -> dict[str, dict[str, Any]]:
    """Ask until Jaeger has so many spans of a service; by span id."""
    until = time.monotonic() + 20
    while True:
        with urllib.request.urlopen(f"{jaeger.query}/api/traces?service={service}") as answer:
            traces = json.loads(answer.read())["data"]
        found = {span["spanID"]: span | {"processes": one["processes"]} for one in traces for span in one["spans"]}
        if len(found) >= count or time.monotonic() > until:
            return found
        time.sleep(0.1)


@pytest.mark.parametrize("protocol", ["http/json", "http/protobuf", "grpc"])
def test_a_span_comes_back_as_it_was_made(jaeger: backend.Jaeger, tmp_path: Path, protocol: str) -> None:
    """Service, parent, kind, attributes, status, event, link, correlation id, and times to the microsecond."""
    begin = time.time_ns() // 1000 * 1000
    endpoint = jaeger.grpc if protocol == "grpc" else jaeger.endpoint
    service = f"till-{protocol.replace('/', '-')}"
    said = run(EMIT.replace("BEGIN", str(begin)), tmp_path / "j", endpoint, protocol, service)
    before, outer, inner = json.loads(said.splitlines()[0])

    found = spans_of(jaeger, service, 3)

    span = found[inner]
    tags = {tag["key"]: tag["value"] for tag in span["tags"]}
    references = {(one["refType"], one["spanID"]) for one in span["references"]}
    assert set(found) == {before, outer, inner}
    assert span["processes"][span["processID"]]["serviceName"] == service
    assert references == {("CHILD_OF", outer), ("FOLLOWS_FROM", before)}
    assert (span["operationName"], span["startTime"], span["duration"]) == ("inner", begin // 1000, 5000)
    wanted = {
        "text": "näin",
        "whole": 7,
        "part": 0.5,
        "yes": True,
        "list": '["a","b"]',
        "span.kind": "producer",
        "error": True,
        "otel.status_description": "drawer stuck",
        "otel.scope.name": "till",
        "otel.scope.version": "1.2",
        "correlation_id": "round-trip",
    }
    assert {key: tags.get(key) for key in wanted} == wanted
    events = [(log["timestamp"], {field["key"]: field["value"] for field in log["fields"]}) for log in span["logs"]]
    assert (begin // 1000 + 2000, {"event": "counted", "coins": 3}) in events
