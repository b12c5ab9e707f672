"""The spans of outgoing calls, and who else makes spans."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from opentelemetry.util.types import AttributeValue

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
    return trace.get_tracer(tracer, version).start_span(name, None, _KINDS.get(kind, SpanKind.CLIENT), attributes)


def current_span() -> Span:
    """Return the current span; a non-recording one where there is none."""
    return trace.get_current_span()


@contextlib.contextmanager
def use_span(span: Span) -> Iterator[Span]:
    """Make a span current for a block; it is not ended."""
    active = trace.set_span_in_context(span)
    token = otel_context.attach(active)
    try:
        yield span
    finally:
        detach(token, active)


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
