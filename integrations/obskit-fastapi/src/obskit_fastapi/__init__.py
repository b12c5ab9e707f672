"""obskit for FastAPI, Starlette and other ASGI applications: a unit of work, server span and access line a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obskit_fastapi.integration import FastAPIIntegration, StarletteIntegration

if TYPE_CHECKING:
    from obskit_fastapi.middleware import ObskitMiddleware

__all__ = ["FastAPIIntegration", "ObskitMiddleware", "StarletteIntegration"]


def __getattr__(name: str) -> object:
    if name == "ObskitMiddleware":
        # Loading it wraps Starlette for applications that add it by hand, which the integration has no need of.
        from obskit_fastapi.middleware import ObskitMiddleware

        return ObskitMiddleware
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
