"""What an answer means."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsPartialSuccess, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)

from obskit.ship.outcome import Outcome, classify, retry_after
from obskit.ship.response import Response

# 2026-01-31T23:59:59Z
NOW = 1_769_903_999.0
JSON = {"content-type": "application/json"}
PROTOBUF = {"content-type": "application/x-protobuf"}


def told(status: int, body: bytes = b"", **headers: str) -> Outcome:
    found = {name.replace("_", "-"): value for name, value in headers.items()}
    return classify(Response(status, "Reason", found, body), NOW, lambda text: text)


@pytest.mark.parametrize(
    ("statuses", "kind", "say_once"),
    [
        ((200, 201, 202, 204), "accepted", False),
        ((401, 403, 407), "failing", True),
        ((301, 302, 303, 304, 307, 308), "failing", True),
        ((408, 425, 429, 500, 502, 503, 504, 505, 511, 599), "failing", False),
        ((404, 405, 501), "unsupported", False),
        ((400, 402, 406, 410, 413, 415, 418, 422, 431, 499), "rejected", False),
        ((600, 999), "failing", False),
    ],
)
def test_the_status_decides(statuses: tuple[int, ...], kind: str, say_once: bool) -> None:
    """Each status has the meaning that the design gives it."""
    assert {(kind, say_once)} == {(found.kind, found.say_once) for found in map(told, statuses)}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 400, 1e9),
        ("Sun, 01 Feb 2026 00:00:29 GMT", 30.0),
        ("Sunday, 01-Feb-26 00:00:29 GMT", 30.0),
        ("Sun Feb  1 00:00:29 2026", 30.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Sun, 01 Feb 2026 99:00:29 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, expected: float | None) -> None:
    """Both forms of RFC 9110, the three of its dates, and nothing else."""
    assert expected == retry_after(value, NOW)


@given(st.text())
def test_no_retry_after_is_ever_negative_or_raises(value: str) -> None:
    """Any header gives a wait of 0 or more seconds, or none."""
    found = retry_after(value, NOW)

    assert found is None or found >= 0


@pytest.mark.parametrize("status", [408, 429, 503, 401, 307])
def test_a_failing_target_says_how_long(status: int) -> None:
    """`Retry-After` counts with every answer that is tried again."""
    assert told(status, retry_after="3").retry_after == 3.0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {"partialSuccess": {"rejectedLogRecords": "3", "errorMessage": "too old"}},
            (3, "accepted, but 3 refused: too old"),
        ),
        ({"partialSuccess": {"rejectedSpans": 2}}, (2, "accepted, but 2 refused")),
        ({"partial_success": {"rejected_spans": 2, "error_message": "m"}}, (2, "accepted, but 2 refused: m")),
        ({"partialSuccess": {"errorMessage": "mind the schema"}}, (0, "accepted: mind the schema")),
        ({"partialSuccess": {}}, (0, "accepted")),
        ({"partialSuccess": None}, (0, "accepted")),
        ({"partialSuccess": {"rejectedSpans": -2}}, (0, "accepted")),
        ({"partialSuccess": {"rejectedSpans": "many"}}, (0, "accepted")),
        ({"partialSuccess": "yes"}, (0, "accepted")),
        ([], (0, "accepted")),
        (7, (0, "accepted")),
    ],
)
def test_a_partial_success_counts_what_was_refused(answer: Any, expected: tuple[int, str]) -> None:
    """Accepted all the same, with the number and the reason where the answer has them in a form that can be read."""
    found = told(200, json.dumps(answer).encode(), **JSON)

    assert ("accepted", *expected) == (found.kind, found.refused, found.detail)


@pytest.mark.parametrize(
    "message",
    [
        ExportLogsServiceResponse(
            partial_success=ExportLogsPartialSuccess(rejected_log_records=3, error_message="old")
        ),
        ExportTraceServiceResponse(partial_success=ExportTracePartialSuccess(rejected_spans=3, error_message="old")),
    ],
)
def test_a_partial_success_in_protobuf_is_the_same(message: Any) -> None:
    """Answers of both signals are read."""
    found = told(200, message.SerializeToString(), **{"content-type": "application/x-protobuf"})

    assert (found.refused, found.detail) == (3, "accepted, but 3 refused: old")


@given(st.binary(max_size=60), st.sampled_from([JSON, PROTOBUF, {}]), st.integers(100, 999))
def test_no_body_can_change_what_the_status_says(body: bytes, headers: dict[str, str], status: int) -> None:
    """A body that cannot be read changes neither kind nor flags, and never raises."""
    found = told(status, body, **headers)

    assert (told(status).kind, told(status).say_once) == (found.kind, found.say_once)
    assert "\n" not in found.detail


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"code": 3, "message": "bad\\n\\u001b[31m trace id"}', JSON),
        (Status(code=3, message="bad\n\x1b[31m trace id").SerializeToString(), PROTOBUF),
        (b"bad\r\n\x1b[31m trace id", {"content-type": "text/plain"}),
    ],
)
def test_the_targets_own_words_are_one_printable_line(body: bytes, headers: dict[str, str]) -> None:
    """The message of google.rpc.Status, or the body itself, without control characters."""
    assert told(400, body, **headers).detail == "400 Reason: bad [31m trace id"


def test_a_long_answer_is_cut() -> None:
    """A page of HTML doesn't become a log line of that size."""
    assert len(told(502, b"<p>" * 10_000).detail) < 400


def test_a_redirect_names_the_place_without_what_may_be_secret() -> None:
    """Userinfo and query of the Location are left out."""
    detail = told(308, location="https://user:hunter2@b.example:8443/v1/logs?token=t0ken").detail

    assert detail.startswith("308 Reason to https://b.example:8443/v1/logs: redirects are not followed")


@pytest.mark.parametrize("location", ["", "http://[", "\x00", "/v1/logs?token=t0ken"])
def test_a_redirect_to_nowhere_is_still_said(location: str) -> None:
    """A Location that is missing or malformed doesn't hide the redirect."""
    detail = told(302, location=location).detail

    assert detail.startswith("302 Reason to ")
    assert "t0ken" not in detail
