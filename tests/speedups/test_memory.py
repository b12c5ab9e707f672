"""The accelerator keeps nothing that it is given, and gives back what it takes."""

from __future__ import annotations

import gc
import random
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import obskit
import obskit_speedups
from tests.speedups.subjects import IDS, INFO, UNIT, WHEN, subject


def _grown(work: Callable[[], None], rounds: int) -> int:
    """Return by how many bytes memory has grown from the first half of the rounds to the second."""
    for _ in range(rounds):
        work()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(rounds):
            work()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(rounds):
            work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


ODD: list[dict[str, Any]] = [
    {}, {"a": 1.5, "b": "x", "c": None, "d": True}, {"a": {"b": [1, {"c": 2}]}}, {"a": "ü"}, {"a": "two\nlines"},
    {"a": 2**80}, {"a": object()}, {"password": "hunter22"}, {"tags": ["a"]}, {"a": float("nan")},
    {"name": "x", "value": "y"}, {"user": {"id": 1}}, {"a": "x" * 9000}, {"a": {"b": object()}}, {"a": [1, "x"]},
]  # fmt: skip


def test_records_leave_nothing_behind() -> None:
    """Taken or left, whatever is in them: memory is the same after thousands more."""
    found = subject()
    for fields in ODD:
        found.quick(WHEN, INFO, "m", "shop", UNIT, IDS, dict(fields), b"")

    def work() -> None:
        for fields in ODD:
            found.quick.attempt(WHEN, INFO, "message", "shop", UNIT, IDS, fields, b"")
            found.quick.attempt(WHEN, INFO, "message", "ann@shop.example", UNIT, IDS, fields, b"")
            found.quick.attempt(WHEN, 7, "message", "shop", UNIT, IDS, fields, b"")

    assert _grown(work, 400) < 4096


def test_records_keep_no_references() -> None:
    """Every object of a record has as many owners afterwards as before."""
    found = subject()
    for fields in ODD:
        things = ["some message", "some.logger", bytes(9), *fields, *fields.values(), None, True]
        found.quick(WHEN, INFO, things[0], things[1], b"", b"", dict(fields), b"")
        counts = [sys.getrefcount(thing) for thing in things]
        for _ in range(50):
            found.quick.attempt(WHEN, INFO, things[0], things[1], b"", things[2], fields, b"")
        after = [sys.getrefcount(thing) for thing in things]
        assert all(abs(one - other) < 25 for one, other in zip(counts, after, strict=True)), fields


def test_the_whole_way_leaves_nothing_behind(quick: Callable[[str], Any], tmp_path: Path) -> None:
    """Written, held, filtered and left to Python."""
    with (tmp_path / "console").open("wb") as stream:
        obskit.init("shop", console="json", stream=stream, journal=str(tmp_path / "j"), ship=False, integrations=[])
        log = quick("shop").bind(tenant="t1")

        def work() -> None:
            log.debug("filtered", a=1)
            with obskit.scope("req-1", route="/a"), obskit.span("work"):
                log.info("order accepted", order_id="o-17", amount=129.95)
                log.info("order accepted", order_id="o-17", amount=129.95, when={"a": {"b": 2}})
                log.info("é", note="ü", tags=["a"])
                log.debug("held", order_id="o-17", note="two\nlines")
            log.warning("order accepted", password="hunter22")

        assert _grown(work, 300) < 40_000


def test_new_names_are_forgotten() -> None:
    """Records whose names come from outside: what is known of shapes, and of names below them, has an end."""
    found = subject()
    spotless = found.redactor.spotless
    assert spotless is not None
    found.pure(WHEN, INFO, "m", "shop", UNIT, IDS, {"a": 1}, b"")
    source = random.Random(3)

    def work() -> None:
        for _ in range(200):
            new = f"field_{source.randrange(10**9)}"
            assert found.quick.attempt(WHEN, INFO, "m", "shop", UNIT, IDS, {new: 1, "b": 2}, b"") is None
            spotless.harmless.add(new.encode())
            assert found.quick.attempt(WHEN, INFO, "m", "shop", UNIT, IDS, {"a": {new: 1}}, b"") is not None
            spotless.harmless.clear()

    # 20,000 of each: known, forgotten, and known anew.
    assert _grown(work, 100) < 1 << 20


def test_scanners_that_fail_leave_nothing_behind() -> None:
    """Neither a pattern that is refused nor one that every text has."""

    def work() -> None:
        for patterns in (("a(b", "x"), ("", "x"), ("ok", "(?=no)")):
            with pytest.raises(ValueError, match="pattern"):
                obskit_speedups.Scanner(patterns, (), ())
        obskit_speedups.Scanner(("abc[0-9]{4}",), ("x",), ("y",)).json(b"abc123 y x")

    assert _grown(work, 50) < 4096


def test_everything_goes_with_the_runtime(quick: Callable[[str], Any]) -> None:
    """A runtime that was replaced is collected, and with it its emitter and its automatons."""
    obskit.init("shop", console=False, journal=False, integrations=[])
    quick("shop").info("order accepted", a=1)
    gc.collect()
    before = [kind for kind in map(type, gc.get_objects()) if kind is obskit_speedups.Emitter]
    for _ in range(3):
        obskit.init("shop", console=False, journal=False, integrations=[])
        quick("shop").info("order accepted", a=1)
    gc.collect()
    after = [kind for kind in map(type, gc.get_objects()) if kind is obskit_speedups.Emitter]
    assert len(after) <= len(before) + 1
