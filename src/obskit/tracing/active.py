"""OpenTelemetry's current context, without the way through its API at each of the steps that a block takes."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context.context import Context


class _Other:
    """Stands in for the variable where OTEL_PYTHON_CONTEXT names something that has none."""

    get = staticmethod(context.get_current)
    set = staticmethod(context.attach)
    reset = staticmethod(context.detach)


def _find() -> Any:
    # A token knows its variable: no private name of OpenTelemetry's is needed.
    token = context.attach(Context())
    found = getattr(token, "var", _Other)
    found.reset(token)
    return found


# Holds the current context.
variable: ContextVar[Context] = _find()
# The key of the span in a context.
SPAN: str = next(iter(trace.set_span_in_context(trace.INVALID_SPAN, Context())))


def with_span(span: trace.Span, base: Context | None = None) -> Context:
    """Make a context in which a span is the current one.

    Args:
        span: any span.
        base: what else is in it; by default what the current context has.
    """
    made = Context(variable.get() if base is None else base)
    # Nobody else has it yet; from here on it is as immutable as it says.
    dict.__setitem__(made, SPAN, span)
    return made
