"""Values and times of OTLP's JSON form."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.ship.otlp_values import DEEPEST, any_value, attributes, span_id, trace_id, unix_nano


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", {"stringValue": "text"}),
        (True, {"boolValue": True}),
        (7, {"intValue": "7"}),
        (-(2**63), {"intValue": "-9223372036854775808"}),
        (2**63, {"stringValue": "9223372036854775808"}),
        (0.5, {"doubleValue": 0.5}),
        (float("nan"), {"doubleValue": "NaN"}),
        (float("-inf"), {"doubleValue": "-Infinity"}),
        (None, {}),
        (b"\x00\xff", {"bytesValue": "AP8="}),
        ([], {"arrayValue": {"values": []}}),
        ([1, None], {"arrayValue": {"values": [{"intValue": "1"}, {}]}}),
        ({"a": {"b": "c"}, "n": None}, {"kvlistValue": {"values": [
            {"key": "a", "value": {"kvlistValue": {"values": [{"key": "b", "value": {"stringValue": "c"}}]}}}]}}),
    ],
)  # fmt: skip
def test_each_kind_of_value_has_its_field(value: Any, expected: dict[str, Any]) -> None:
    """Every JSON type becomes the AnyValue field that OTLP has for it."""
    assert expected == any_value(value)


def test_what_is_nested_too_deeply_becomes_text() -> None:
    """Levels that a receiver's parser would refuse arrive as JSON text, nothing lost."""
    value: Any = "core"
    for _ in range(DEEPEST + 3):
        value = [value]

    form = any_value(value)
    for _ in range(DEEPEST):
        (form,) = form["arrayValue"]["values"]

    assert json.loads(form["stringValue"]) == [[["core"]]]


def test_null_is_no_attribute() -> None:
    """A null field is left out."""
    assert attributes({"a": None}) == []


@given(st.integers(0, 2**64 // 10**9 - 1), st.text("0123456789", min_size=1, max_size=9))
def test_times_are_exact_to_the_nanosecond(second: int, digits: str) -> None:
    """Whatever the number of digits, no nanosecond is lost to a float."""
    written = dt.datetime.fromtimestamp(second, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")

    assert unix_nano(f"{written}.{digits}Z") == second * 10**9 + int(digits.ljust(9, "0"))


@pytest.mark.parametrize(
    "text",
    [
        None, 5, "", "Z", "soon", "2026-01-31T23:59:59.1234567890Z", "2026-01-31T23:59:59.Zx", "2026-01-31 23:59:59Z",
        "2026-02-31T23:59:59Z", "2026-01-31T23:59:59.١Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z",
        "2026-01-31T23:59:59",
    ],
)  # fmt: skip
def test_what_is_no_time_of_the_journal_is_none(text: Any) -> None:
    """Malformed times and those that fixed64 cannot hold are not guessed at."""
    assert unix_nano(text) is None


def test_a_whole_second_is_a_time() -> None:
    """The fraction may be absent."""
    assert unix_nano("2026-01-31T23:59:59Z") == 1_769_903_999 * 10**9


@pytest.mark.parametrize("text", ["0" * 32, "f" * 31, "g" * 32, None, 5, "f" * 33])
def test_invalid_ids_are_left_out(text: Any) -> None:
    """What is not an id of W3C Trace Context is sent as none."""
    assert (trace_id(text), span_id(text)) == ("", "")


def test_ids_are_lower_case_hex() -> None:
    """An id in capitals is the same id."""
    assert (trace_id("AB" * 16), span_id("AB" * 8)) == ("ab" * 16, "ab" * 8)
