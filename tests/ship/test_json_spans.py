"""The straight way of a span line to OTLP's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.ship import json_spans
from obskit.ship.encoder import encoder, span_scope
from obskit.ship.json_parts import Attributes
from obskit.ship.otlp_spans import span
from tests.ship.lines import SPANS, ended

LINE: dict[str, Any] = {
    "timestamp": "2026-01-31T23:59:59.123456Z",
    "kind": "span",
    "name": "POST /pay 100%",
    "span_kind": "SERVER",
    "start": "2026-01-31T23:59:59.000000Z",
    "duration_ms": 123.456788,
    "correlation_id": "req-1",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
    "parent_span_id": "00f067aa0ba902b7",
    "parent_remote": True,
    "flags": 3,
    "attributes": {"http.route": "/pay", "share": "100%", "n": 1, "ratio": 0.5, "ok": True, "none": None, "l": ["é"]},
    "instrumentation": {"name": "obskit.fastapi"},
    "service": "shop",
    "id": "0190-s1",
}


def _long_way(line: Mapping[str, Any]) -> Any:
    raise AssertionError("this line should not have gone the long way")


@given(SPANS, st.integers(0, 10**13))
def test_both_ways_say_the_same(line: dict[str, Any], nanos: int) -> None:
    """Of whatever stands in a line, as long as no text of it needs an escape."""
    for each in (line, ended(line, nanos)):
        raw = orjson.dumps(each)
        parsed = orjson.loads(raw)
        made = encoder("http/json", "spans").record(parsed, b"\\" not in raw)

        assert orjson.loads(made.data) == orjson.loads(orjson.dumps(span(parsed)))
        assert made.scope == span_scope(parsed)


def test_a_line_of_the_pipeline_goes_the_straight_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte what the long way gives."""
    expected = orjson.dumps(span(LINE))
    monkeypatch.setattr(json_spans, "span", _long_way)

    assert json_spans.span_json(LINE) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"trace_id": "0" * 32},
        {"span_id": "B7AD6B7169203331"},
        {"parent_span_id": "b7ad6b716920333"},
        {"trace_id": "0af7651916cd43dd8448eb211c80319cb7ad6b7169203331", "span_id": ""},
        {"start": "2026-01-31T23:59:59.000000123Z"},
        {"start": "2026-01-31T23:59:59.00000٣Z"},
        {"timestamp": "2026-02-30T23:59:59.123456Z"},
        {"duration_ms": 1},
        {"flags": True},
        {"attributes": {"log.record.uid": "mine"}},
        {"attributes": {"": 1, "big": 2**63}},
        {"attributes": ["a"]},
        {"instrumentation": {"name": 5}},
        {"name": None},
    ],
)
def test_what_is_odd_goes_the_long_way(change: dict[str, Any]) -> None:
    """With the same result."""
    line = {**LINE, **change}

    assert orjson.loads(json_spans.span_json(line)) == span(line)
    assert json_spans.scope_of(line) == span_scope(line)


def test_what_is_remembered_of_attributes_is_bounded() -> None:
    """However many names come from outside."""
    made = Attributes(frozenset())

    for number in range(3000):
        assert f'"key":"a{number}"' in made({f"a{number}": 1})
    made({"x" * 10_000: 1})

    assert 0 < len(made._templates) <= 1024
    assert max(len(shape[0]) for shape in made._templates if isinstance(shape[0], str)) < 10_000
