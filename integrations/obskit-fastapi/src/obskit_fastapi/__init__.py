"""obskit for FastAPI, Starlette and any other ASGI application: one unit of work, one server span and one access line a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obskit_fastapi.integration import FastAPIIntegration, StarletteIntegration

if TYPE_CHECKING:
    from obskit_fastapi.middleware import ObskitMiddleware

__all__ = ["FastAPIIntegration", "ObskitMiddleware", "StarletteIntegration"]


def __getattr__(name: str) -> object:
    if name == "ObskitMiddleware":
        # Loading it wraps Starlette for applications that add it by hand; who only installs the integration needs none of that.
        from obskit_fastapi.middleware import ObskitMiddleware

        return ObskitMiddleware
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
