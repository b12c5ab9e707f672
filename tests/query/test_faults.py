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
    assert (found.count, found.lines, found.estimated) == (2, 2, False)


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
    assert (found.count, found.lines, found.estimated) == (11, 2, True)


def test_a_summary_counts_for_what_was_left_out(root: Path, journals: ModuleType) -> None:
    """What a limit left out counts, also where its summary was written in the unit of one that was not."""
    writer = journals.Writer(root, "shop", 1)
    fault, ids = journals.error("E", "m", "f1"), {"correlation_id": "a", "span_id": journals.span_id(1)}
    bare = {"type": "E", "fingerprint": "f1"}
    writer.log(0, "m", "ERROR", **ids, error=fault)
    for at, left_out in enumerate((49, 1, 3), start=1):
        sampling = {"rate": 1 / left_out, "reason": "limit"}
        writer.log(at, "m", "ERROR", **ids, error=bare, context={"left_out": left_out}, sampling=sampling)
    (found,) = grouped(root)
    assert (found.count, found.lines, found.estimated) == (54, 4, True)


def test_the_example_is_no_summary_where_there_is_another(root: Path, journals: ModuleType) -> None:
    """A line that shows an error is a better example than a later one that only counts; times are those of all."""
    writer = journals.Writer(root, "shop", 1)
    bare, sampling = {"type": "E", "fingerprint": "f1"}, {"rate": 0.5, "reason": "limit"}
    writer.log(0, "counts", "ERROR", error=bare, sampling=sampling)
    assert grouped(root)[0].example["message"] == "counts"
    writer.log(1, "shows", "ERROR", error=journals.error("E", "m", "f1"))
    writer.log(2, "counts", "ERROR", error=bare, sampling=sampling)
    (found,) = grouped(root)
    assert found.example["message"] == "shows"
    assert (found.first, found.last) == (journals.stamp(0), journals.stamp(2))


@pytest.mark.parametrize(
    "sampling",
    [
        "text",
        [0.1],
        {},
        {"rate": 0},
        {"rate": -0.5},
        {"rate": 1.5},
        {"rate": 10**18},
        {"rate": 5e-324},
        {"rate": "0.1"},
        {"rate": None},
        {"rate": True},
        {"rate": [0.1]},
    ],
)
def test_a_damaged_rate_counts_for_one(root: Path, journals: ModuleType, sampling: object) -> None:
    """A rate that no sampling can have had is none."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "m", "ERROR", error=journals.error("E", "m", "f1"), sampling=sampling)
    (found,) = grouped(root)
    assert (found.count, found.lines, found.estimated) == (1, 1, False)


@pytest.mark.parametrize("sampling", [b'{"rate": NaN}', b'{"rate": 1e999}', b'{"rate": -Infinity}'])
def test_a_rate_that_is_no_number_of_json_ends_nothing(root: Path, journals: ModuleType, sampling: bytes) -> None:
    """A line that is no JSON for its rate's sake is passed over; those around it count."""
    writer = journals.Writer(root, "shop", 1)
    fault = journals.error("E", "m", "f1")
    writer.log(0, "m", "ERROR", error=fault, sampling={"rate": 0.25})
    whole = writer.path.read_bytes().split(b"\n")[1]
    assert whole.count(b'{"rate":0.25}') == 1
    writer.raw(whole.replace(b'{"rate":0.25}', sampling) + b"\n")
    writer.log(1, "m", "ERROR", error=fault)
    (found,) = grouped(root)
    assert found.count == 5


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
