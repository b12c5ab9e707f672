from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

import obskit
from obskit import state
from obskit.context import scope
from obskit.sources.stdlib_levels import Overlay, PerUnit

NAMES = ("test.levels", "test.levels.sub", "test.other")


@pytest.fixture(autouse=True)
def own_loggers() -> Iterator[None]:
    yield
    obskit.shutdown(0.0)
    for name in NAMES:
        logging.getLogger(name).setLevel(logging.NOTSET)
        logging.getLogger(name).disabled = False
        logging.getLogger(name).handlers.clear()


@pytest.fixture
def shown(capfd: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    obskit.init(service="s", console="json", journal=False, integrations=[])

    def messages() -> list[str]:
        return [orjson.loads(line)["message"] for line in capfd.readouterr().out.splitlines()]

    return messages


def follow(default: int | None, levels: dict[str, int]) -> None:
    assert state.runtime is not None
    assert state.runtime.levels._adoption is not None
    state.runtime.levels._adoption.follow(default, levels)


# --- levels laid over loggers ---


def levels() -> list[int]:
    return [logging.getLogger(name).level for name in NAMES]


def test_what_is_laid_over_comes_off_again() -> None:
    """Each logger has the level that it had."""
    logging.getLogger(NAMES[1]).setLevel(30)
    overlay = Overlay()
    overlay.lay({NAMES[0]: 10, NAMES[1]: 10})
    assert levels() == [10, 10, 0]
    overlay.lay({NAMES[1]: 5, NAMES[2]: 50})
    assert levels() == [0, 5, 50]
    overlay.lay({})
    assert levels() == [0, 30, 0]


def test_a_level_that_the_application_sets_meanwhile_stays() -> None:
    """It is the application's own: nothing takes it back."""
    overlay = Overlay()
    overlay.lay({NAMES[0]: 10})
    logging.getLogger(NAMES[0]).setLevel(40)
    overlay.lay({})
    assert levels()[0] == 40


def test_a_level_that_the_application_has_set_is_given_back_after_the_next_change() -> None:
    """A change asked for now wins over it while it lasts."""
    overlay = Overlay()
    overlay.lay({NAMES[0]: 10})
    logging.getLogger(NAMES[0]).setLevel(40)
    overlay.lay({NAMES[0]: 5})
    assert levels()[0] == 5
    overlay.lay({})
    assert levels()[0] == 40


def test_a_change_at_run_time_reaches_loggers_and_is_undone(shown: Callable[[], list[str]]) -> None:
    """Of the root and of a named one, and of those made afterwards."""
    root = logging.getLogger()
    for default, named in ((10, {}), (None, {"test.levels": 10}), (None, {})):
        state.runtime.thresholds.change(default, named)  # type: ignore[union-attr]
        follow(default, named)
        logging.getLogger("test.levels.sub").debug("named, default %s", default)
        logging.getLogger("test.other").debug("other, default %s", default)
    assert shown() == ["named, default 10", "other, default 10", "named, default None"]
    assert root.level == 20


def test_a_root_level_of_the_applications_own_outlives_a_change_and_its_reset(shown: Callable[[], list[str]]) -> None:
    """What it set after init() is what the reset gives back, and shutdown leaves alone."""
    root = logging.getLogger()
    before = root.level
    try:
        root.setLevel(40)
        follow(10, {})
        assert root.level == 10
        follow(None, {})
        assert root.level == 40
        obskit.shutdown(0.0)
        assert root.level == 40
    finally:
        root.setLevel(before)


def test_one_logger_at_debug_does_not_have_the_others_make_records(capfd: pytest.CaptureFixture[str]) -> None:
    """The root's level is the default's, not the lowest of all."""
    obskit.init(service="s", console="json", journal=False, integrations=[], levels={"test.levels": "DEBUG"})
    assert logging.getLogger("test.levels.sub").isEnabledFor(10)
    assert not logging.getLogger("test.other").isEnabledFor(10)


# --- one verbose unit ---


def test_a_verbose_unit_is_heard_from_the_standard_library_and_no_other(shown: Callable[[], list[str]]) -> None:
    """Loggers with a level of their own speak up too; outside of the unit, and in one beside it, nothing changes."""
    log, own = logging.getLogger("test.levels"), logging.getLogger("test.other")
    own.setLevel(logging.WARNING)
    begun, over = threading.Event(), threading.Event()

    def beside() -> None:
        with obskit.scope():
            begun.wait(5)
            log.debug("beside")
            over.set()

    thread = threading.Thread(target=beside)
    thread.start()
    with obskit.scope():
        log.debug("before")
        obskit.verbose()
        log.debug("inside")
        own.debug("inside, own level")
        log.log(5, "deeper than asked for")
        begun.set()
        over.wait(5)
    thread.join()
    log.debug("after")
    assert shown() == ["inside", "inside, own level"]


def test_other_handlers_see_nothing_of_other_units(shown: Callable[[], list[str]]) -> None:
    """A handler of the application's own gets no records that its loggers' levels held back before."""
    seen: list[str] = []

    class Own(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    log = logging.getLogger("test.levels")
    log.addHandler(Own())
    with obskit.scope():
        obskit.verbose()
        with obskit.scope():
            log.debug("another unit's")
    assert seen == []


def test_the_library_is_itself_again_when_the_last_verbose_unit_has_ended(shown: Callable[[], list[str]]) -> None:
    """No logger has another level meanwhile or afterwards, and the method is the library's own."""
    original = logging.Logger.isEnabledFor
    root = logging.getLogger().level
    with obskit.scope():
        obskit.verbose()
        with obskit.scope():
            obskit.verbose()
            assert logging.Logger.isEnabledFor is not original
        assert logging.Logger.isEnabledFor is not original
        assert logging.getLogger().level == root
    assert logging.Logger.isEnabledFor is original


def test_a_unit_that_never_ends_does_not_keep_it_up(shown: Callable[[], list[str]]) -> None:
    """It goes with the unit's last reference."""
    original = logging.Logger.isEnabledFor
    unit = scope.Scope()
    unit.speak()
    assert logging.Logger.isEnabledFor is not original
    del unit
    gc.collect()
    assert logging.Logger.isEnabledFor is original


def test_a_sealed_unit_does_not_begin_it(shown: Callable[[], list[str]]) -> None:
    """What is left over of a unit would never end again."""
    original = logging.Logger.isEnabledFor
    unit = scope.Scope()
    unit.seal()
    unit.speak()
    assert logging.Logger.isEnabledFor is original


def test_what_still_runs_of_a_unit_that_has_ended_is_not_raised(shown: Callable[[], list[str]]) -> None:
    """Whether or not another verbose unit is alive at that moment."""
    ended, alive = scope.Scope(), scope.Scope()
    ended.speak()
    alive.speak()
    ended.seal()
    for unit in (ended, alive):
        frame = scope.enter(unit, {})
        logging.getLogger("test.levels").debug("of the living" if unit is alive else "of the ended")
        scope.leave(frame)
    assert shown() == ["of the living"]


def test_shutdown_in_the_middle_takes_it_away(shown: Callable[[], list[str]]) -> None:
    """The end of the unit then finds nothing to do."""
    original = logging.Logger.isEnabledFor
    with obskit.scope():
        obskit.verbose()
        obskit.shutdown(0.0)
        assert logging.Logger.isEnabledFor is original
    assert logging.Logger.isEnabledFor is original


def test_what_is_switched_off_stays_off(shown: Callable[[], list[str]]) -> None:
    """A disabled logger, and `logging.disable`, hold for verbose units too."""
    with obskit.scope():
        obskit.verbose()
        log = logging.getLogger("test.levels")
        log.disabled = True
        log.debug("disabled")
        logging.disable(logging.DEBUG)
        try:
            logging.getLogger("test.other").debug("all disabled")
        finally:
            logging.disable(logging.NOTSET)
    assert shown() == []


def test_what_somebody_else_has_wrapped_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours inside it becomes a pass-through, and comes back on top when it is wanted again."""
    original: Any = logging.Logger.isEnabledFor
    monkeypatch.setattr(logging.Logger, "isEnabledFor", original)
    per_unit = PerUnit()
    per_unit.turn(on=True)
    ours: Any = logging.Logger.isEnabledFor

    def theirs(logger: logging.Logger, level: int) -> bool:
        return bool(ours(logger, level))

    monkeypatch.setattr(logging.Logger, "isEnabledFor", theirs)
    per_unit.turn(on=False)
    assert logging.Logger.isEnabledFor is theirs
    assert not logging.getLogger("test.levels").isEnabledFor(1)
    per_unit.turn(on=True)
    assert logging.Logger.isEnabledFor not in (theirs, ours, original)
    per_unit.turn(on=False)
    assert logging.Logger.isEnabledFor is theirs
