"""`obskit trace`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from obskit.commands.safe import cells

Run = Callable[..., Any]


@pytest.fixture
def shown(run: Run, root: Path, journals: ModuleType) -> list[str]:
    """The rows of one failing checkout, as text in a pipe."""
    journals.checkout(root)
    ran = run("trace", "req-checkout-17", root, "--text")
    assert (ran.status, ran.err) == (0, "")
    rows: list[str] = ran.out.splitlines()
    return rows


def row(rows: list[str], text: str) -> str:
    """Return the one row that has a text."""
    (found,) = [row for row in rows if text in row]
    return found


def test_heading(shown: list[str], journals: ModuleType) -> None:
    """The heading says how long it took, when, where, how much, and what is wrong."""
    assert shown[0] == f"trace {journals.TRACE}"
    for text in ("530 ms", "2026-03-04 10:42:01.000 UTC", "3 services", "7 spans", "8 log lines", "2 spans failed"):
        assert text in shown[1]
    assert shown[2] == "correlation id req-checkout-17"


def test_span_row(shown: list[str]) -> None:
    """A span has its service, name, kind, a bar in its place, its duration, and a mark where it failed."""
    failed = row(shown, "POST /reserve  ")
    assert failed.startswith("inventory  │ └ POST /reserve")
    assert "server" in failed
    assert failed.endswith("67.0 ms ✗")
    root, late = row(shown, "POST /checkout  "), row(shown, "notify process")
    assert root.index("█") < failed.index("█") < late.index("█")
    assert root.count("█") == pytest.approx(late.count("█") * 151 / 80, abs=2)


def test_log_lines_stand_under_their_span(shown: list[str]) -> None:
    """Log lines stand in place, with the time since the trace began, level and fields."""
    assert shown.index(row(shown, "SELECT stock")) == shown.index(row(shown, "looking for stock")) + 1
    started = row(shown, "checkout started")
    assert started == "gateway    ├ +2.00 ms INFO  checkout started  user=u-9  order=17  amount=12.5"


def test_error_is_told_once(shown: list[str]) -> None:
    """The error stands below the line that has it, with its place; the access line does not repeat it."""
    error = row(shown, "shop.stock.OutOfStock")
    assert "✗ shop.stock.OutOfStock: sku lamp-4 is gone  at shop/stock.py:58 in take" in error
    assert shown.index(error) == shown.index(row(shown, "reservation failed")) + 1


def test_gap_and_missing_span(shown: list[str], journals: ModuleType) -> None:
    """Time in which nothing was recorded, and spans that are elsewhere, are said."""
    gap = row(shown, "nothing was recorded")
    assert "299 ms" in gap
    assert shown.index(gap) == shown.index(row(shown, "notify process")) - 1
    assert "not in this journal" in row(shown, f"span {journals.span_id(8)}")


@pytest.mark.parametrize("columns", [50, 60, 80, 120])
@pytest.mark.parametrize("form", [[], ["--text"]])
def test_no_row_is_wider_than_the_terminal(
    on_terminal: Run, root: Path, journals: ModuleType, columns: int, form: list[str]
) -> None:
    """On a narrow terminal every row fits, and none breaks into the column of the services."""
    journals.checkout(root)
    ran = on_terminal("trace", "req-checkout-17", root, *form, environ={"NO_COLOR": "1", "COLUMNS": str(columns)})
    shown = ran.out.split("\r\n")
    assert max(map(cells, shown)) <= columns
    bars = [at for at, row in enumerate(shown) if "█" in row]
    assert len(bars) > 4
    assert {row[:11].strip() for row in shown[bars[0] : -1]} == {"", "gateway", "inventory", "worker"}


def test_a_broken_row_keeps_the_tree(on_terminal: Run, root: Path, journals: ModuleType) -> None:
    """What goes on in the next row stands below the message, with the branches of the tree drawn on."""
    journals.checkout(root)
    ran = on_terminal("trace", "req-checkout-17", root, environ={"NO_COLOR": "1", "COLUMNS": "60"})
    shown = ran.out.split("\r\n")
    first = shown.index("gateway    ├ +2.00 ms INFO  checkout started  user=u-9")
    assert shown[first + 1] == "           │                order=17  amount=12.5"


def test_pipe_gets_json(run: Run, root: Path, journals: ModuleType) -> None:
    """A pipe gets what `--json` prints."""
    journals.checkout(root)
    ran = run("trace", "req-checkout-17", root)
    assert ran == run("trace", "req-checkout-17", root, "--json")
    assert json.loads(ran.out)["id"] == "req-checkout-17"


def test_json(run: Run, root: Path, journals: ModuleType) -> None:
    """`--json` is one object with the spans in the order of the tree."""
    journals.checkout(root)
    found = json.loads(run("trace", journals.TRACE[:8], root, "--json").out)
    (trace,) = found["traces"]
    assert trace["trace_id"] == journals.TRACE
    assert trace["services"] == ["gateway", "inventory", "worker"]
    assert trace["duration_ms"] == 530
    assert trace["missing"] == [journals.span_id(8)]
    assert trace["gaps"] == [{"duration_ms": 299.0, "before": {"span_id": journals.span_id(6)}}]
    assert [span["depth"] for span in trace["spans"]] == [0, 1, 2, 3, 1, 2, 0, 1]
    assert [span["record"]["name"] for span in trace["spans"] if span["failed"]] == ["POST", "POST /reserve"]


def test_several_traces_and_lines_outside(run: Run, root: Path, journals: ModuleType) -> None:
    """A correlation id shows each of its traces, and its lines outside of any."""
    journals.checkout(root)
    writer = journals.Writer(root, "cron", 7)
    writer.span(9, 1, "again", journals.span_id(1), trace_id="f" * 32, correlation_id="req-checkout-17")
    writer.log(11, "by the way", correlation_id="req-checkout-17")
    rows = run("trace", "req-checkout-17", root, "--text").out.splitlines()
    assert [line for line in rows if line.startswith("trace ")] == [f"trace {journals.TRACE}", f"trace {'f' * 32}"]
    assert "outside of any trace" in rows[-2]
    assert "by the way" in rows[-1]


def test_not_found(run: Run, root: Path) -> None:
    """An id that is nowhere is one line and status 1."""
    ran = run("trace", "req-never", root)
    assert ran == (1, "", "obskit: nothing found for 'req-never'\n")


def test_trace_of_one_moment(run: Run, root: Path, journals: ModuleType) -> None:
    """A trace without any duration is drawn all the same."""
    journals.Writer(root, "a", 1).span(0, 0, "instant", journals.span_id(1))
    ran = run("trace", journals.TRACE, root, "--text")
    assert ran.status == 0
    assert "█" in row(ran.out.splitlines(), "instant")


def test_only_lines(run: Run, root: Path, journals: ModuleType) -> None:
    """A trace of which only log lines are there, because its span has not ended, is drawn."""
    journals.Writer(root, "a", 1).log(0, "working", trace_id=journals.TRACE, span_id=journals.span_id(1))
    rows = run("trace", journals.TRACE, root, "--text").out.splitlines()
    assert "working" in rows[-1]
    assert journals.span_id(1) in rows[-2]
