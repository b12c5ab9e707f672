"""The middleware to wrap an ASGI application in by hand."""

from __future__ import annotations

from obskit_fastapi import native, outermost
from obskit_fastapi.asgi import Application, Receive, Scope, Send
from obskit_fastapi.exchange import serve, unserved


class ObskitMiddleware:
    """Serve each HTTP request of `app` as one unit of work; pass websockets and lifespan on untouched.

    Works around any ASGI 3 application: `ObskitMiddleware(app)`. Given to `add_middleware` of FastAPI or Starlette it
    becomes the outermost layer, outside ServerErrorMiddleware. Beside the installed integration it acts once.

    Args:
        app: the ASGI application to wrap.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3)."""
        if unserved(scope):
            await serve(self.app, scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _added_by_hand(app: object) -> bool:
    return any(
        isinstance(cls := getattr(entry, "cls", None), type) and issubclass(cls, ObskitMiddleware)
        for entry in getattr(app, "user_middleware", ())
    )


# Who loads this wants to add it, and a middleware learns too late which application it is in to get outside.
outermost.wrap(_added_by_hand)
native.give_way()
