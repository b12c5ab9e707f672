"""From a span line to an OTLP Span."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanKind, StatusCode

from obskit.clock import timestamp
from obskit.ship.otlp_spans import KINDS, STATUSES, span


def test_every_field_of_a_span(span_line: dict[str, Any]) -> None:
    """The whole line arrives, but for the service fields, which are the resource's."""
    assert span(span_line) == {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "b7ad6b7169203331",
        "parentSpanId": "00f067aa0ba902b7",
        "traceState": "a=1",
        "flags": 0x303,
        "name": "POST /pay",
        "kind": 2,
        "startTimeUnixNano": "1769903999000000001",
        "endTimeUnixNano": "1769903999123456789",
        "attributes": [
            {"key": "log.record.uid", "value": {"stringValue": "0190-s1"}},
            {"key": "correlation_id", "value": {"stringValue": "req-1"}},
            {"key": "http.route", "value": {"stringValue": "/pay"}},
            {"key": "n", "value": {"intValue": "1"}},
            {"key": "tags", "value": {"arrayValue": {"values": [{"stringValue": "a"}, {"stringValue": "b"}]}}},
            {"key": "ratio", "value": {"doubleValue": 0.5}},
            {"key": "ok", "value": {"boolValue": True}},
        ],
        "droppedAttributesCount": 1,
        "events": [
            {
                "timeUnixNano": "1769903999100000000",
                "name": "retry",
                "attributes": [{"key": "n", "value": {"intValue": "2"}}],
            }
        ],
        "droppedEventsCount": 2,
        "links": [
            {
                "traceId": "f" * 32,
                "spanId": "e" * 16,
                "attributes": [{"key": "why", "value": {"stringValue": "batch"}}],
            }
        ],
        "droppedLinksCount": 3,
        "status": {"code": 2, "message": "no"},
    }


@pytest.mark.parametrize(
    ("changes", "flags"),
    [({}, 0x301), ({"parent_remote": False}, 0x101), ({"parent_span_id": None}, 0x101)],
)
def test_flags_say_whether_the_parent_is_remote(span_line: dict[str, Any], changes: dict[str, Any], flags: int) -> None:
    """Bit 8 is always set, bit 9 only for a parent in another process (trace.proto, SpanFlags)."""
    assert flags == span({**span_line, "flags": 1, **changes})["flags"]


def test_names_of_kinds_and_statuses_are_opentelemetrys() -> None:
    """What the API calls a kind or status is known here."""
    assert ({kind.name for kind in SpanKind}, {code.name for code in StatusCode}) == (set(KINDS), set(STATUSES))


@given(st.integers(0, 2**62), st.integers(0, 2**40))
def test_the_end_is_exact_where_the_line_is(start: int, duration: int) -> None:
    """A start in nanoseconds and a duration of six decimals give back the end to the nanosecond."""
    seconds, nanos = divmod(start, 10**9)
    written = f"{timestamp(seconds * 10**9)[:19]}.{nanos:09d}Z"
    line = {"start": written, "duration_ms": round(duration / 1e6, 6), "timestamp": timestamp(start + duration)}

    record = span(line)

    assert (str(start), str(start + duration)) == (record["startTimeUnixNano"], record["endTimeUnixNano"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"timestamp": "1970-01-01T00:00:02.000001Z", "duration_ms": 1000}, ("1000001000", "2000001000")),
        ({"start": "1970-01-01T00:00:02Z", "duration_ms": 0.5}, ("2000000000", "2000500000")),
        (
            {"start": "1970-01-01T00:00:02.0000005Z", "timestamp": "1970-01-01T00:00:02.000000Z"},
            ("2000000500", "2000000500"),
        ),
        (
            {"start": "1970-01-01T00:00:01Z", "timestamp": "1970-01-01T00:00:02Z", "duration_ms": 5},
            ("1000000000", "2000000000"),
        ),
        ({"timestamp": "1970-01-01T00:00:01Z", "duration_ms": -5.0}, ("1000000000", "1000000000")),
        ({"timestamp": "1970-01-01T00:00:01Z", "duration_ms": 1e300}, ("0", "1000000000")),
        ({"start": "1970-01-01T00:00:01Z", "duration_ms": 1e300}, ("1000000000", "18446744073709551615")),
        ({}, ("0", "0")),
    ],
)  # fmt: skip
def test_times_that_are_missing_follow_from_the_others(line: dict[str, Any], expected: tuple[str, str]) -> None:
    """What the line lacks or contradicts is settled by its other times."""
    record = span(line)

    assert expected == (record["startTimeUnixNano"], record["endTimeUnixNano"])


def test_a_long_duration_keeps_its_nanoseconds() -> None:
    """Where a double holds no exact nanoseconds the decimal that was written counts."""
    line = {"start": "1970-01-01T00:00:01Z", "duration_ms": 4449413867.742247}

    assert str(10**9 + 4449413867742247) == span(line)["endTimeUnixNano"]


def test_a_users_attribute_does_not_double_obskits_own() -> None:
    """An attribute with a name that obskit sends moves under `context.`."""
    keys = [item["key"] for item in span({"correlation_id": "a", "attributes": {"correlation_id": "b"}})["attributes"]]

    assert keys == ["correlation_id", "context.correlation_id"]


def test_sampling_stands_on_the_span() -> None:
    """A span that stands for others says for how many."""
    line = {"sampling": {"rate": 0.5, "reason": "head"}}

    assert [item["key"] for item in span(line)["attributes"]] == ["obskit.sampling.rate", "obskit.sampling.reason"]
