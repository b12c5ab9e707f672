"""The JSON Schema of a line."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from obskit.query import merge, schema
from obskit.query.source import Source
from obskit.query.wanted import Wanted


@pytest.fixture
def validator() -> Draft202012Validator:
    """The validator of a line."""
    return Draft202012Validator(json.loads(schema.text()))


def test_is_a_schema() -> None:
    """It is valid under the draft that it names."""
    found = json.loads(schema.text())
    assert found["$schema"].endswith("draft/2020-12/schema")
    Draft202012Validator.check_schema(found)


def test_lines_of_a_request_hold(root: Path, journals: ModuleType, validator: Draft202012Validator) -> None:
    """Log lines, spans and headers are valid."""
    journals.checkout(root)
    records = [item.parsed() for item in merge.in_order(Source(root), Wanted())]
    records += [json.loads(path.read_bytes().splitlines()[0]) for path in root.glob("*/*/*.jsonl")]
    assert len(records) == 18
    for record in records:
        assert [error.message for error in validator.iter_errors(record)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"level": "LOUD"},
        {"timestamp": "2026-03-04 10:00:00"},
        {"timestamp": None},
        {"extra": 1},
        {"trace_id": "0" * 32},
        {"span_id": "XYZ"},
        {"late": False},
        {"user": {"name": "x"}},
        {"sampling": {"rate": 0}},
        {"error": {"message": "no type"}},
        {"truncated": []},
        {"id": "1"},
        {"kind": "span"},
        {"kind": "open", "timestamp": "now"},
    ],
)
def test_what_breaks_it(
    root: Path, journals: ModuleType, validator: Draft202012Validator, change: dict[str, Any]
) -> None:
    """A field that is wrong, or one too many, is found."""
    record = journals.Writer(root, "a", 1).log(0, "m", trace_id=journals.TRACE, span_id=journals.span_id(1))
    assert validator.is_valid(record)
    assert not validator.is_valid({**record, **change})


def test_order_of_the_fields() -> None:
    """The fields stand in the order in which lines have them."""
    names = [path for path in schema.log_paths() if "." not in path]
    assert names[:7] == ["timestamp", "level", "message", "logger", "correlation_id", "trace_id", "span_id"]
    assert names[-4:] == ["sampling", "late", "truncated", "id"]


def test_paths_reach_into_blocks() -> None:
    """Paths name what is inside of blocks and lists."""
    assert {"error.type", "error.causes.message", "request.status_code", "user.id"} <= set(schema.log_paths())
    assert {"duration_ms", "status.code", "links.trace_id"} <= set(schema.span_paths())
