"""What Flask tells of a request on its way: the rule it matched, the exception nobody handled, the response."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from blinker import ANY
from flask import got_request_exception, has_request_context, request, request_finished, request_started
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from obskit.integration import guard
from obskit_flask import left_out
from obskit_flask.exchange import Exchange, exchange_of


def connect(sender: Any = ANY) -> Callable[[], None]:
    """Listen to the signals of one application, or of all; return what stops it."""
    # New objects each time, for a signal knows its receivers by identity: those of one caller are not another's.
    connected = [(signal, partial(receiver)) for signal, receiver in _RECEIVERS]
    for signal, receiver in connected:
        signal.connect(receiver, sender, weak=False)

    def disconnect() -> None:
        for signal, receiver in connected:
            signal.disconnect(receiver)

    return disconnect


def noting_handled(original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """Wrap `Flask.handle_user_exception`: an exception that the application answers by a 5xx is a fault too."""

    @wraps(original)
    def handle_user_exception(*args: Any, **kwargs: Any) -> Any:
        with guard():
            error = args[-1] if args else kwargs.get("e")
            exchange = _current()
            if active() and exchange is not None and not isinstance(error, HTTPException):
                exchange.handled = error
        return original(*args, **kwargs)

    return handle_user_exception


def _started(*_: Any, **__: Any) -> None:
    with guard():
        if exchange := _current():
            left_out.attach()
            rule = request.url_rule
            exchange.matched(request.environ, None if rule is None else rule.rule)


def _failed(*_: Any, exception: BaseException, **__: Any) -> None:
    with guard():
        if exchange := _current():
            exchange.error = exception


def _finished(*_: Any, response: Response, **__: Any) -> None:
    with guard():
        if exchange := _current():
            # What `abort` answers with has passed through `Response.from_app`, which makes a whole body an iterator.
            exchange.is_whole = response.is_sequence or isinstance(response.response, ClosingIterator)
            exchange.has_callbacks = bool(response._on_close)  # noqa: SLF001 - nothing public tells


def _current() -> Exchange | None:
    return exchange_of(request.environ) if has_request_context() else None


_RECEIVERS: tuple[tuple[Any, Callable[..., None]], ...] = (
    (request_started, _started),
    (got_request_exception, _failed),
    (request_finished, _finished),
)
