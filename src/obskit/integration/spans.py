"""The spans of outgoing calls, and who else makes spans."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import TracebackType

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from opentelemetry.util.types import AttributeValue

from obskit.integration.terms import terms
from obskit.tracing.active import variable, with_span
from obskit.tracing.current import detach

_KINDS = {"client": SpanKind.CLIENT, "producer": SpanKind.PRODUCER, "internal": SpanKind.INTERNAL}


def client_span(
    name: str,
    *,
    kind: str = "client",
    attributes: Mapping[str, AttributeValue] | None = None,
    tracer: str = "obskit",
    version: str | None = None,
) -> Span:
    """Start the span of an outgoing call or message; it is not made current, and whoever asked ends it."""
    return terms().tracer(tracer, version).start_span(name, None, _KINDS.get(kind, SpanKind.CLIENT), attributes)


def current_span() -> Span:
    """Return the current span; a non-recording one where there is none."""
    return trace.get_current_span()


class use_span:  # noqa: N801 - used like a function
    """Make a span current for a block; it is not ended.

    Args:
        span: The span, which is also what the context manager gives.
    """

    __slots__ = ("_active", "_span", "_token")

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        self._active = with_span(self._span)
        self._token = variable.set(self._active)
        return self._span

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        detach(self._token, self._active)


def instrumented_by_opentelemetry(package: str) -> bool:
    """Tell whether OpenTelemetry's own instrumentor of a framework is active.

    Args:
        package: The module, such as `opentelemetry.instrumentation.httpx`.
    """
    module = sys.modules.get(package)
    for found in vars(module).values() if module is not None else ():
        instance = getattr(found, "_instance", None) if isinstance(found, type) else None
        if instance is not None and getattr(instance, "_is_instrumented_by_opentelemetry", False):
            return True
    return False
