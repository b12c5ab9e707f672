from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

import obskit

ORDER = [
    "timestamp", "kind", "level", "message", "logger", "correlation_id", "trace_id", "span_id", "service",
    "environment", "host", "version", "error", "user", "request", "context", "sampling", "late", "truncated", "id",
]  # fmt: skip


@pytest.fixture
def schema() -> Any:
    return jsonschema.Draft202012Validator(json.loads((files("obskit") / "record" / "schema.json").read_text()))


def test_a_full_line_stands_in_schema_order(obskit_capture: Any, schema: Any) -> None:
    """Keys come in the order of the standard schema, and the line is valid."""
    with obskit.scope(), obskit.span("s"):
        obskit.set_user(id="u", ip="10.0.0.1", session_id="s")
        try:
            raise ValueError("x")
        except ValueError:
            obskit.get_logger("t").exception("failed", request={"method": "GET"}, n=1)
    line = obskit_capture.records[0]
    assert list(line) == [key for key in ORDER if key in line]
    assert {"error", "user", "request", "context"} <= line.keys()
    schema.validate(dict(line))


def test_a_span_line_is_valid(obskit_capture: Any, schema: Any) -> None:
    """Spans with attributes, events, links and a status hold to the schema too."""
    from opentelemetry import trace

    def fail(span: trace.Span, other: trace.Span) -> None:
        span.add_event("e", {"k": "v"})
        span.add_link(other.get_span_context(), {"why": "test"})
        raise ValueError("x")

    with (
        obskit.scope(),
        obskit.span("outer") as outer,
        pytest.raises(ValueError, match="x"),
        obskit.span("inner", a=1) as inner,
    ):
        fail(inner, outer)
    assert isinstance(inner, trace.Span)
    span = obskit_capture.spans[0]
    schema.validate(dict(span))
    assert (span.name, span.status.code, span.parent_span_id) == ("inner", "ERROR", obskit_capture.spans[1].span_id)
    assert span.correlation_id == obskit_capture.spans[1].correlation_id


@pytest.mark.parametrize(
    "name", ["timestamp", "level", "logger", "trace_id", "span_id", "service", "id", "kind", "late", "host"]
)
def test_a_reserved_name_given_by_the_caller_is_moved_under_context(
    obskit_capture: Any, schema: Any, name: str
) -> None:
    """The schema's own fields can't be forged."""
    obskit.get_logger("t").info("x", **{name: "forged"})
    line = obskit_capture.records[0]
    assert line.get(name) != "forged"
    assert line.context == {name: "forged"}
    schema.validate(dict(line))


def test_a_user_of_the_wrong_form_is_moved_under_context(obskit_capture: Any, schema: Any) -> None:
    """Only id, ip and session_id make a user."""
    obskit.get_logger("t").info("x", user="bob", request="GET /")
    line = obskit_capture.records[0]
    assert line.context == {"user": "bob", "request": "GET /"}
    schema.validate(dict(line))
