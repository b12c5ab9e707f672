"""Telling whether someone else makes the span of a request: OpenTelemetry's instrumentation, or FastAPI on demand."""

from __future__ import annotations

import sys
from typing import Any, Literal

from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind

from obskit.integration import current_span

Maker = Literal["opentelemetry", "fastapi"]

_MIDDLEWARE = "opentelemetry.instrumentation.asgi"


def other_maker(app: object) -> Maker | None:
    """Return who else makes the span: OpenTelemetry's ASGI middleware around or inside `app`, FastAPI, or nobody."""
    if _MIDDLEWARE in sys.modules and (_around() or _inside(app)):
        return "opentelemetry"
    config = getattr(app, "_telemetry", None)
    # FastAPI's telemetry was given a tracer provider: there the application wants its spans.
    own = isinstance(config, dict) and config.get("tracer_provider") is not None and config.get("tracing")
    return "fastapi" if own else None


def server_span() -> Span | None:
    """Return the span that someone else has made for the request, seen from within its response; None where none is."""
    span: Any = current_span()
    if getattr(span, "kind", None) is SpanKind.SERVER:
        return current_span()
    # OpenTelemetry's middleware makes a span of every message sent, just beneath the request's.
    sent = str(getattr(span, "name", "")).endswith(" http send")
    parent = getattr(span, "parent", None) if sent else None
    return NonRecordingSpan(parent) if isinstance(parent, SpanContext) else None


def _around() -> bool:
    span: Any = current_span()
    scope = getattr(span, "instrumentation_scope", None)
    return (
        getattr(span, "kind", None) is SpanKind.SERVER
        and span.is_recording()
        and str(getattr(scope, "name", "")).startswith("opentelemetry.instrumentation.")
    )


def _inside(app: Any) -> bool:
    """Follow the layers that are built; where none are yet, believe the instrumentor's mark."""
    middleware = sys.modules[_MIDDLEWARE].OpenTelemetryMiddleware
    stack = getattr(app, "middleware_stack", None)
    if stack is None and hasattr(app, "user_middleware"):
        marked = getattr(app, "_is_instrumented_by_opentelemetry", False) is True
        return marked or any(getattr(entry, "cls", None) is middleware for entry in app.user_middleware)
    layer = app if stack is None else stack
    for _ in range(64):
        if layer is None or isinstance(layer, middleware):
            break
        layer = getattr(layer, "middleware_stack", None) or getattr(layer, "app", None)
    return isinstance(layer, middleware)
