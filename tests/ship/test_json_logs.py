"""The straight way of a log line to OTLP's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given

from obskit.ship import json_logs
from obskit.ship.encoder import encoder, log_scope
from obskit.ship.otlp_logs import log_record
from tests.ship.lines import LOGS

LINE: dict[str, Any] = {
    "timestamp": "2026-01-31T23:59:59.123456Z",
    "level": "INFO",
    "message": "100% of {it} größer",
    "logger": "shop.payment",
    "correlation_id": "req-1",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
    "service": "shop",
    "context": {"amount": 5, "share": "50%", "ratio": 0.5, "express": False, "cart": {"items": [1, None, "x"]}},
    "id": "0190-l1",
}


def _long_way(line: Mapping[str, Any]) -> Any:
    raise AssertionError("this line should not have gone the long way")


@given(LOGS)
def test_both_ways_say_the_same(line: dict[str, Any]) -> None:
    """Of whatever stands in a line, as long as no text of it needs an escape."""
    raw = orjson.dumps(line)
    parsed = orjson.loads(raw)
    made = encoder("http/json", "logs").record(parsed, b"\\" not in raw)

    assert orjson.loads(made.data) == orjson.loads(orjson.dumps(log_record(parsed)))
    assert made.scope == log_scope(parsed)


@pytest.mark.parametrize("change", [{}, {"error": {"type": "OSError", "extra": 1}}, {"sampling": {"rate": 0.5}}])
def test_a_line_of_the_pipeline_goes_the_straight_way(change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte what the long way gives."""
    line = {**LINE, **change}
    expected = orjson.dumps(log_record(line))
    monkeypatch.setattr(json_logs, "log_record", _long_way)

    assert json_logs.log_json(line) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"level": "NOTICE"},
        {"message": 5},
        {"span_id": None},
        {"timestamp": "yesterday"},
        {"context": {"error.code": 1, "": 2}},
        {"context": "text"},
        {"context": {"big": 2**63, "small": -(2**63)}},
        {"logger": 5},
        {"correlation_id": 7},
    ],
)
def test_what_is_odd_goes_the_long_way(change: dict[str, Any]) -> None:
    """With the same result."""
    line = {**LINE, **change}

    assert orjson.loads(json_logs.log_json(line)) == log_record(line)
    assert json_logs.scope_of(line) == log_scope(line)
