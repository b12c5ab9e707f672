"""The extension to add to an application by hand."""

from __future__ import annotations

from functools import partial

from flask import Flask

from obskit_flask import hooks
from obskit_flask.exchange import serve

_KEY = "obskit"


class Obskit:
    """Serve each request of an application as one unit of work: `Obskit(app)`, or `init_app` in a factory.

    Beside the installed integration it acts once. It may be added before or after `obskit.init`, and does nothing while
    obskit is not initialised.

    Args:
        app: the application; None where `init_app` will be called.
    """

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Add the extension to an application; a second time is the same as once.

        Args:
            app: the application. Middleware that `app.wsgi_app` is wrapped in later runs outside the unit of work.
        """
        if _KEY in app.extensions:
            return
        app.extensions[_KEY] = self
        hooks.connect(app)
        handled = hooks.noting_handled(app.handle_user_exception, lambda: True)
        app.handle_user_exception = handled  # type: ignore[method-assign]
        answer = hooks.noting_answer(app.process_response, lambda: True)
        app.process_response = answer  # type: ignore[method-assign]
        app.wsgi_app = partial(serve, app, app.wsgi_app)  # type: ignore[method-assign]
