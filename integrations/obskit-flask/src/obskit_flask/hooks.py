"""What Flask tells of a request on its way: the rule it matched, the exception nobody handled, the response."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, got_request_exception, has_request_context, request, request_finished, request_started
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from obskit.integration import guard
from obskit_flask import flask_log
from obskit_flask.exchange import Exchange, exchange_of

_listeners = 0


def connect() -> Callable[[], None]:
    """Listen to Flask's signals; return what stops it, once everyone who wanted it has stopped."""
    global _listeners
    _listeners += 1
    for signal, receiver in _RECEIVERS:
        signal.connect(receiver, weak=False)
    connected = True

    def disconnect() -> None:
        global _listeners
        nonlocal connected
        _listeners -= connected
        connected = False
        if _listeners == 0:
            for signal, receiver in _RECEIVERS:
                signal.disconnect(receiver)

    return disconnect


def noting_handled(original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """Wrap `Flask.handle_user_exception`: an exception that the application answers by a 5xx of its own is a fault too."""

    @wraps(original)
    def handle_user_exception(*args: Any, **kwargs: Any) -> Any:
        with guard():
            error = args[-1] if args else kwargs.get("e")
            exchange = _current()
            if active() and exchange is not None and not isinstance(error, HTTPException):
                exchange.handled = error
        return original(*args, **kwargs)

    return handle_user_exception


def _started(sender: Flask, **_: Any) -> None:
    with guard():
        if exchange := _current():
            rule = request.url_rule
            exchange.matched(request.environ, None if rule is None else rule.rule)


def _failed(sender: Flask, exception: BaseException, **_: Any) -> None:
    with guard():
        if exchange := _current():
            exchange.error = exception
            flask_log.leave_out()


def _finished(sender: Flask, response: Response, **_: Any) -> None:
    with guard():
        if exchange := _current():
            exchange.is_whole = response.is_sequence
            exchange.has_callbacks = bool(response._on_close)


def _current() -> Exchange | None:
    return exchange_of(request.environ) if has_request_context() else None


_RECEIVERS: tuple[tuple[Any, Callable[..., None]], ...] = (
    (request_started, _started),
    (got_request_exception, _failed),
    (request_finished, _finished),
)
