"""Limiting log storms that come from many threads, signal handlers and forked children at once."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from obskit.decide.limiter import Limiter, Summary, Taken
from tests.decide.limiting import Clock, counted, passes


@pytest.fixture
def switchy() -> Iterator[None]:
    """Let threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("switchy")
def test_counts_are_exact_with_eight_threads() -> None:
    """With eight threads that log, and one that tells, passed and told make up emitted, and the limit holds."""
    limiter = Limiter(200.0, 50)
    each, done = 20_000, threading.Event()
    taken: list[list[Taken]] = [[] for _ in range(8)]
    told: list[Summary] = []
    begin = threading.Barrier(9)

    def log(mine: list[Taken]) -> None:
        begin.wait()
        for number in range(each):
            result = limiter.takes("shop", 40, f"order {number} failed" if number % 10 == 0 else "boom", "f1")
            if result.passes or result.summaries:
                mine.append(result)

    def upkeep() -> None:
        while not done.is_set():
            told.extend(limiter.due(time.monotonic() + 10))
            time.sleep(0.001)

    threads = [threading.Thread(target=log, args=(mine,)) for mine in taken]
    keeper = threading.Thread(target=upkeep)
    for thread in (*threads, keeper):
        thread.start()
    begin.wait()
    begun = time.monotonic()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    done.set()
    keeper.join()
    told += limiter.rest()
    results = [result for mine in taken for result in mine]
    passed = sum(result.passes for result in results)
    told += [summary for result in results for summary in result.summaries]
    assert passed + counted(told) == 8 * each
    assert 100 <= passed <= 2 * (50 + 200 * (seconds + 0.1))


@pytest.mark.usefixtures("switchy")
def test_counts_are_exact_while_events_make_room() -> None:
    """Threads that push each other's events out lose none of what was left out."""
    limiter = Limiter(0.001, 1, most=8)
    each = 3_000
    passed, told = itertools.count(), itertools.count()

    def note(taken: Taken) -> None:
        if taken.passes:
            next(passed)
        for _ in range(counted(list(taken.summaries))):
            next(told)

    def log(own: int) -> None:
        for number in range(each):
            note(limiter.takes("shop", 20, "abcdefghijklmnopqrst"[(number * (own + 1)) % 20]))

    threads = [threading.Thread(target=log, args=(own,)) for own in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert next(passed) + next(told) + counted(limiter.rest()) == 8 * each


def test_a_log_call_anywhere_inside_waits_for_nothing(make: Callable[..., Limiter], clock: Clock) -> None:
    """A signal handler may log, and ask for the rest, at any line of the limiter without waiting or losing a count."""
    limiter = make(burst=1, most=2)
    taken: list[Taken] = []
    told: list[Summary] = []
    lines = itertools.count()
    inside = False

    def interrupt(frame: FrameType, _what: str, _argument: object) -> object:
        nonlocal inside
        if inside or not frame.f_code.co_filename.endswith("decide/limiter.py"):
            return None
        inside = True
        line = next(lines)
        taken.append(limiter.takes("shop", 20, ("boom", "bang")[line % 2]))
        # Not at each line, so that what is interrupted finds something to tell.
        if line % 5 == 0:
            told.extend(limiter.rest())
        inside = False
        return interrupt

    sys.settrace(interrupt)  # type: ignore[arg-type]
    try:
        for event in ("boom", "boom", "bang", "crash", "boom", "crash") * 20:
            taken.append(limiter.takes("shop", 20, event))
            clock.now += 0.3
            told.extend(limiter.due())
            told.extend(limiter.rest())
    finally:
        sys.settrace(None)
    told += limiter.rest()
    for result in taken:
        told += result.summaries
    assert len(taken) > 2000
    assert sum(result.passes for result in taken) + counted(told) == len(taken)


def test_telling_at_any_line_of_a_call_loses_no_count(make: Callable[..., Limiter]) -> None:
    """Wherever in a call another thread tells of what was left out, that call's own record is told of later."""
    stops = itertools.count()
    for stop in stops:
        limiter = make(burst=1)
        passes(limiter, times=2)
        told: list[Summary] = []
        lines = itertools.count()

        def interrupt(frame: FrameType, _what: str, _argument: object) -> object:
            if frame.f_code.co_name == "takes" and next(lines) == stop:  # noqa: B023 - called in this turn alone
                told.extend(limiter.rest())  # noqa: B023
            return interrupt

        sys.settrace(interrupt)  # type: ignore[arg-type]
        try:
            passes(limiter)
        finally:
            sys.settrace(None)
        told += limiter.rest()
        assert counted(told) == 2
        if next(lines) <= stop:
            break
    assert stop > 10


def test_a_signal_handler_logs_in_a_storm() -> None:
    """A handler that logs the same event in the middle of a storm ends, and every record is counted once."""
    limiter = Limiter(5.0, 2)
    handled: list[Taken] = []

    def handle(*_: object) -> None:
        handled.extend(limiter.takes("shop", 40, "boom") for _ in range(10))

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        results = [limiter.takes("shop", 40, "boom") for _ in range(50_000)]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    results += handled
    told = counted(limiter.rest()) + sum(counted(list(result.summaries)) for result in results)
    assert handled
    assert told + sum(result.passes for result in results) == len(results)


def test_a_child_begins_with_nothing(make: Callable[..., Limiter]) -> None:
    """The child's limiter has full buckets and nothing to tell, also where the fork came while the parent told."""
    limiter = make(burst=1)
    passes(limiter, times=3)
    (bucket,) = limiter._waiting
    reading, writing = os.pipe()
    with bucket.telling:
        pid = os.fork()
        if pid == 0:
            child = limiter.fresh()
            said = [*passes(child, times=2), len(child.rest()) == 1]
            os.write(writing, bytes(said))
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(writing)
    assert list(os.read(reading, 16)) == [True, False, True]
    os.close(reading)
    assert counted(limiter.rest()) == 2
