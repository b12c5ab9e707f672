from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import context, trace
from opentelemetry.context.context import Context

from obskit.tracing.current import finish


@pytest.fixture(autouse=True)
def no_context():
    token = context.attach(Context())
    yield
    token.var.reset(token)


@pytest.fixture(autouse=True)
def nothing_logged(caplog):
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_leaving_in_another_context(tracer, ended) -> None:
    """A block that is left in another context neither raises nor logs, and its span ends."""
    block = tracer.start_as_current_span("a")
    contextvars.copy_context().run(block.__enter__)
    block.__exit__(None, None, None)
    assert [span.name for span in ended] == ["a"]
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_leaving_in_another_thread(tracer, ended) -> None:
    """A block may be left by another thread."""
    block = tracer.start_as_current_span("a")
    block.__enter__()
    thread = threading.Thread(target=block.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    assert len(ended) == 1


async def test_an_async_generator_closed_by_another_task(tracer, ended) -> None:
    """A generator that holds a block open may be finalised in another task."""

    async def numbers() -> Any:
        with tracer.start_as_current_span("numbers"):
            yield 1
            yield 2

    generator = numbers()
    assert await asyncio.create_task(anext(generator)) == 1
    await asyncio.create_task(generator.aclose())
    assert [span.name for span in ended] == ["numbers"]


def test_a_generator_collected_late(tracer, ended) -> None:
    """A forgotten generator that ends after the block around it doesn't make that block's span current again."""

    def numbers() -> Iterator[int]:
        with tracer.start_as_current_span("numbers"):
            yield 1
            yield 2

    with tracer.start_as_current_span("outer"):
        generator = numbers()
        next(generator)
    assert trace.get_current_span() is trace.INVALID_SPAN
    del generator
    gc.collect()
    assert trace.get_current_span() is trace.INVALID_SPAN
    assert [span.name for span in ended] == ["outer", "numbers"]


def test_leaving_twice_does_nothing(tracer, ended) -> None:
    """An exit without an entry is ignored."""
    block = tracer.start_as_current_span("a")
    with block:
        pass
    block.__exit__(None, None, None)
    assert len(ended) == 1


def test_one_object_nested_in_itself(tracer, ended) -> None:
    """An object that is entered again starts another span, and each is left in turn."""
    block = tracer.start_as_current_span("a")
    with block as outer:
        with block as inner:
            assert inner.parent_id == outer.span_id
        assert trace.get_current_span() is outer
    assert [span.span_id for span in ended] == [inner.span_id, outer.span_id]


async def test_one_object_in_several_tasks(tracer, ended) -> None:
    """Each task that uses a shared object leaves its own span."""
    block = tracer.start_as_current_span("a")
    second_entered = asyncio.Event()

    async def work(first: bool) -> bool:
        with block as span:
            if first:
                await second_entered.wait()
            else:
                second_entered.set()
                await asyncio.sleep(0.02)
            mine = trace.get_current_span() is span
        return mine and trace.get_current_span() is trace.INVALID_SPAN and not span.is_recording()

    assert await asyncio.gather(work(first=True), work(first=False)) == [True, True]
    assert len(ended) == 2


def test_a_decorated_function_that_recurses(tracer, ended) -> None:
    """Each call has a span of its own, under the caller's."""

    @tracer.start_as_current_span("down")
    def down(steps: int) -> int:
        return down(steps - 1) + 1 if steps else 0

    assert down(2) == 2
    assert [span.parent_id for span in ended] == [ended[1].span_id, ended[2].span_id, 0]


def test_cancellation_passes(tracer, ended) -> None:
    """Cancelling a task isn't an error of its span."""

    async def run() -> None:
        async def work() -> None:
            with tracer.start_as_current_span("a"):
                await asyncio.sleep(60)

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    (span,) = ended
    assert span.status.is_unset
    assert span.events == ()


def test_a_span_that_fails_to_end_does_not_raise() -> None:
    """A foreign span that raises can't break a block."""

    class Broken(trace.NonRecordingSpan):
        def is_recording(self) -> bool:
            raise RuntimeError

        def end(self, end_time: int | None = None) -> None:
            raise RuntimeError

    finish(Broken(trace.INVALID_SPAN_CONTEXT), ValueError("x"), record=True, set_status=True, end=True)
