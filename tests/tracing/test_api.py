from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest
from opentelemetry import context, trace
from opentelemetry.context.context import Context
from opentelemetry.trace import StatusCode

from obskit.tracing.api import span


@pytest.fixture(autouse=True)
def engine(global_engine):
    token = context.attach(Context())
    yield global_engine
    token.var.reset(token)


def current() -> Any:
    return trace.get_current_span()


def names(ended: list[Any]) -> list[str]:
    return [each.name for each in ended]


def test_block(ended) -> None:
    """`with span(...)` gives a span that is current within the block."""
    with span("load", name="attribute", rows=3) as opened:
        assert current() is opened
        opened.set_attribute("more", "yes")
    assert current() is trace.INVALID_SPAN
    assert ended[0].attributes == {"name": "attribute", "rows": 3, "more": "yes"}
    assert ended[0].status.is_unset


def test_an_exception_is_recorded_and_goes_on(ended) -> None:
    """An exception marks the span and reaches the caller unchanged."""
    error = ValueError("bad")
    with pytest.raises(ValueError, match="bad") as caught, span("load"):
        raise error
    assert caught.value is error
    assert ended[0].status.status_code is StatusCode.ERROR
    assert [event.name for event in ended[0].events] == ["exception"]


def test_function(ended) -> None:
    """A decorated function has a span for each call, and keeps its name and signature."""

    @span("add", kind="sum")
    def add(a: int, b: int = 1) -> int:
        """Add."""
        assert current().name == "add"
        return a + b

    assert [add(1), add(1, b=2)] == [2, 3]
    assert names(ended) == ["add", "add"]
    assert ended[0].trace_id != ended[1].trace_id
    assert (add.__name__, add.__doc__, str(inspect.signature(add))) == (
        "add",
        "Add.",
        "(a: 'int', b: 'int' = 1) -> 'int'",
    )


async def test_coroutine_function(ended) -> None:
    """A decorated coroutine function stays one, and its span lasts as long as it runs."""

    @span("wait")
    async def wait() -> Any:
        await asyncio.sleep(0)
        return current()

    assert inspect.iscoroutinefunction(wait)
    seen = await asyncio.gather(wait(), wait())
    assert {each.span_id for each in seen} == {each.span_id for each in ended}
    assert current() is trace.INVALID_SPAN


def test_methods(ended) -> None:
    """Methods of every kind can be decorated, on either side of their own decorator."""

    class Shop:
        @span("plain")
        def plain(self) -> Any:
            return self

        @span("class above")
        @classmethod
        def above(cls) -> Any:
            return cls

        @classmethod
        @span("class below")
        def below(cls) -> Any:
            return cls

        @span("static")
        @staticmethod
        def static(value: int) -> int:
            return value

    shop = Shop()
    assert shop.plain() is shop
    assert (Shop.above(), Shop.below(), Shop.static(5)) == (Shop, Shop, 5)
    assert names(ended) == ["plain", "class above", "class below", "static"]


def test_generator(ended) -> None:
    """A generator's span is current while it runs, and not while its consumer does."""

    @span("rows")
    def rows(count: int) -> Iterator[Any]:
        for _ in range(count):
            yield current()

    assert inspect.isgeneratorfunction(rows)
    seen = []
    for inner in rows(3):
        assert current() is trace.INVALID_SPAN
        assert ended == []
        seen.append(inner)
    assert {each.span_id for each in seen} == {ended[0].span_id}
    assert names(ended) == ["rows"]


def test_a_generator_that_is_never_started_has_no_span(ended) -> None:
    """The span begins with the first step."""

    @span("rows")
    def rows() -> Iterator[int]:
        yield 1

    rows().close()
    assert ended == []


def test_generator_protocol(ended) -> None:
    """Sending, throwing and returning work as without the decorator."""

    @span("talk")
    def talk() -> Generator[Any, Any, str]:
        heard = yield "first"
        try:
            yield heard
        except KeyError as error:
            yield f"caught {error}"
        return "done"

    def outer() -> Generator[Any, Any, str]:
        return (yield from talk())

    generator = outer()
    assert next(generator) == "first"
    assert generator.send("hello") == "hello"
    assert generator.throw(KeyError("k")) == "caught 'k'"
    with pytest.raises(StopIteration) as stopped:
        next(generator)
    assert stopped.value.value == "done"
    assert ended[0].status.is_unset


def test_a_generator_closed_early(ended) -> None:
    """Closing runs the generator's own clean-up, within its span, and is no error."""
    cleaned: list[str] = []

    @span("rows")
    def rows() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            cleaned.append(current().name)

    generator = rows()
    next(generator)
    generator.close()
    assert cleaned == ["rows"]
    assert ended[0].status.is_unset
    assert current() is trace.INVALID_SPAN


def test_a_generator_that_fails(ended) -> None:
    """An exception out of a generator marks its span."""

    @span("rows")
    def rows() -> Iterator[int]:
        yield 1
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        list(rows())
    assert ended[0].status.description == "ValueError: bad"


async def test_async_generator(ended) -> None:
    """An async generator is treated as a generator is."""

    @span("pages")
    async def pages(count: int) -> AsyncIterator[Any]:
        for _ in range(count):
            await asyncio.sleep(0)
            yield current()

    assert inspect.isasyncgenfunction(pages)
    seen = []
    async for inner in pages(3):
        assert current() is trace.INVALID_SPAN
        seen.append(inner.span_id)
    assert set(seen) == {ended[0].span_id}


async def test_async_generator_protocol(ended) -> None:
    """Sending and throwing work, and what leaves the generator marks its span."""

    @span("talk")
    async def talk() -> Any:
        heard = yield "first"
        try:
            yield heard
        except KeyError:
            yield "caught"
        raise ValueError("bad")

    generator = talk()
    assert await anext(generator) == "first"
    assert await generator.asend("hello") == "hello"
    assert await generator.athrow(KeyError("k")) == "caught"
    with pytest.raises(ValueError, match="bad"):
        await anext(generator)
    assert ended[0].status.description == "ValueError: bad"


async def test_an_async_generator_closed_by_another_task(ended, caplog) -> None:
    """Closing in another task runs the clean-up, raises nothing and logs nothing."""
    cleaned: list[bool] = []

    @span("pages")
    async def pages() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    generator = pages()
    await asyncio.create_task(anext(generator))
    await asyncio.create_task(generator.aclose())
    assert cleaned == [True]
    assert names(ended) == ["pages"]
    assert caplog.records == []


def test_what_is_no_function_stays_as_it_is() -> None:
    """Decorating something that can't be called doesn't raise."""
    assert span("a")(5) == 5


def test_one_object_for_many_calls(ended) -> None:
    """A span object can be kept and used again."""
    kept = span("again")
    for _ in range(3):
        with kept:
            pass
    assert len({each.span_id for each in ended}) == 3
