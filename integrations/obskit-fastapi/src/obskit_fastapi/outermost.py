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
Undo = Callable[[], None]


def every(_app: object) -> bool:
    """Apply to every application."""
    return True


def wrap(applies: Callable[[object], bool]) -> Undo:
    """Serve through obskit the requests of every application for which `applies` holds.

    What is wrapped is the classes' `__call__`: a middleware stack may have been built, a name imported, long before.

    Returns:
        A function that puts back what was there, or leaves a mere pass-through where someone else has wrapped it since.
    """
    undo = [_hold(cls, applies) for cls in _application_classes()]

    def restore() -> None:
        while undo:
            undo.pop()()

    return restore


class _Wrapping:
    """One wrapped `__call__`, which all who ask for the same share: each layer costs every request."""

    __slots__ = ("applies", "call", "holders", "restore")

    def __init__(self, cls: type, applies: Callable[[object], bool]) -> None:
        self.applies = applies
        self.holders = 0
        self.restore: Undo = patch(cls, "__call__", partial(_outermost, self))
        self.call = cls.__dict__["__call__"]

    def hold(self) -> Undo:
        """Count one more who wants it; return what counts it no more, of which the last puts back what was there."""
        self.holders += 1

        def release() -> None:
            self.holders -= 1
            if not self.holders:
                self.restore()

        return release


def _hold(cls: type, applies: Callable[[object], bool]) -> Undo:
    outermost = cls.__dict__["__call__"]
    found = getattr(outermost, "_obskit_wrapping", None)
    # Not where others have wrapped it since, who may have copied the mark: then a new one goes around theirs.
    if isinstance(found, _Wrapping) and found.call is outermost and found.applies is applies and found.holders:
        return found.hold()
    return _Wrapping(cls, applies).hold()


def _application_classes() -> list[type]:
    """Return the classes to wrap: FastAPI's own telemetry runs in its `__call__`, before Starlette's."""
    found = []
    for module, name in (("starlette.applications", "Starlette"), ("fastapi.applications", "FastAPI")):
        cls = getattr(sys.modules.get(module), name, None)
        if isinstance(cls, type) and "__call__" in cls.__dict__:
            found.append(cls)
    return found


def _outermost(wrapping: _Wrapping, original: Method, active: Callable[[], bool]) -> Method:
    has_telemetry = original.__module__ == "fastapi.applications"
    applies = wrapping.applies

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

    call._obskit_wrapping = wrapping  # type: ignore[attr-defined]  # noqa: SLF001 - a mark of our own
    return call
