from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

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


# pytest's own hook, which comes after obskit's, warns of the exception that the test is about.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_hook_for_what_a_thread_does_not_catch_runs_in_its_unit(obskit_capture: Any) -> None:
    """An uncaught exception's line carries the ids of the unit that started the thread."""

    def fail() -> None:
        raise ValueError("x")

    with obskit.scope("u-6"), obskit.span("s"):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    line = obskit_capture.records[0]
    assert line.message == "uncaught exception in thread"
    assert (line.correlation_id, line.trace_id) == ("u-6", obskit_capture.spans[0].trace_id)


def test_a_threads_own_run_attribute_stays(obskit_capture: Any) -> None:
    """What a user has set on the instance is called, and is there during the run and afterwards."""
    seen = []
    thread = threading.Thread()

    def run() -> None:
        seen.append((obskit.correlation_id(), vars(thread).get("run") is run))

    thread.run = run  # type: ignore[method-assign]
    with obskit.scope("u-7"):
        thread.start()
        thread.join()
    assert seen == [("u-7", True)]
    assert vars(thread)["run"] is run


def test_a_thread_that_cannot_start_is_left_as_it_was(obskit_capture: Any) -> None:
    """Started a second time it raises as ever, and has no `run` of obskit's."""
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    with pytest.raises(RuntimeError, match="once"):
        thread.start()
    assert "run" not in vars(thread)
