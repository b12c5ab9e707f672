"""Telling whether OpenTelemetry's own instrumentation makes the span of an attempt, or none is wanted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from opentelemetry import context

if TYPE_CHECKING:
    import httpx

_INSTRUMENTATION = "opentelemetry.instrumentation.httpx"
_OFF_SWITCHES = {
    "suppress_instrumentation",
    getattr(context, "_SUPPRESS_INSTRUMENTATION_KEY", ""),
    getattr(context, "_SUPPRESS_HTTP_INSTRUMENTATION_KEY", ""),
}


def suppressed() -> bool:
    """Return whether this runs under OpenTelemetry's `suppress_instrumentation` or its like for HTTP."""
    held = context.get_current()
    return not _OFF_SWITCHES.isdisjoint(held) and any(held.get(key) for key in _OFF_SWITCHES)


def makes_the_span(client: Any, request: httpx.Request) -> bool:
    """Return whether OpenTelemetry's instrumentation is active, for all clients or in the transport of this one."""
    if _INSTRUMENTATION not in sys.modules:
        return False
    httpx = sys.modules["httpx"]
    return (
        _wrapped(httpx.HTTPTransport.__dict__.get("handle_request"))
        or _wrapped(httpx.AsyncHTTPTransport.__dict__.get("handle_async_request"))
        or _instrumented(client._transport_for_url(request.url))  # noqa: SLF001 - the client's mounts decide, nothing public
    )


def _instrumented(transport: Any) -> bool:
    if any(cls.__module__.startswith(_INSTRUMENTATION) for cls in type(transport).__mro__):
        return True
    handler = getattr(transport, "handle_request", None), getattr(transport, "handle_async_request", None)
    return any(_wrapped(each) for each in handler)


def _wrapped(function: Any) -> bool:
    """Return whether the instrumentation put `function` in place: it wraps by `wrapt` with a partial of its own."""
    wrapper = getattr(function, "_self_wrapper", None)
    inner = getattr(wrapper, "func", wrapper)
    return str(getattr(inner, "__module__", "")).startswith(_INSTRUMENTATION)
