from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import obskit
from obskit.context import threads


def test_a_thread_and_a_pool_run_in_the_callers_unit(obskit_capture: Any) -> None:
    """`Thread.start` and `submit` carry scope and span."""
    log = obskit.get_logger("t")
    with ThreadPoolExecutor(1) as pool, obskit.scope("u-1"), obskit.span("s"):
        pool.submit(log.info, "pool").result()
        thread = threading.Thread(target=log.info, args=("thread",))
        thread.start()
        thread.join()
    assert {line.correlation_id for line in obskit_capture.records} == {"u-1"}
    assert {line.span_id for line in obskit_capture.records} == {obskit_capture.spans[0].span_id}


async def test_run_in_executor_runs_in_the_callers_unit(obskit_capture: Any) -> None:
    """The event loop's default executor is carried too."""
    with obskit.scope("u-2"):
        await asyncio.get_running_loop().run_in_executor(None, obskit.get_logger("t").info, "x")
    assert obskit_capture.records[0].correlation_id == "u-2"


def test_a_pool_thread_keeps_no_callers_unit(obskit_capture: Any) -> None:
    """Work submitted outside of a unit, to a thread that a unit made, belongs to none."""
    with ThreadPoolExecutor(1) as pool:
        with obskit.scope("u-3"):
            pool.submit(int).result()
        assert pool.submit(obskit.correlation_id).result() is None


def test_the_undo_restores_the_originals() -> None:
    """The classes have their own methods again, by identity."""
    before = (threading.Thread.start, ThreadPoolExecutor.submit)
    undo = threads.install()
    assert (threading.Thread.start, ThreadPoolExecutor.submit) != before
    undo()
    assert (threading.Thread.start, ThreadPoolExecutor.submit) == before


def test_a_subclass_with_its_own_run_works(obskit_capture: Any) -> None:
    """The thread's own `run` is called once, and is found on its class again."""
    ran = []

    class Own(threading.Thread):
        def run(self) -> None:
            ran.append((obskit.correlation_id(), "run" in self.__dict__))

    with obskit.scope("u-4"):
        thread = Own()
        thread.start()
        thread.join()
    assert ran == [("u-4", False)]


def test_propagate_carries_where_nothing_else_does() -> None:
    """A callable run by a bare thread primitive sees the unit in which it was wrapped, any number of times."""
    seen = []
    with obskit.scope("u-5"):
        carried = obskit.propagate(lambda: seen.append(obskit.correlation_id()))
    for _ in range(2):
        carried()
    assert seen == ["u-5", "u-5"]
