"""Carry scope and span to where nothing else carries them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextvars import Context, copy_context
from typing import Any, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_Fresh: TypeAlias = Callable[[], Context]


def propagate(function: Callable[P, R]) -> Callable[P, R]:
    """Wrap a callable so that it runs in the scope and span that are current now.

    A coroutine function, generator function or async generator function stays one; each of its steps runs there.

    Args:
        function: Any callable; it may then run in any thread, any number of times, also at once.

    Returns:
        A callable of the same signature.
    """
    # A Context can be entered once at a time: each call runs in a copy of its own.
    wrapper: Any = _wrapper_for(function)(function, copy_context().copy)
    return functools.wraps(function)(wrapper)


def _wrapper_for(function: Any) -> Callable[[Callable[..., Any], _Fresh], Callable[..., Any]]:
    # Frameworks ask an object's `__call__` too.
    for asked in (function, getattr(function, "__call__", None)):  # noqa: B004 - asked of, not tested for
        if inspect.iscoroutinefunction(asked):
            return _coroutine
        if inspect.isasyncgenfunction(asked):
            return _async_generator
        if inspect.isgeneratorfunction(asked):
            return _generator
    return _call


def _call(function: Callable[..., Any], fresh: _Fresh) -> Callable[..., Any]:
    def carried(*args: Any, **kwargs: Any) -> Any:
        return fresh().run(function, *args, **kwargs)

    return carried


def _coroutine(function: Callable[..., Any], fresh: _Fresh) -> Callable[..., Any]:
    async def carried(*args: Any, **kwargs: Any) -> Any:
        context = fresh()
        return await _Carried(context, context.run(function, *args, **kwargs))

    return carried


def _generator(function: Callable[..., Any], fresh: _Fresh) -> Callable[..., Any]:
    def carried(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        context = fresh()
        return (yield from _steps(context, context.run(function, *args, **kwargs)))

    return carried


def _async_generator(function: Callable[..., Any], fresh: _Fresh) -> Callable[..., Any]:
    async def carried(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        context = fresh()
        inner = context.run(function, *args, **kwargs)
        resume, given = inner.asend, None
        try:
            while True:
                try:
                    out = await _Carried(context, resume(given))
                except StopAsyncIteration:
                    return
                try:
                    resume, given = inner.asend, (yield out)
                except GeneratorExit:
                    await _Carried(context, inner.aclose())
                    raise
                except BaseException as thrown:
                    # Not swallowed, cancellation neither: it is for the code inside to answer.
                    resume, given = inner.athrow, thrown
        finally:
            # An exception that passes through would hold this frame, and be held by it.
            del given

    return carried


class _Carried:
    """Awaits something step by step in a context."""

    __slots__ = ("_awaited", "_context")

    def __init__(self, context: Context, awaited: Awaitable[Any]) -> None:
        self._context = context
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, Any]:
        return _steps(self._context, self._context.run(self._awaited.__await__))


def _steps(context: Context, inner: Any) -> Generator[Any, Any, Any]:
    """Do what `yield from` does, each step of `inner` in the context."""
    resume, given = inner.send, None
    try:
        while True:
            try:
                out = context.run(resume, given)
            except StopIteration as end:
                return end.value
            try:
                resume, given = inner.send, (yield out)
            except GeneratorExit:
                context.run(inner.close)
                raise
            except BaseException as thrown:
                # Not swallowed, cancellation neither: it is for the code inside to answer.
                resume, given = inner.throw, thrown
    finally:
        # An exception that passes through would hold this frame, and be held by it.
        del given
