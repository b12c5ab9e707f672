"""Code of a value's that logs, fails or interrupts while it is being logged."""

from __future__ import annotations

import asyncio
import datetime as dt
import decimal
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import obskit
from tests.hostile.doors import LOGGER, log
from tests.hostile.objects import a_class
from tests.hostile.written import Written


def _shown(act: Callable[[Any], object]) -> Any:
    def shown(self: Any) -> str:
        act(self)
        return "shown"

    return a_class("Acting", __repr__=shown, __str__=shown)()


ACTS: dict[str, Callable[[Any], object]] = {
    "logs itself": lambda self: log.info("inner", me=self),
    "logs itself as the message": log.info,
    "logs itself as an argument": lambda self: log.info("%s", self),
    "logs itself by logging": lambda self: logging.getLogger(LOGGER).info("inner %s", self),
    "logs itself as an error": lambda self: log.error("inner", exc_info=ValueError(self)),
    "logs twice": lambda self: (log.info("one", me=self), log.info("two", me=[self])),
    "binds itself": lambda self: obskit.bind(me=self),
    "opens a span": lambda self: obskit.span("inner", me=self).__enter__().end(),
    "asks for the counts": lambda self: obskit.stats(),
    "flushes": lambda self: obskit.flush(0.0),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_value_that_logs_on_the_same_logger_comes_to_an_end(written: Written, name: str) -> None:
    """The outer line is there once, the inner ones are few, and all of them are valid."""
    # The test runner's own handlers show the value again, to the end of the stack.
    written.may_fail = name == "logs itself by logging"
    value = _shown(ACTS[name])
    log.info("outer", value=value, again=[value, {"k": value}])
    found = written.lines()
    assert [line["message"] for line in found].count("outer") == 1
    assert found[-1]["message"] == "outer"
    assert len(found) < 1000


def test_a_handler_that_shows_the_value_again_does_not_multiply_its_records() -> None:
    """A handler of the application formats what obskit has shown: each time the text logs again, to the stack's end."""
    program = """
import logging, obskit
obskit.init("shop", console=False, journal=False, integrations=[])
class Formatting(logging.Handler):
    def emit(self, record):
        self.format(record)
logging.root.addHandler(Formatting())
class Telling:
    def __repr__(self):
        logging.getLogger("shop").info("inner %s", self)
        return "told"
value = Telling()
obskit.get_logger("shop").info("outer", value=value, again=[value, {"k": value}])
assert 0 < obskit.stats().emitted < 1000, obskit.stats()
assert obskit.stats().dropped["recursion"] > 0
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ACTS)
def test_an_error_whose_text_logs_comes_to_an_end(written: Written, name: str) -> None:
    """The same where an exception's own text does so."""
    written.may_fail = name == "logs itself by logging"
    act = ACTS[name]

    class Telling(Exception):
        def __str__(self) -> str:
            act(self)
            return "told"

    log.error("outer", exc_info=Telling())
    found = written.lines()
    assert [line["message"] for line in found].count("outer") == 1
    assert len(found) < 1000


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit])
def test_what_ends_a_program_passes_through(written: Written, error: type[BaseException]) -> None:
    """An interrupt while a value is shown is the program's, not the line's."""

    def interrupt(self: Any) -> None:
        raise error

    with pytest.raises(error):
        log.info("outer", value=_shown(interrupt))
    log.info("after")
    assert [line["message"] for line in written.lines()] == ["after"]


@pytest.mark.parametrize("depth", [0, 5, 10, 20, 40, 80, 120])
def test_near_the_end_of_the_stack_a_line_is_left_or_nothing(written: Written, depth: int) -> None:
    """With so little room left a record may be lost; the caller's own error is the only one that it sees."""

    def fall(left: int) -> int:
        return fall(left - 1) if left else log.info("deep", value={"a": [b"x", 1]}) or 1

    written.may_fail = True
    here = len(_frames())
    try:
        fall(sys.getrecursionlimit() - here - depth - 4)
    except RecursionError:
        pass
    for line in written.lines():
        assert line["message"] == "deep"
    log.info("after")
    assert written.line()["message"] == "after"


def _frames() -> list[Any]:
    found, frame = [], sys._getframe()
    while frame is not None:
        found.append(frame)
        frame = frame.f_back  # type: ignore[assignment]
    return found


def test_threads_may_change_what_is_logged(written: Written) -> None:
    """Dicts, lists, sets and bound values change meanwhile: each call leaves its line, and the process lives."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    shared: dict[str, Any] = {"k": 1}
    items: list[Any] = [1]
    several: set[Any] = {1}
    stop = threading.Event()

    def change() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            shared.clear()
            shared.update({f"k{n}": (n, b"x", 1.5, {"a": [n]}) for n in range(turn % 40)})
            items.clear()
            items.extend([decimal.Decimal("1.5"), dt.datetime(2026, 1, 2, tzinfo=dt.UTC), {"a": 1}] * (turn % 15))
            several.symmetric_difference_update(range(turn % 30))

    changing = [threading.Thread(target=change) for _ in range(2)]
    for thread in changing:
        thread.start()
    try:
        for turn in range(300):
            log.info("shared", turn=turn, shared=shared, items=items, several=several, both=[shared, items])
    finally:
        stop.set()
        sys.setswitchinterval(interval)
        for thread in changing:
            thread.join()
    assert [line["context"]["turn"] for line in written.lines()] == list(range(300))


RACES = {
    "a zone that changes the list": """
class Zone(dt.tzinfo):
    def utcoffset(self, when):
        items.clear()
        kept.append([bytearray(24_000) for _ in range(50)])
        return dt.timedelta(0)
items.extend([dt.datetime(2026, 1, 1, tzinfo=Zone()), *(f"text {n}" for n in range(3000))])
log.info("x", value=items)
""",
    "an enum that changes the list": """
class Odd(enum.Enum):
    ONE = 1
    @property
    def value(self):
        items.clear()
        kept.append([bytearray(24_000) for _ in range(50)])
        return 1
items.extend([Odd.ONE, *(f"text {n}" for n in range(3000))])
log.info("x", value=items)
""",
    "an enum without a value": """
class Odd(enum.Enum):
    ONE = 1
    @property
    def value(self):
        raise RuntimeError
log.info("x", value=Odd.ONE, items=[Odd.ONE])
""",
    "a thread that changes the list": """
sys.setswitchinterval(1e-6)
def change():
    while not stop.is_set():
        items.clear()
        items.extend([decimal.Decimal("1.1") if n % 2 else f"text {n}" for n in range(150)])
stop = threading.Event()
thread = threading.Thread(target=change)
thread.start()
end = time.monotonic() + 2.0
while time.monotonic() < end:
    log.info("x", value=items, again={"items": items})
stop.set()
thread.join()
""",
}


@pytest.mark.parametrize("name", RACES)
def test_what_changes_while_it_is_serialised_does_not_end_the_process(name: str) -> None:
    """Code of a value's, or another thread, frees what a serialiser in C is just reading."""
    program = (
        "import datetime as dt, decimal, enum, sys, threading, time\n"
        "import obskit\n"
        "obskit.init('race', console='json', journal=False, integrations=[])\n"
        "log, items, kept = obskit.get_logger('race'), [], []\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + RACES[name]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=50
    )
    assert (done.returncode, done.stderr) == (0, b"")
