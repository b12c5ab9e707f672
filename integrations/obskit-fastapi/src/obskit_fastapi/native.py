"""Making FastAPI's own telemetry give way, so that a request has one server span."""

from __future__ import annotations

import copy
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from obskit.integration import failed, guard, patch
from obskit_fastapi.asgi import Scope
from obskit_fastapi.exchange import needs_no_span_of_fastapi

_KEY = "fastapi.telemetry"
_SECONDS = 1.0


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


def pass_by(app: object, scope: Scope) -> None:
    """Spare a request that needs no span of FastAPI's the way through its telemetry, where that would do nothing else.

    Whether it would is asked once a second: a provider of metrics may be set while requests are served.

    Args:
        app: the application that is about to serve it; a mounted one may measure where the outer one does not.
        scope: the request's.
    """
    telemetry = getattr(app, "_native_telemetry", None)
    if telemetry is None or scope.get(_KEY) is not None or not needs_no_span_of_fastapi(scope):
        return
    try:
        quiet = _quiet.get(telemetry) or _Quiet(telemetry)
        now = monotonic()
        if now >= quiet.asked + _SECONDS:
            quiet.asked, quiet.idle = now, not quiet.telemetry.enabled()
        if quiet.idle:
            # What FastAPI itself puts there for requests that the application excludes.
            scope[_KEY] = None
        else:
            scope.pop(_KEY, None)
    except Exception as trouble:
        failed(trouble)


def _without_spans(
    original: Callable[..., Awaitable[None]], active: Callable[[], bool]
) -> Callable[..., Awaitable[None]]:
    @wraps(original)
    async def call(self: Any, *, scope: Scope, **arguments: Any) -> None:
        telemetry = self
        if active() and needs_no_span_of_fastapi(scope):
            with guard():
                telemetry = (_quiet.get(self) or _Quiet(self)).telemetry
        await original(telemetry, scope=scope, **arguments)

    return call


class _Quiet:
    """A twin of an application's telemetry that does not trace: its own object and configuration stay as they are."""

    __slots__ = ("asked", "idle", "telemetry")

    def __init__(self, telemetry: Any) -> None:
        self.telemetry = copy.copy(telemetry)
        self.telemetry.config = _Untraced(telemetry.config)
        # Whether it has anything to do, and when that was asked.
        self.idle, self.asked = False, -_SECONDS
        _quiet[telemetry] = self


_quiet: WeakKeyDictionary[Any, _Quiet] = WeakKeyDictionary()


class _Untraced(dict[str, Any]):
    """A configuration as it is, but for tracing."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(tracing=False)
        self._config = config

    def __missing__(self, key: str) -> Any:
        return self._config[key]
