"""Becoming the outermost layer of Starlette applications, outside ServerErrorMiddleware, in any import order."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any

from obskit.integration import patch
from obskit_fastapi.asgi import Receive, Scope, Send
from obskit_fastapi.exchange import serve, unserved

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
    @wraps(original)
    async def call(self: Any, scope: Scope, receive: Receive, send: Send) -> None:
        if active() and unserved(scope) and applies(self):
            await serve(partial(original, self), scope, receive, send, application=self)
        else:
            await original(self, scope, receive, send)

    return call
