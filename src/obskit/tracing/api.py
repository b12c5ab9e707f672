"""`obskit.span`: a span for a block or a function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from contextvars import Token
from types import TracebackType
from typing import Any, TypeVar

from opentelemetry import trace
from opentelemetry.context.context import Context

from obskit.tracing.active import variable, with_span
from obskit.tracing.current import Current, detach, finish
from obskit.tracing.facade import tracer

F = TypeVar("F")


class span(Current):  # noqa: N801
    """Open a span, as `with obskit.span("load"):` or `@obskit.span("load")`.

    The decorator takes functions, coroutine functions, generators and async generators, methods of every kind included.
    A generator's span is current while the generator runs, not while its consumer does. An exception is recorded, makes
    the status ERROR, and goes on. Leaving never raises, in whatever context that happens.

    Args:
        name: what is being done.
        attributes: the span's attributes.
    """

    __slots__ = ()

    def __init__(self, name: str, /, **attributes: Any) -> None:
        super().__init__(_start, (name, attributes))

    def __call__(self, function: F) -> F:
        """Wrap a function, so that each call has a span of its own."""
        wrapped: Any = function
        if isinstance(function, (classmethod, staticmethod)):
            wrapped = type(function)(self(function.__func__))
        elif inspect.isasyncgenfunction(function):
            wrapped = _wrap_async_generator(function, functools.partial(self._start, *self._arguments))
        elif inspect.isgeneratorfunction(function):
            wrapped = _wrap_generator(function, functools.partial(self._start, *self._arguments))
        elif callable(function):
            wrapped = super().__call__(function)
        return wrapped  # type: ignore[no-any-return]


def _start(name: str, attributes: dict[str, Any]) -> trace.Span:
    return tracer().start_span(name, attributes=attributes)


class _Step:
    """Makes a generator's span current for one step of it."""

    __slots__ = ("_active", "_span", "_token")

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def __enter__(self) -> None:
        self._active: Context = with_span(self._span)
        self._token: Token[Context] = variable.set(self._active)

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        detach(self._token, self._active)


def _wrap_generator(function: Callable[..., Any], start: Callable[[], trace.Span]) -> Callable[..., Any]:
    @functools.wraps(function)
    def generate(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        span = start()
        try:
            result = yield from _steps(function(*args, **kwargs), span)
        except BaseException as error:
            finish(span, error, record=True, set_status=True, end=True)
            raise
        finish(span, None, record=True, set_status=True, end=True)
        return result

    return generate


def _steps(generator: Generator[Any, Any, Any], span: trace.Span) -> Generator[Any, Any, Any]:
    advance: Callable[[], Any] = functools.partial(next, generator)
    while True:
        try:
            with _Step(span):
                item = advance()
        except StopIteration as stop:
            return stop.value
        try:
            sent = yield item
        except GeneratorExit:
            with _Step(span):
                generator.close()
            raise
        except BaseException as error:
            advance = functools.partial(generator.throw, error)
        else:
            advance = functools.partial(generator.send, sent)


def _wrap_async_generator(function: Callable[..., Any], start: Callable[[], trace.Span]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def generate(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        span = start()
        generator: AsyncGenerator[Any, Any] = function(*args, **kwargs)
        advance: Callable[[], Any] = functools.partial(anext, generator)
        try:
            while True:
                try:
                    with _Step(span):
                        item = await advance()
                except StopAsyncIteration:
                    break
                try:
                    sent = yield item
                except GeneratorExit:
                    with _Step(span):
                        await generator.aclose()
                    raise
                except BaseException as error:
                    advance = functools.partial(generator.athrow, error)
                else:
                    advance = functools.partial(generator.asend, sent)
        except BaseException as error:
            finish(span, error, record=True, set_status=True, end=True)
            raise
        finish(span, None, record=True, set_status=True, end=True)

    return generate
