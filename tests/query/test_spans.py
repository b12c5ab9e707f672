"""Arranging the records of a trace as a tree."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from obskit.query import merge
from obskit.query.source import Source
from obskit.query.spans import Trace, arrange
from obskit.query.wanted import Wanted


def shape(trace: Trace) -> list[str]:
    """Return the rows of a trace, indented by their depth."""
    rows = []
    for entry in trace.entries():
        if entry.log is not None:
            rows.append("  " * entry.depth + f"- {entry.log['message']}")
        elif entry.node is not None:
            rows.append("  " * entry.depth + (entry.node.record["name"] if entry.node.record else "?"))
    return rows


def arranged(root: Path) -> Trace:
    """Arrange everything in a journal."""
    return arrange("t", [item.parsed() for item in merge.in_order(Source(root), Wanted(), keep=True)])


def test_tree_with_lines_in_place(root: Path, journals: ModuleType) -> None:
    """Spans and log lines stand in the span they belong to, in the order of time."""
    journals.checkout(root)
    assert shape(arranged(root)) == [
        "POST /checkout",
        "  - checkout started",
        "  POST",
        "    POST /reserve",
        "      - looking for stock",
        "      SELECT stock",
        "      - reservation failed",
        "      - POST /reserve 500",
        "  - stock is gone, telling the customer",
        "  notify send",
        "    notify process",
        "      - mail sent",
        "  - POST /checkout 409",
        "?",
        "  GET /customer",
        "  - called back",
    ]


def test_gap_is_where_nothing_was_recorded(root: Path, journals: ModuleType) -> None:
    """The only gap is the time in the queue, before the span that ended it."""
    journals.checkout(root)
    gaps = [(entry.node.record["name"], entry.gap_ms) for entry in arranged(root).entries() if entry.gap_ms]  # type: ignore[union-attr, index]
    assert gaps == [("notify process", pytest.approx(299, abs=0.01))]


def test_missing_parent_spans_what_lies_in_it(root: Path, journals: ModuleType) -> None:
    """A span that is not there is a node as long as its children."""
    journals.checkout(root)
    (missing,) = [node for node in arranged(root).nodes() if node.record is None]
    assert missing.span_id == journals.span_id(8)
    assert (missing.end - missing.start).total_seconds() == pytest.approx(0.02)


def test_circle_of_parents(root: Path, journals: ModuleType) -> None:
    """Spans that are each other's parents are all shown, once."""
    writer = journals.Writer(root, "a", 1)
    for number, parent in ((1, 2), (2, 3), (3, 1), (4, 4)):
        writer.span(number, 1, str(number), journals.span_id(number), parent=journals.span_id(parent))
    assert sorted(row.strip() for row in shape(arranged(root))) == ["1", "2", "3", "4"]


def test_same_span_id_twice(root: Path, journals: ModuleType) -> None:
    """Two spans under one id are both shown."""
    writer = journals.Writer(root, "a", 1)
    writer.span(0, 1, "one", journals.span_id(1))
    writer.span(0, 1, "two", journals.span_id(1))
    assert sorted(shape(arranged(root))) == ["one", "two"]


def test_deep_trace(root: Path, journals: ModuleType) -> None:
    """A trace deeper than Python's own stack is arranged all the same."""
    writer = journals.Writer(root, "a", 1)
    lines = []
    for number in range(1, 3001):
        record = {"timestamp": journals.stamp(1), "kind": "span", "name": str(number), "start": journals.stamp(0)}
        lines.append(writer.line({**record, "span_id": journals.span_id(number),
                                  "parent_span_id": journals.span_id(number - 1)}, "s"))  # fmt: skip
    writer.raw(b"".join(reversed(lines)))
    trace = arranged(root)
    assert len(trace.entries()) == 3001
    assert trace.entries()[-1].depth == 3000


def test_line_without_span(root: Path, journals: ModuleType) -> None:
    """A line of the trace without a span stands at the top."""
    writer = journals.Writer(root, "a", 1)
    writer.span(0, 2, "span", journals.span_id(1))
    writer.log(1, "loose", trace_id=journals.TRACE)
    assert shape(arranged(root)) == ["span", "- loose"]


def test_span_without_a_start(root: Path, journals: ModuleType) -> None:
    """A start that cannot be read is reckoned from the end and the duration."""
    writer = journals.Writer(root, "a", 1)
    record = writer.span(0, 2, "span", journals.span_id(1))
    writer.path.write_bytes(writer.header() + writer.line({**record, "start": "soon"}, "s"))
    (node,) = arranged(root).roots
    assert (node.end - node.start).total_seconds() == pytest.approx(2)
