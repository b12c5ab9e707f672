"""Leaving out of obskit what Flask and the server say of a request, where the access line says it.

The filter stands on obskit's own handler: an application's handlers, and a server's log file, get every line.
"""

from __future__ import annotations

import logging

import flask.app
from flask import has_request_context, request

from obskit_flask.exchange import MARK, exchange_of

# The handler that has the filter; asked with each request, whether it is still there.
_filtered: logging.Handler | None = None


def attach() -> None:
    """Put the filter onto obskit's handler, which a new `init` has made anew."""
    global _filtered
    if _filtered is not None and _filtered in logging.root.handlers:
        return
    for handler in _handlers_of_obskit():
        _filtered = handler
        if _is_news not in handler.filters:
            handler.addFilter(_is_news)


def detach() -> None:
    """Take the filter away."""
    global _filtered
    _filtered = None
    for handler in _handlers_of_obskit():
        handler.removeFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    if record.name == "gunicorn.access":
        # gunicorn gives the line everything that it can be formatted with, the environ among it.
        return not (isinstance(record.args, dict) and f"{{{MARK}}}e" in record.args)
    return not _is_flasks_report(record)


def _is_flasks_report(record: logging.LogRecord) -> bool:
    """Return whether `Flask.log_exception` has made this record of the exception that the access line will tell of."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or record.funcName != "log_exception" or record.pathname != flask.app.__file__:
        return False
    exchange = exchange_of(request.environ) if has_request_context() else None
    return exchange is not None and not exchange.finished and exchange.error is error


def _handlers_of_obskit() -> list[logging.Handler]:
    handlers = logging.getLogger().handlers
    return [handler for handler in handlers if type(handler).__module__.partition(".")[0] == "obskit"]
