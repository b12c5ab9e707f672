"""Making FastAPI's own telemetry give way, so that a request has one server span."""

from __future__ import annotations

import copy
import sys
from collections import ChainMap
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from obskit.integration import guard, patch
from obskit_fastapi.asgi import Scope
from obskit_fastapi.exchange import needs_no_span_of_fastapi


def give_way() -> Callable[[], None]:
    """Have a FastAPI that traces by itself make no spans for requests that have one already.

    Its metrics and log events stay.

    Returns:
        A function that undoes it.
    """
    telemetry = getattr(sys.modules.get("fastapi.telemetry._asgi"), "NativeTelemetry", None)
    if telemetry is None or "__call__" not in telemetry.__dict__:
        return lambda: None
    return patch(telemetry, "__call__", _without_spans)


def _without_spans(
    original: Callable[..., Awaitable[None]], active: Callable[[], bool]
) -> Callable[..., Awaitable[None]]:
    quiet: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    @wraps(original)
    async def call(self: Any, *, scope: Scope, **arguments: Any) -> None:
        telemetry = self
        if active() and needs_no_span_of_fastapi(scope):
            with guard():
                if self not in quiet:
                    quiet[self] = _quiet(self)
                telemetry = quiet[self]
        await original(telemetry, scope=scope, **arguments)

    return call


def _quiet(telemetry: Any) -> Any:
    """Return a twin that differs in one setting: the application's own object and configuration stay as they are."""
    twin = copy.copy(telemetry)
    twin.config = ChainMap({"tracing": False}, telemetry.config)
    return twin
