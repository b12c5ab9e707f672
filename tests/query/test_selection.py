"""Selecting lines by what a person asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from obskit.query import merge
from obskit.query.failure import QueryError
from obskit.query.selection import select
from obskit.query.source import Source

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def filled(root: Path, journals: ModuleType) -> Path:
    """A journal with lines that differ in everything that can be asked for."""
    one, two = journals.Writer(root, "shop", 1), journals.Writer(root, "stock", 2)
    one.log(0, "a", "DEBUG", correlation_id="req-1", trace_id="a" * 32, context={"order": 17, "http.method": "GET"})
    two.log(1, "b", "INFO", correlation_id="req-1", context={"order": "17", "deep": {"er": [1, {"x": True}]}})
    one.log(2, "c", "WARN", correlation_id="req-10", request={"status_code": 500, "path": "/a"})
    two.log(3, "d", "ERROR", error=journals.error("shop.Oops", 'said "no"', "f1", causes=[{"type": "KeyError"}]))
    one.log(4, "e", "FATAL", user={"id": "u-1"}, late=True, context={"note": "käse", "ratio": 0.5})
    one.span(5, 1, "a span", journals.span_id(1))
    return root


def found(root: Path, **asked: Any) -> str:
    """Return the messages that a selection finds."""
    wanted = select(now=NOW, **asked)
    return "".join(item.parsed()["message"] for item in merge.in_order(Source(root), wanted))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "abcde"),
        ({"correlation_id": "req-1"}, "ab"),
        ({"trace_id": "A" * 32}, "a"),
        ({"service": "stock"}, "bd"),
        ({"level": "warning"}, "cde"),
        ({"level": "TRACE"}, "abcde"),
        ({"since": "2026-03-04T10:42:03Z"}, "cde"),
        ({"until": "2026-03-04T10:42:03Z"}, "abc"),
        ({"since": "2h", "until": "2026-03-04T10:42:01Z"}, "a"),
        ({"since": "10m"}, ""),
        ({"grep": "käse"}, "e"),
        ({"grep": "^c$"}, "c"),
        ({"grep": 'said "no"'}, "d"),
        ({"grep": "req-1$"}, "ab"),
        ({"grep": "(?i)KEYERR"}, "d"),
        ({"grep": "true"}, "be"),
        ({"grep": "correlation_id"}, ""),
        ({"correlation_id": "req-1", "grep": "stock"}, "b"),
    ],
)
def test_found(filled: Path, asked: dict[str, Any], expected: str) -> None:
    """Each question finds its lines, and several hold together."""
    assert found(filled, **asked) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("context.order=17", "ab"),
        ("context.order=17.0", "a"),
        ("context.http.method=GET", "a"),
        ("context.deep.er=1", "b"),
        ("context.deep.er.x=TRUE", "b"),
        ("context.never_seen=1", ""),
        ("context.ratio=0.50", "e"),
        ("request.status_code=500", "c"),
        ("error.type=shop.Oops", "d"),
        ('error.message=said "no"', "d"),
        ("error.causes.type=KeyError", "d"),
        ("user.id=u-1", "e"),
        ("service=stock", "bd"),
        ("level=warn", "c"),
        ("late=true", "e"),
        ("message=a", "a"),
        ("message=", ""),
    ],
)
def test_where(filled: Path, condition: str, expected: str) -> None:
    """FIELD=VALUE compares numbers as numbers, text as text, and looks into lists and below dotted keys."""
    assert found(filled, conditions=[condition]) == expected


def test_conditions_hold_together(filled: Path) -> None:
    """Several conditions must all hold."""
    assert found(filled, conditions=["context.order=17", "service=shop"]) == "a"


@pytest.mark.parametrize(
    ("field", "close"),
    [
        ("eror.type", "error.type"),
        ("request.stauts_code", "request.status_code"),
        ("status_code", "request.status_code"),
    ],
)
def test_unknown_field_names_the_close_ones(field: str, close: str) -> None:
    """A mistyped field is refused with the one that was meant."""
    with pytest.raises(QueryError, match="no field") as refusal:
        select(now=NOW, conditions=[f"{field}=x"])
    assert close in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("field", ["order", "zzz", "contextual.order", "context.", ".type"])
def test_unknown_field(field: str) -> None:
    """A field that is none of the schema's is refused, with the place of what applications give."""
    with pytest.raises(QueryError, match=r"context\."):
        select(now=NOW, conditions=[f"{field}=x"])


@pytest.mark.parametrize("field", ["duration_ms", "attributes.http.route", "status.code"])
def test_field_of_spans(field: str) -> None:
    """A field that only spans have is refused as such."""
    with pytest.raises(QueryError, match="a field of spans"):
        select(now=NOW, conditions=[f"{field}=x"])


@pytest.mark.parametrize("given", ["", "level", "=x"])
def test_condition_without_form(given: str) -> None:
    """What is not FIELD=VALUE is refused with an example."""
    with pytest.raises(QueryError, match="FIELD=VALUE"):
        select(now=NOW, conditions=[given])


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"grep": "("}, "--grep"),
        ({"level": "loud"}, "--level"),
        ({"since": "soon"}, "--since"),
        ({"until": "soon"}, "--until"),
        ({"since": "1h", "until": "2h"}, "later"),
    ],
)
def test_refused(asked: dict[str, str], named: str) -> None:
    """A wrong question is refused in one line with status 2."""
    with pytest.raises(QueryError, match=named) as refusal:
        select(now=NOW, **asked)  # type: ignore[arg-type]
    assert refusal.value.status == 2
    assert "\n" not in str(refusal.value)


def test_id_that_json_may_escape(root: Path, journals: ModuleType) -> None:
    """An id with a slash is found however its slash was written."""
    writer = journals.Writer(root, "shop", 1)
    line = writer.line({"timestamp": journals.stamp(0), "level": "INFO", "message": "m", "correlation_id": "a/b"}, "l")
    writer.raw(line.replace(b"a/b", rb"a\/b"))
    assert found(root, correlation_id="a/b") == "m"
