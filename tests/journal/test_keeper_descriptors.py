"""How many dead writers a keeper holds: each takes a descriptor of its process."""

from __future__ import annotations

from pathlib import Path

import pytest

from obskit.journal.cursors import Key
from obskit.journal.keeper import Keeper
from tests.support import journals

WRITERS = 5


@pytest.fixture
def writers(tmp_path: Path) -> list[Path]:
    """Dead writers, each too large to be merged in a journal with so low a cap."""
    place = journals.place(tmp_path / "j")
    return sorted(journals.dead(place, 1)[0] for _ in range(WRITERS))


def keeper(tmp_path: Path, *targets: Key) -> Keeper:
    place = journals.place(tmp_path / "j")
    return Keeper(place, max_bytes=1 << 14, max_age=1e6, targets=lambda: list(targets), dropped=print, most=2)


def test_those_that_a_target_waits_for_are_held_up_to_the_limit(tmp_path: Path, writers: list[Path]) -> None:
    """The others wait for their turn, the oldest first."""
    keeping = keeper(tmp_path, ("t", "logs"))
    for _ in range(3):
        keeping.tend(journals.nothing, set())
        assert sorted(keeping.adopted) == writers[:2]
    keeping.release()


def test_those_that_nobody_waits_for_make_room(tmp_path: Path, writers: list[Path]) -> None:
    """After some rounds each was looked after, and never were more held than the limit."""
    keeping = keeper(tmp_path)
    for _ in range(3):
        keeping.tend(journals.nothing, set())
        assert len(keeping.adopted) <= 2
    assert all((path / "settled").exists() for path in writers)
    keeping.release()


def test_what_was_let_go_is_removed_when_it_is_too_old(tmp_path: Path, writers: list[Path]) -> None:
    """Retention needs no descriptor of it."""
    now = [writers[0].stat().st_mtime]
    place = journals.place(tmp_path / "j")
    keeping = Keeper(place, max_bytes=1 << 14, max_age=60, targets=list, dropped=print, clock=lambda: now[0], most=2)
    for _ in range(3):
        keeping.tend(journals.nothing, set())
    now[0] += 3600
    for _ in range(3):
        keeping.tend(journals.nothing, set())
    assert [path for path in writers if path.exists()] == []
    keeping.release()
