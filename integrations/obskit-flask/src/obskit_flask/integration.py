"""The plug-in that `obskit.init` finds under the name of the framework."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any, ClassVar

from obskit.integration import DidNotEnable, Integration, patch
from obskit_flask.wsgi import Environ, StartResponse


class FlaskIntegration(Integration):
    """Serve every request of every Flask application in the process as one unit of work."""

    name: ClassVar[str] = "flask"

    def install(self) -> Callable[[], None]:
        """Wrap `Flask.__call__` and listen to Flask's signals; return what undoes it.

        Methods of the class are what is wrapped: applications may exist, and names be imported, before.

        Raises:
            DidNotEnable: where Flask is not installed.
        """
        try:
            from flask import Flask
        except ImportError as missing:
            raise DidNotEnable(f"Flask is not importable: {missing}") from missing
        from obskit_flask import hooks, left_out

        undo = [
            patch(Flask, "__call__", _serving),
            patch(Flask, "handle_user_exception", hooks.noting_handled),
            patch(Flask, "process_response", hooks.noting_answer),
            hooks.connect(),
            left_out.detach,
        ]

        def restore() -> None:
            while undo:
                undo.pop()()

        return restore


def _serving(original: Callable[..., Iterable[bytes]], active: Callable[[], bool]) -> Callable[..., Iterable[bytes]]:
    from obskit_flask.exchange import serve

    @wraps(original)
    def call(self: Any, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if active():
            return serve(self, partial(original, self), environ, start_response)
        return original(self, environ, start_response)

    return call
