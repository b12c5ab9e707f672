"""What Flask tells of a request on its way: the exception nobody handled, the response, the rule that it matched."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from blinker import ANY
from flask import Request, got_request_exception, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import ClosingIterator

from obskit.integration import failed, guard
from obskit_flask import left_out
from obskit_flask.exchange import Exchange, exchange_of


def connect(sender: Any = ANY) -> Callable[[], None]:
    """Listen to what one application, or all, can't handle; return what stops it."""
    # A new object each time, for a signal knows its receivers by identity: those of one caller are not another's.
    receiver = partial(_failed)
    got_request_exception.connect(receiver, sender, weak=False)
    return partial(got_request_exception.disconnect, receiver)


def noting_handled(original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """Wrap `Flask.handle_user_exception`: an exception that the application answers by a 5xx is a fault too."""

    @wraps(original)
    def handle_user_exception(*args: Any, **kwargs: Any) -> Any:
        with guard():
            error = args[-1] if args else kwargs.get("e")
            _, exchange = _current()
            if active() and exchange is not None and not isinstance(error, HTTPException):
                exchange.handled = error
        return original(*args, **kwargs)

    return handle_user_exception


def noting_answer(original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """Wrap `Flask.process_response`, which has the last word on every response; signals would cost many times more."""

    @wraps(original)
    def process_response(*args: Any, **kwargs: Any) -> Any:
        response = original(*args, **kwargs)
        try:
            asked, exchange = _current()
            if asked is not None and exchange is not None and active():
                left_out.attach()
                exchange.matched(asked)
                # What `abort` answers with has passed `Response.from_app`, which makes a whole body an iterator.
                exchange.is_whole = response.is_sequence or isinstance(response.response, ClosingIterator)
                exchange.has_callbacks = bool(response._on_close)  # noqa: SLF001 - nothing public tells
        except Exception as trouble:
            failed(trouble)
        return response

    return process_response


def _failed(*_: Any, exception: BaseException, **__: Any) -> None:
    with guard():
        asked, exchange = _current()
        if asked is not None and exchange is not None:
            left_out.attach()
            exchange.matched(asked)
            exchange.error = exception


def _current() -> tuple[Request | None, Exchange | None]:
    if not has_request_context():
        return None, None
    asked = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - how a proxy is opened
    return asked, exchange_of(asked.environ)
