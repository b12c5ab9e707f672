"""Becoming the outermost layer of Starlette applications, outside ServerErrorMiddleware, in any import order."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any

from obskit.integration import patch
from obskit_fastapi import native
from obskit_fastapi.asgi import Receive, Scope, Send
from obskit_fastapi.exchange import begun, unserved

Method = Callable[[Any, Scope, Receive, Send], Awaitable[None]]


def wrap(applies: Callable[[object], bool]) -> Callable[[], None]:
    """Serve through obskit the requests of every application for which `applies` holds.

    What is wrapped is the classes' `__call__`: a middleware stack may have been built, a name imported, long before.

    Returns:
        A function that puts back what was there, or leaves a mere pass-through where someone else has wrapped it since.
    """
    undo = [patch(cls, "__call__", partial(_outermost, applies)) for cls in _application_classes()]

    def restore() -> None:
        while undo:
            undo.pop()()

    return restore


def _application_classes() -> list[type]:
    """Return the classes to wrap: FastAPI's own telemetry runs in its `__call__`, before Starlette's."""
    found = []
    for module, name in (("starlette.applications", "Starlette"), ("fastapi.applications", "FastAPI")):
        cls = getattr(sys.modules.get(module), name, None)
        if isinstance(cls, type) and "__call__" in cls.__dict__:
            found.append(cls)
    return found


def _outermost(applies: Callable[[object], bool], original: Method, active: Callable[[], bool]) -> Method:
    has_telemetry = original.__module__ == "fastapi.applications"

    @wraps(original)
    async def call(self: Any, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = None
        if unserved(scope) and active() and applies(self):
            exchange = begun(scope, receive, send, self)
        if has_telemetry:
            native.pass_by(self, scope)
        if exchange is None:
            await original(self, scope, receive, send)
            return
        try:
            await original(self, scope, exchange.receive, exchange.send)
        except BaseException as error:
            exchange.close(error)
            raise
        exchange.close(None)

    return call
