from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from obskit.decide.level_file import Entry
from obskit.decide.thresholds import Thresholds
from obskit.journal.levels import LevelFile, identity
from obskit.journal.place import prepare
from obskit.runtime.levels import LevelControl
from obskit.sources.stdlib import Adoption


class Service:
    """A process's levels, with a clock of its own."""

    def __init__(self, root: Path) -> None:
        self.now = 1_800_000_000.0
        self.told: list[tuple[str, str]] = []
        self.thresholds = Thresholds(20, {"quiet": 40})
        self.file = LevelFile(prepare(root))
        self.control = LevelControl(
            self.thresholds,
            LevelFile(prepare(root)),
            "shop",
            lambda topic, text: self.told.append((topic, text)),
            lambda: self.now,
        )

    def set(self, *entries: Entry) -> None:
        """Set levels, and let the process look."""
        self.file.write(entries)
        self.control.tick()

    def levels(self) -> list[int]:
        """Return the levels of a logger, of one that is quiet by init(), and of one named lib."""
        return [self.thresholds.of(name) for name in ("app", "quiet", "lib")]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path / "journal")


def test_a_level_comes_into_force_and_goes(service: Service) -> None:
    """Set, set for a logger, and reset by removing the file."""
    service.set(Entry(10, "shop"))
    assert service.levels() == [10, 40, 10]
    service.set(Entry(5, "shop", logger="lib"), Entry(10, "cart"))
    assert service.levels() == [20, 40, 5]
    service.set()
    assert service.levels() == [20, 40, 20]


def test_a_level_ends_by_itself(service: Service) -> None:
    """Nobody need touch the file."""
    service.set(Entry(10, until=service.now + 600), Entry(5, logger="lib", until=service.now + 1200))
    seen = [service.levels()]
    for seconds in (599, 1, 599, 1):
        service.now += seconds
        service.control.tick()
        seen.append(service.levels())
    assert seen == [[10, 40, 5], [10, 40, 5], [20, 40, 5], [20, 40, 5], [20, 40, 20]]


def test_looking_changes_nothing_where_nothing_changed(service: Service) -> None:
    """Loggers that keep their level by the generation are not made to ask again."""
    service.set(Entry(10))
    before = service.thresholds.generation
    for _ in range(3):
        service.control.tick()
    service.set(Entry(10), Entry(50, "cart"))
    assert service.thresholds.generation == before


def test_a_broken_file_counts_as_none_and_is_told_of(service: Service) -> None:
    """The levels are init()'s again, and there is one text that says why; a good file counts again."""
    service.set(Entry(10))
    service.file.path.write_text("{")
    for _ in range(3):
        service.control.tick()
    assert service.levels() == [20, 40, 20]
    assert len(service.told) == 1
    assert "levels.json is left alone" in service.told[0][1]
    service.set(Entry(10))
    assert service.levels() == [10, 40, 10]


def test_what_is_set_for_a_process_does_not_hold_in_its_child(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a fork the pid is another; what its service has stays."""
    service.set(Entry(5, pid=os.getpid(), process=identity(os.getpid())), Entry(30, "shop", logger="lib"))
    assert service.levels() == [5, 40, 30]
    monkeypatch.setattr(os, "getpid", lambda: 1)
    service.control.after_fork(None)
    assert service.levels() == [20, 40, 30]


def test_a_child_looks_again_from_the_first_question_on(service: Service) -> None:
    """A record that the level holds back wakes it too; until then nothing is started in it."""
    awake: list[bool] = []
    service.control.after_fork(lambda: awake.append(True))
    assert awake == []
    service.levels()
    assert awake == [True]


def test_who_is_looking_already_holds_nobody_up(service: Service) -> None:
    """A second look returns at once, and the change is found by the next."""
    service.file.write([Entry(10)])
    service.control._turn.acquire()
    service.control.tick()
    assert service.levels() == [20, 40, 20]
    service.control._turn.release()
    service.control.tick()
    assert service.levels() == [10, 40, 10]


@pytest.fixture
def adoption() -> Iterator[Adoption]:
    found = Adoption(20, {})
    undo = found.install()
    yield found
    undo()


def test_loggers_of_the_standard_library_follow(service: Service, adoption: Adoption) -> None:
    """The level that is set when they join counts at once, later ones too."""
    service.file.write([Entry(10)])
    service.control.join(adoption)
    assert logging.getLogger().level == 10
    service.set(Entry(50, logger="test.followed"))
    assert (logging.getLogger().level, logging.getLogger("test.followed").level) == (20, 50)
    service.set()
    assert (logging.getLogger().level, logging.getLogger("test.followed").level) == (20, 0)
