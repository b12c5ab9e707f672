from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest

import obskit


def test_propagate_carries_where_nothing_else_does() -> None:
    """A callable run by a bare thread primitive sees the unit in which it was wrapped, any number of times."""
    seen = []
    with obskit.scope("u-5"):
        carried = obskit.propagate(lambda: seen.append(obskit.correlation_id()))
    for _ in range(2):
        carried()
    assert seen == ["u-5", "u-5"]


async def test_a_coroutine_function_stays_one_and_is_carried_through_every_await(obskit_capture: Any) -> None:
    """Each step, and each task that it starts, runs in the unit; the caller's context stays its own."""

    async def job(n: int) -> list[Any]:
        seen = [n, obskit.correlation_id()]
        await asyncio.sleep(0)
        seen.append(obskit.correlation_id())
        seen.append(await asyncio.create_task(_ask()))
        return seen

    with obskit.scope("u-1"):
        carried = obskit.propagate(job)
    assert inspect.iscoroutinefunction(carried)
    first, second = await asyncio.gather(carried(1), carried(2))
    assert (first, second) == ([1, "u-1", "u-1", "u-1"], [2, "u-1", "u-1", "u-1"])
    assert obskit.correlation_id() is None


async def _ask() -> str | None:
    return obskit.correlation_id()


async def test_exceptions_and_cancellation_reach_a_carried_coroutine() -> None:
    """What is thrown in arrives inside, in the unit; what comes out is what was raised."""
    seen: list[Any] = []

    async def job(wait: bool) -> None:
        try:
            await asyncio.sleep(60 if wait else 0)
            raise KeyError("own")
        finally:
            seen.append(obskit.correlation_id())

    with obskit.scope("u-2"):
        carried = obskit.propagate(job)
    with pytest.raises(KeyError, match="own"):
        await carried(False)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await carried(True)
    assert seen == ["u-2", "u-2"]


async def test_a_callable_with_an_async_call_is_carried_as_a_coroutine_function() -> None:
    """An object's `async def __call__` and a partial of a coroutine function count too."""

    class Job:
        async def __call__(self) -> str | None:
            return obskit.correlation_id()

    with obskit.scope("u-3"):
        carried = [obskit.propagate(Job()), obskit.propagate(functools.partial(_ask))]
    assert [inspect.iscoroutinefunction(each) for each in carried] == [True, True]
    assert [await each() for each in carried] == ["u-3", "u-3"]


def test_a_generator_is_carried_through_each_step() -> None:
    """Values sent and exceptions thrown arrive in the unit; between the steps the consumer's context holds."""
    seen: list[Any] = []

    def parts() -> Generator[Any, Any, str]:
        got = yield obskit.correlation_id()
        seen.append(got)
        try:
            yield obskit.correlation_id()
        except KeyError:
            seen.append(obskit.correlation_id())
        return "end"

    with obskit.scope("u-4"):
        carried = obskit.propagate(parts)
    assert inspect.isgeneratorfunction(carried)
    generator: Any = carried()
    assert next(generator) == "u-4"
    assert obskit.correlation_id() is None
    assert generator.send("sent") == "u-4"
    with pytest.raises(StopIteration) as ended:
        generator.throw(KeyError("x"))
    assert (seen, ended.value.value) == (["sent", "u-4"], "end")


def test_closing_a_carried_generator_closes_it_in_the_unit() -> None:
    """Its `finally` still knows what it belongs to, whoever closes it."""
    seen: list[Any] = []

    def parts() -> Iterator[int]:
        try:
            yield 1
        finally:
            seen.append(obskit.correlation_id())

    with obskit.scope("u-5"):
        generator: Any = obskit.propagate(parts)()
    next(generator)
    contextvars.Context().run(generator.close)
    assert seen == ["u-5"]


async def test_an_async_generator_is_carried_through_each_step() -> None:
    """`asend`, `athrow` and `aclose` arrive in the unit, and it ends as it would have."""
    seen: list[Any] = []

    async def parts() -> AsyncIterator[Any]:
        try:
            got = yield obskit.correlation_id()
            await asyncio.sleep(0)
            seen.append((got, obskit.correlation_id()))
            try:
                yield 2
            except KeyError:
                yield obskit.correlation_id()
        finally:
            seen.append(obskit.correlation_id())

    with obskit.scope("u-6"):
        carried = obskit.propagate(parts)
    assert inspect.isasyncgenfunction(carried)
    generator: Any = carried()
    assert await anext(generator) == "u-6"
    assert obskit.correlation_id() is None
    assert await generator.asend("sent") == 2
    assert await generator.athrow(KeyError("x")) == "u-6"
    await generator.aclose()
    assert seen == [("sent", "u-6"), "u-6"]
    assert [part async for part in carried()] == ["u-6", 2]
