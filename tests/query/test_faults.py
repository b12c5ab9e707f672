"""Grouping errors."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from obskit.query import faults, merge
from obskit.query.faults import Fault
from obskit.query.source import Source
from obskit.query.wanted import Wanted


def grouped(root: Path) -> list[Fault]:
    """Group the errors of a journal."""
    return faults.group(merge.in_order(Source(root), Wanted(), keep=True))


def test_logged_twice_counts_once(root: Path, journals: ModuleType) -> None:
    """An exception that was logged twice in one span is one; in another request it is another one."""
    writer = journals.Writer(root, "shop", 1)
    fault = journals.error("shop.Oops", "order 1", "f1")
    for _ in range(2):
        writer.log(1, "caught", "ERROR", correlation_id="req-1", span_id=journals.span_id(1), error=fault)
    writer.log(2, "caught", "ERROR", correlation_id="req-2", span_id=journals.span_id(1), error=fault)
    (found,) = grouped(root)
    assert (found.count, found.seen) == (2, 2)


def test_outside_of_any_unit_each_line_counts(root: Path, journals: ModuleType) -> None:
    """Without ids to tell them apart, each line is one."""
    writer = journals.Writer(root, "shop", 1)
    for at in range(3):
        writer.log(at, "caught", "ERROR", error=journals.error("E", "m", "f1"))
    assert grouped(root)[0].count == 3


def test_sampled_errors_stand_for_others(root: Path, journals: ModuleType) -> None:
    """A line that was kept with a probability counts for all that it stands for."""
    writer = journals.Writer(root, "shop", 1)
    fault = journals.error("E", "m", "f1")
    writer.log(0, "m", "ERROR", correlation_id="a", error=fault, sampling={"rate": 0.1, "reason": "head"})
    writer.log(1, "m", "ERROR", correlation_id="b", error=fault)
    (found,) = grouped(root)
    assert found.count == pytest.approx(11)
    assert found.seen == 2


def test_what_a_group_knows(root: Path, journals: ModuleType) -> None:
    """A group knows its services, its first and last time, the users, and its last line as example."""
    fault = journals.error("E", "m", "f1")
    shop, stock = journals.Writer(root, "shop", 1), journals.Writer(root, "stock", 2)
    shop.log(3, "last", "ERROR", correlation_id="b", error=fault, user={"id": 7})
    stock.log(1, "first", "ERROR", correlation_id="a", error=fault, user={"id": "7"})
    stock.log(2, "middle", "ERROR", correlation_id="c", error=fault, user={"id": "u"})
    (found,) = grouped(root)
    assert found.services == {"shop", "stock"}
    assert (found.first, found.last) == (journals.stamp(1), journals.stamp(3))
    assert found.users == {"7", "u"}
    assert found.example["message"] == "last"


def test_most_frequent_first(root: Path, journals: ModuleType) -> None:
    """Groups come by how often they happened; lines without an error are passed over."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "fine")
    for at, mark in enumerate(["a", "b", "b", "c", "c", "c"]):
        writer.log(at, "m", "ERROR", correlation_id=str(at), error=journals.error("E", "m", mark))
    assert [found.fingerprint for found in grouped(root)] == ["c", "b", "a"]


@pytest.mark.parametrize("block", ["text", {}, {"type": None}, [1]])
def test_strange_error_blocks(root: Path, journals: ModuleType, block: object) -> None:
    """An error block of another program's making ends nothing."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "m", "ERROR", error=block)
    assert len(grouped(root)) == isinstance(block, dict)
