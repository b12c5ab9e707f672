"""From a log line to an OTLP LogRecord."""

from __future__ import annotations

from typing import Any

import pytest

from obskit.ship.otlp_logs import SENT, log_record


def named(record: dict[str, Any]) -> dict[str, Any]:
    found = {item["key"]: item["value"] for item in record["attributes"]}
    assert len(found) == len(record["attributes"])
    return found


def test_the_fields_of_the_data_model(log_line: dict[str, Any]) -> None:
    """Time, severity, body and ids stand in their own fields."""
    record = log_record(log_line)

    assert {key: value for key, value in record.items() if key != "attributes"} == {
        "timeUnixNano": "1769903999123456000",
        "observedTimeUnixNano": "1769903999123456000",
        "severityNumber": 17,
        "severityText": "ERROR",
        "body": {"stringValue": "card refused"},
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "b7ad6b7169203331",
    }


def test_the_attributes_of_each_block(log_line: dict[str, Any]) -> None:
    """Every block of the schema has its attributes; the service fields are left to the resource."""
    found = named(log_record(log_line))
    causes = found.pop("error.causes")["arrayValue"]["values"]
    cart = found.pop("cart")["kvlistValue"]["values"]

    assert len(causes) == len(cart) == 1
    assert found == {
        "log.record.uid": {"stringValue": "0190-l1"},
        "correlation_id": {"stringValue": "req-1"},
        "obskit.late": {"boolValue": True},
        "obskit.truncated": {"arrayValue": {"values": [{"stringValue": "context.cart"}]}},
        "exception.type": {"stringValue": "shop.Refused"},
        "exception.message": {"stringValue": "no"},
        "exception.stacktrace": {"stringValue": "Traceback"},
        "error.fingerprint": {"stringValue": "f00"},
        "error.code": {"intValue": "7"},
        "error.retryable": {"boolValue": False},
        "user.id": {"stringValue": "u1"},
        "client.address": {"stringValue": "192.0.2.0"},
        "session.id": {"stringValue": "s1"},
        "http.request.method": {"stringValue": "POST"},
        "url.path": {"stringValue": "/pay"},
        "http.route": {"stringValue": "/pay"},
        "http.response.status_code": {"intValue": "502"},
        "request.duration_ms": {"doubleValue": 12.5},
        "request.size": {"intValue": "3"},
        "obskit.sampling.rate": {"doubleValue": 0.25},
        "obskit.sampling.reason": {"stringValue": "head"},
        "amount": {"intValue": "5"},
        "context.correlation_id": {"stringValue": "theirs"},
    }


@pytest.mark.parametrize(
    ("level", "number"),
    [("TRACE", 1), ("DEBUG", 5), ("INFO", 9), ("WARN", 13), ("ERROR", 17), ("FATAL", 21), ("LOUD", 0)],
)
def test_levels_have_their_severity_number(level: str, number: int) -> None:
    """The six levels map to the first number of their range."""
    assert (number, level) == (
        log_record({"level": level})["severityNumber"],
        log_record({"level": level})["severityText"],
    )


@pytest.mark.parametrize("name", sorted(SENT))
def test_a_field_with_a_name_of_obskits_own_moves_under_context(name: str) -> None:
    """The rule holds on every line, also where obskit has nothing of that name to send."""
    assert {f"context.{name}": {"intValue": "1"}} == named(log_record({"context": {name: 1}}))


def test_attribute_names_are_unique_whatever_the_caller_chose() -> None:
    """A displaced field takes no other field's name."""
    context = {"url.path": 1, "context.url.path": 2, "request.size": 3, "": 4, "context.": 5}

    found = named(log_record({"context": context, "request": {"size": 0, "path": "/"}}))

    assert found == {
        "url.path": {"stringValue": "/"},
        "request.size": {"intValue": "0"},
        "context.context.url.path": {"intValue": "1"},
        "context.url.path": {"intValue": "2"},
        "context.request.size": {"intValue": "3"},
        "context.context.": {"intValue": "4"},
        "context.": {"intValue": "5"},
    }


def test_a_message_that_is_no_text_keeps_its_type() -> None:
    """A structured body is sent as structure."""
    assert log_record({"message": {"a": 1}})["body"] == {
        "kvlistValue": {"values": [{"key": "a", "value": {"intValue": "1"}}]}
    }


def test_a_span_id_without_a_trace_id_is_left_out() -> None:
    """A span id says nothing on its own."""
    assert "spanId" not in log_record({"span_id": "b7ad6b7169203331"})
