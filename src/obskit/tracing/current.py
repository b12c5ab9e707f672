"""Make a span the current one for a block or a function, and leave it again in whatever context that happens."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import Token
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.trace import Status, StatusCode

from obskit.tracing.active import SPAN, variable
from obskit.tracing.attributes import text_of
from obskit.tracing.span import Span

F = TypeVar("F", bound=Callable[..., Any])
_Entry: TypeAlias = tuple[trace.Span, Context, Token[Context]]


class Current:
    """A context manager, and a decorator, that starts a span and makes it current.

    Leaving never raises and never logs, in whatever context it happens: a generator may be closed in another one.

    Args:
        start: makes the span; called once for each block or call.
        arguments: what `start` is called with.
        record_exception: whether an exception that passes is recorded.
        set_status_on_exception: whether it sets the status to ERROR.
        end_on_exit: whether leaving ends the span.
    """

    __slots__ = ("_arguments", "_end", "_entered", "_record", "_start", "_status")

    def __init__(
        self,
        start: Callable[..., trace.Span],
        arguments: tuple[Any, ...] = (),
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> None:
        self._start = start
        self._arguments = arguments
        self._record = record_exception
        self._status = set_status_on_exception
        self._end = end_on_exit
        self._entered: list[_Entry] = []

    def __enter__(self) -> trace.Span:
        """Start the span and make it current."""
        span = self._start(*self._arguments)
        # What `with_span` does, without the call.
        active = Context(variable.get())
        dict.__setitem__(active, SPAN, span)
        self._entered.append((span, active, variable.set(active)))
        return span

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        """Make the span before current again, note the exception, end the span."""
        entered = self._entered
        entry = entered.pop() if len(entered) == 1 else self._own_entry()
        if entry is None:
            return
        span, active, token = entry
        if variable.get() is active:
            try:
                variable.reset(token)
            except Exception:
                # The context is another one, which holds what this one held.
                pass
        else:
            detach(token, active)
        if exc_val is not None or type(span) is not Span:
            finish(span, exc_val, self._record, self._status, self._end)
        elif self._end:
            try:
                span.end()
            except Exception:
                pass

    def __call__(self, function: F) -> F:
        """Wrap a function, sync or async, so that each call has a span of its own."""
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    return await function(*args, **kwargs)

            return call_async  # type: ignore[return-value]

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return call  # type: ignore[return-value]

    def _again(self) -> Current:
        return Current(self._start, self._arguments, self._record, self._status, self._end)

    def _own_entry(self) -> _Entry | None:
        entered = self._entered
        if len(entered) > 1:
            # One object may serve several threads or tasks at once: each leaves its own block.
            current = variable.get()
            for index in range(len(entered) - 1, -1, -1):
                if entered[index][1] is current:
                    return entered.pop(index)
        return entered.pop() if entered else None


def detach(token: Token[Context], active: Context) -> None:
    """Leave a context that was attached, without raising or logging where that can't be done.

    Args:
        token: what `attach` gave.
        active: the context that was attached.
    """
    before = variable.get()
    try:
        # Not `opentelemetry.context.detach`: it logs an error where the token is another context's.
        variable.reset(token)
    except Exception:
        return
    if before is active:
        return
    span = trace.get_current_span()
    if isinstance(span, Span) and span.end_time is not None:
        # Blocks were left out of order, and the token leads back to one that is over.
        variable.set(before)


def finish(span: trace.Span, exception: BaseException | None, record: bool, set_status: bool, end: bool) -> None:
    """Note the exception that passes through a span, and end it; never raises.

    Args:
        span: any span of OpenTelemetry's API.
        exception: what passes, if anything; GeneratorExit, KeyboardInterrupt, SystemExit, cancellation are no faults.
        record: whether an exception is recorded.
        set_status: whether it sets the status to ERROR.
        end: whether the span ends.
    """
    try:
        if isinstance(exception, Exception) and span.is_recording():
            if record:
                span.record_exception(exception)
            if set_status:
                span.set_status(Status(StatusCode.ERROR, f"{type(exception).__name__}: {text_of(exception)}"))
    except Exception:
        pass
    try:
        if end:
            span.end()
    except Exception:
        pass
