"""Whether OpenTelemetry's own instrumentation makes the span of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def makes_the_span(app: Flask) -> bool:
    """Return whether opentelemetry-instrumentation-flask has instrumented this application.

    It replaces `flask.Flask` by a subclass, so that an application made from a name imported before is not instrumented
    though the instrumentor is active: what it leaves on the application is the sure sign.
    """
    return getattr(app, "_is_instrumented_by_opentelemetry", False) is True
