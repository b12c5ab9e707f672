"""Leaving out of obskit what Flask says of an exception itself, where the access line tells of it."""

from __future__ import annotations

import logging

import flask.app
from flask import has_request_context, request

from obskit_flask.exchange import exchange_of


def leave_out() -> None:
    """Keep obskit's handler from taking Flask's own line about an exception; the application's handlers get it."""
    for handler in _handlers_of_obskit():
        if _told_elsewhere not in handler.filters:
            handler.addFilter(_told_elsewhere)


def take_in() -> None:
    """Undo `leave_out`."""
    for handler in _handlers_of_obskit():
        handler.removeFilter(_told_elsewhere)


def _told_elsewhere(record: logging.LogRecord) -> bool:
    """Let every record pass but the one that `Flask.log_exception` makes of the exception of this request."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or record.funcName != "log_exception" or record.pathname != flask.app.__file__:
        return True
    exchange = exchange_of(request.environ) if has_request_context() else None
    return exchange is None or exchange.finished or exchange.error is not error


def _handlers_of_obskit() -> list[logging.Handler]:
    handlers = logging.getLogger().handlers
    return [handler for handler in handlers if type(handler).__module__.partition(".")[0] == "obskit"]
