"""Whole requests in JSON, and the same in protobuf."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from obskit.ship import otlp_json, otlp_protobuf
from obskit.ship.encoder import encoder
from tests.ship.forms import parse_json

HEADER = {"kind": "segment", "resource": {"service.name": "shop", "process.pid": 7, "telemetry.sdk.name": "obskit"}}

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
HEX = st.text("0123456789abcdef", min_size=16, max_size=16)


def lines(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Lines whose keys are the schema's, with values of their type or of any other."""
    optional = {key: kind | JSON for key, kind in known.items()}
    return st.fixed_dictionaries({}, optional=optional) | st.dictionaries(TEXT, JSON, max_size=5)


TIMES = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
BLOCK = st.dictionaries(
    st.sampled_from(["type", "message", "id", "ip", "path", "status_code", "rate", "x"]) | TEXT, JSON
)
IDS = {"trace_id": HEX.map(lambda text: text * 2), "span_id": HEX, "correlation_id": TEXT, "id": TEXT}
LOGS = lines({
    **IDS, "timestamp": TIMES, "level": st.sampled_from(["INFO", "WARN"]), "message": TEXT, "logger": TEXT,
    "error": BLOCK, "user": BLOCK, "request": BLOCK, "context": BLOCK, "sampling": BLOCK, "late": st.booleans(),
    "truncated": st.lists(TEXT),
})  # fmt: skip
PARTS = st.fixed_dictionaries({}, optional={
    "timestamp": TIMES | JSON, "name": TEXT | JSON, "attributes": BLOCK | JSON, "trace_id": JSON,
    "dropped_attributes": JSON, "flags": JSON, "trace_state": JSON,
})  # fmt: skip
SPANS = lines({
    **IDS, "timestamp": TIMES, "start": TIMES, "duration_ms": st.floats(0, 1e12), "name": TEXT, "span_kind": TEXT,
    "parent_span_id": HEX, "parent_remote": st.booleans(), "trace_state": TEXT, "flags": st.integers(0, 255),
    "status": BLOCK, "attributes": BLOCK, "events": st.lists(PARTS, max_size=3), "links": st.lists(PARTS, max_size=3),
    "instrumentation": st.dictionaries(st.sampled_from(["name", "version", "schema_url"]), TEXT | JSON),
    "dropped": st.dictionaries(st.sampled_from(["attributes", "events", "links"]), st.integers()), "sampling": BLOCK,
})  # fmt: skip
RESOURCES = st.fixed_dictionaries({"resource": st.dictionaries(TEXT, JSON, max_size=4)})


def check_form(form: Any) -> None:
    """Check what protobuf's parser lets pass: 64-bit integers are decimal strings, enums are numbers, keys unique."""
    if isinstance(form, list):
        keys = [item["key"] for item in form if isinstance(item, dict) and "key" in item]
        assert len(keys) == len(set(keys))
        for item in form:
            check_form(item)
    elif isinstance(form, dict):
        for key, item in form.items():
            if key in ("intValue", "timeUnixNano", "observedTimeUnixNano", "startTimeUnixNano", "endTimeUnixNano"):
                assert isinstance(item, str)
                assert str(int(item)) == item
            if key in ("severityNumber", "kind", "flags"):
                assert type(item) is int
            check_form(item)


@given(st.lists(LOGS, min_size=1, max_size=4), RESOURCES)
def test_any_log_lines_make_a_valid_request(found: list[dict[str, Any]], header: dict[str, Any]) -> None:
    """Whatever stands in lines of JSON, both encodings are valid OTLP, and they are one and the same request."""
    body = otlp_json.encode_logs(found, header)
    expected = parse_json(body, ExportLogsServiceRequest())
    check_form(json.loads(body))

    assert expected == ExportLogsServiceRequest.FromString(otlp_protobuf.encode_logs(found, header))
    assert len(found) == sum(len(scope.log_records) for scope in expected.resource_logs[0].scope_logs)


@given(st.lists(SPANS, min_size=1, max_size=4), RESOURCES)
def test_any_span_lines_make_a_valid_request(found: list[dict[str, Any]], header: dict[str, Any]) -> None:
    """Whatever stands in lines of JSON, both encodings are valid OTLP, and they are one and the same request."""
    body = otlp_json.encode_spans(found, header)
    expected = parse_json(body, ExportTraceServiceRequest())
    check_form(json.loads(body))

    assert expected == ExportTraceServiceRequest.FromString(otlp_protobuf.encode_spans(found, header))
    assert len(found) == sum(len(scope.spans) for scope in expected.resource_spans[0].scope_spans)


def test_lines_of_the_schema_are_alike_in_both_forms(log_line: dict[str, Any], span_line: dict[str, Any]) -> None:
    """Full lines survive both encodings alike."""
    logs = parse_json(otlp_json.encode_logs([log_line], HEADER), ExportLogsServiceRequest())
    spans = parse_json(otlp_json.encode_spans([span_line], HEADER), ExportTraceServiceRequest())

    assert logs == ExportLogsServiceRequest.FromString(otlp_protobuf.encode_logs([log_line], HEADER))
    assert spans == ExportTraceServiceRequest.FromString(otlp_protobuf.encode_spans([span_line], HEADER))


def test_the_resource_is_the_headers() -> None:
    """The header's resource is sent under the names that it has there."""
    (found,) = json.loads(otlp_json.encode_logs([{"message": "x"}], HEADER))["resourceLogs"]

    assert found["resource"]["attributes"] == [
        {"key": "service.name", "value": {"stringValue": "shop"}},
        {"key": "process.pid", "value": {"intValue": "7"}},
        {"key": "telemetry.sdk.name", "value": {"stringValue": "obskit"}},
    ]


def test_log_records_are_grouped_by_logger_in_their_order() -> None:
    """One scope a logger; within it the order of the file."""
    found = [{"logger": "a", "message": "1"}, {"logger": "b", "message": "2"}, {"logger": "a", "message": "3"}, {}]

    (logs,) = json.loads(otlp_json.encode_logs(found, HEADER))["resourceLogs"]

    assert [
        (scope["scope"]["name"], [record.get("body", {}).get("stringValue") for record in scope["logRecords"]])
        for scope in logs["scopeLogs"]
    ] == [("a", ["1", "3"]), ("b", ["2"]), ("", [None])]


def test_spans_are_grouped_by_their_instrumentation(span_line: dict[str, Any]) -> None:
    """A scope has the name, version and schema of what made the span."""
    (spans,) = json.loads(otlp_json.encode_spans([span_line], HEADER))["resourceSpans"]
    (scope,) = spans["scopeSpans"]

    assert (
        scope["scope"],
        scope["schemaUrl"],
    ) == ({"name": "obskit.fastapi", "version": "0.1"}, "https://example.com/1")


@pytest.mark.parametrize("protocol", ["http/json", "http/protobuf"])
def test_records_can_be_put_into_other_bodies(protocol: str) -> None:
    """A batch that is halved needs no second encoding of its records."""
    use = encoder(protocol, "logs")
    first, second = use.record({"message": "first"}), use.record({"message": "second"})

    both, half = b"".join(use.chunks([first, second], {})), b"".join(use.chunks([second], {}))

    assert (first.data in both, second.data in both) == (True, True)
    assert (first.data in half, second.data in half) == (False, True)


def test_an_unknown_protocol_is_refused() -> None:
    """The error names the protocols that there are."""
    with pytest.raises(ValueError, match="'http/json', 'http/protobuf' or 'grpc'"):
        encoder("carrier/pigeon", "logs")
