"""Making FastAPI's own telemetry give way, so that a request has one server span."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from obskit_fastapi.asgi import Scope
from obskit_fastapi.exchange import spanned
from obskit_fastapi.patch import patch


def give_way() -> Callable[[], None]:
    """Have FastAPI (0.160 and later) make no spans for requests that obskit makes one for; its metrics stay.

    Returns:
        A function that undoes it.
    """
    telemetry = getattr(sys.modules.get("fastapi.telemetry._asgi"), "NativeTelemetry", None)
    if telemetry is None or "__call__" not in telemetry.__dict__:
        return lambda: None
    return patch(telemetry, "__call__", _as_if_instrumented)


def _as_if_instrumented(
    original: Callable[..., Awaitable[None]], active: Callable[[], bool]
) -> Callable[..., Awaitable[None]]:
    @wraps(original)
    async def __call__(self: Any, *, scope: Scope, **arguments: Any) -> None:
        # The switch that FastAPI itself sets where OpenTelemetry's instrumentor makes the spans.
        if active() and spanned(scope) and "legacy_otel" in arguments:
            arguments["legacy_otel"] = True
        await original(self, scope=scope, **arguments)

    return __call__
