"""The keeper: what cap and age remove."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.keeper import Drop, Keeper
from obskit.journal.place import Place
from tests.support import journals

LOGS: Key = ("t", "logs")
SPANS: Key = ("t", "spans")


def segments(where: Place) -> list[str]:
    return sorted(path.name for path in where.path.rglob("*.jsonl"))


def aged(path: Path, seconds: float) -> None:
    """Make the segments of a directory old, the first the oldest."""
    for n, each in enumerate(sorted(path.glob("*.jsonl"))):
        os.utime(each, (time.time() - seconds + n, time.time() - seconds + n))


def test_age_removes_what_no_target_waits_for(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Without a target, everything; it is no drop."""
    gone, _ = journals.dead(where, 30, segment_bytes=2000)
    aged(gone, 5000)
    keeper, drops = keep(max_age=1000)

    keeper.tend(journals.nothing, set())

    assert (segments(where), drops) == ([], [])
    assert not gone.exists()


@pytest.mark.parametrize("known", [True, False])
def test_age_leaves_what_a_target_waits_for(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]], known: bool
) -> None:
    """A target of this process, or one that another process told of by its cursor."""
    gone, _ = journals.dead(where, 30, segment_bytes=2000)
    before = segments(where)
    aged(gone, 5000)
    if known:
        Cursors(gone).put(LOGS, Cursor(2, 0, 10))
    keeper, _ = keep(() if known else (LOGS,), max_age=1000)

    keeper.tend(journals.nothing, set())

    assert segments(where) == (before[1:] if known else before)


def test_the_segment_that_is_written_to_stays(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """However old it is, and the one that was written to a moment ago."""
    made = journals.writer(where, segment_bytes=2000)
    journals.fill(made, 30)
    aged(made.directory, 5000)
    newest = made.n
    os.utime(made.segment_path(newest - 1))
    keeper, _ = keep(max_age=1000, max_bytes=1)

    keeper.tend(journals.nothing, set())

    assert segments(where) == [f"{n:06d}.jsonl" for n in (newest - 1, newest)]
    made.close()


def test_the_cap_takes_what_is_pending_for_no_target_first_then_the_oldest(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """What every target has is no loss; the rest is reported, by writer, range of ids and reason."""
    old, old_ids = journals.dead(where, 20, spans=5)
    young, _ = journals.dead(where, 20)
    aged(old, 5000)
    aged(young, 10)
    size = (young / "000001.jsonl").stat().st_size
    Cursors(young).put(LOGS, Cursor(1, size, 20))
    Cursors(young).put(SPANS, Cursor(1, size, 0))
    Cursors(old).put(LOGS, Cursor())
    first, drops = keep((LOGS, SPANS), max_bytes=(old / "000001.jsonl").stat().st_size + 1)

    first.tend(journals.nothing, set())
    assert (young.exists(), old.exists(), drops) == (False, True, [])

    first.release()
    second, drops = keep((LOGS, SPANS), max_bytes=100)
    second.tend(journals.nothing, set())
    assert not old.exists()
    assert drops == [
        Drop("shop", old.name, 1, old_ids[0], old_ids[19], "disk_cap", 20),
        Drop("shop", old.name, 1, old_ids[20], old_ids[24], "disk_cap", 5),
    ]


def test_what_stood_nowhere_else_is_reported_without_a_target_too(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """The journal was the only copy."""
    gone, ids = journals.dead(where, 5)
    keeper, drops = keep(max_bytes=10)

    keeper.tend(journals.nothing, set())

    assert drops == [Drop("shop", gone.name, 1, ids[0], ids[-1], "disk_cap", 5)]


def test_a_drop_from_a_merged_segment_names_the_writers_themselves(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Not the directory that stood for them."""
    writers = {journals.dead(where, 2)[0].name for _ in range(16)}
    first, _ = keep()
    first.tend(journals.nothing, set())
    first.release()
    second, drops = keep(max_bytes=10)

    second.tend(journals.nothing, set())

    assert {drop.writer for drop in drops} == writers
    assert {drop.count for drop in drops} == {2}


def test_cap_and_age_hold_for_each_service_apart(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """A loud one takes nothing from a quiet one."""
    loud, _ = journals.dead(where, 400, service="loud", segment_bytes=5000)
    quiet, ids = journals.dead(where, 5, service="quiet")
    aged(quiet, 9000)
    keeper, drops = keep(max_bytes=20_000)

    keeper.tend(journals.nothing, set())

    assert {drop.service for drop in drops} == {"loud"}
    assert [one for one in journals.found(where.path) if one in set(ids)] == ids
    left = sum(path.stat().st_size for path in loud.glob("*.jsonl"))
    assert 10_000 < left <= 20_000
