"""Merging many writers into one stream by time."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType

from obskit.query import merge
from obskit.query.item import Item
from obskit.query.source import Section, Source
from obskit.query.wanted import Wanted


def test_writers_and_services_interleave(root: Path, journals: ModuleType) -> None:
    """Lines of several writers and services come by their time."""
    writers = [journals.Writer(root, service, number) for number, service in enumerate(("a", "b", "a", "c"), start=1)]
    for step in range(40):
        writers[step % 4].log(step / 10, str(step))
    found = [item.parsed()["message"] for item in merge.in_order(Source(root), Wanted())]
    assert found == [str(step) for step in range(40)]


def test_ties_go_by_id(root: Path, journals: ModuleType) -> None:
    """At one time the lines of a writer come by their number, not by its digits as text."""
    writer = journals.Writer(root, "a", 1)
    for step in range(12):
        writer.log(0, str(step))
    found = [item.parsed()["message"] for item in merge.in_order(Source(root), Wanted())]
    assert found == [str(step) for step in range(12)]


def test_disorder_within_the_window_is_put_right() -> None:
    """Lines that threads wrote a little out of order come in order."""
    rng = random.Random(7)
    steps = sorted(range(5000), key=lambda step: step + rng.random() * 400)
    items = [Item(f"{step:06d}", "w", step, b"", None) for step in steps]
    assert [item.number for item in merge.reordered(items, 512)] == list(range(5000))


def test_nothing_is_lost_beyond_the_window() -> None:
    """However bad the disorder, every line comes once."""
    steps = random.Random(7).sample(range(5000), 5000)
    items = [Item(f"{step:06d}", "w", step, b"", None) for step in steps]
    assert sorted(item.number for item in merge.reordered(items, 16)) == list(range(5000))


def test_rotated_segments_of_one_writer(root: Path, journals: ModuleType) -> None:
    """A writer's segments follow each other, also where a line was written behind the rotation."""
    writer = journals.Writer(root, "a", 1)
    for step in range(30):
        if step % 10 == 0 and step:
            writer.rotate(at=step)
        writer.log(step - (1.5 if step % 10 == 0 else 0), str(step))
    found = [item.timestamp for item in merge.in_order(Source(root), Wanted())]
    assert found == sorted(found)
    assert len(found) == 30


def test_dead_writers_are_opened_one_after_the_other(root: Path, journals: ModuleType) -> None:
    """A thousand short-lived writers are never open at once."""
    for number in range(60):
        writer = journals.Writer(root, "a", number + 1, at=number * 100)
        writer.log(number * 100, str(number))
        writer.log(number * 100 + 1, str(number))
    opened = []
    original = Section.items

    def noting(self: Section, *args: object, **kwargs: object) -> object:
        opened.append(self)
        return original(self, *args, **kwargs)  # type: ignore[arg-type]

    Section.items = noting  # type: ignore[method-assign, assignment]
    try:
        stream = merge.in_order(Source(root), Wanted())
        for _ in range(10):
            next(stream)
        assert len(opened) < 10
        assert len(list(stream)) == 110
    finally:
        Section.items = original  # type: ignore[method-assign]


def test_same_number_of_log_and_span_are_two_lines(root: Path, journals: ModuleType) -> None:
    """A log line and a span of one time and number are both there."""
    writer = journals.Writer(root, "a", 1)
    writer.log(1, "m")
    writer.span(0, 1, "n", journals.span_id(1))
    assert len(list(merge.in_order(Source(root), Wanted()))) == 2
