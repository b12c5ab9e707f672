"""OpenTelemetry's semantic conventions, where every plug-in follows the same ones."""

from __future__ import annotations

import os

from obskit.record.error import type_name

_METHODS = frozenset(("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"))


def error_type(error: BaseException) -> str:
    """Return the full name of an exception's class, as the attribute `error.type` wants it."""
    return type_name(error)


def known_method(method: str) -> str:
    """Return an HTTP method as the attribute `http.request.method` wants it: `_OTHER` where it is not a known one.

    `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` names other known ones, by comma (HTTP semantic conventions).
    """
    named = [name.strip() for name in os.environ.get("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "").split(",")]
    known = frozenset(name for name in named if name) or _METHODS
    return method if method in known else "_OTHER"
