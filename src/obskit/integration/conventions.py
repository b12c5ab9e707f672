"""OpenTelemetry's semantic conventions, where every plug-in follows the same ones."""

from __future__ import annotations

from obskit.integration.terms import terms
from obskit.record.error import type_name


def error_type(error: BaseException) -> str:
    """Return the full name of an exception's class, as the attribute `error.type` wants it."""
    return type_name(error)


def known_method(method: str) -> str:
    """Return an HTTP method as the attribute `http.request.method` wants it: `_OTHER` where it is not a known one.

    `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` names other known ones, by comma (HTTP semantic conventions). It is read
    once for each `init`.
    """
    return method if method in terms().methods else "_OTHER"
