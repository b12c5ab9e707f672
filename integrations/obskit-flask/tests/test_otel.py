"""Beside OpenTelemetry's own instrumentation there is one span a request."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor


@pytest.fixture
def instrumented(app: Flask) -> Any:
    """Return an application that OpenTelemetry's package has instrumented."""
    FlaskInstrumentor.instrument_app(app)
    yield app
    FlaskInstrumentor.uninstrument_app(app)


def test_there_is_one_span_and_one_line(captured: Any, access: Any, instrumented: Flask) -> None:
    """The span is OpenTelemetry's; the access line carries its ids and the response the correlation id."""
    answer = instrumented.test_client().get("/items/7")
    (span,) = captured.spans
    (line,) = access()
    assert span["instrumentation"]["name"] == "opentelemetry.instrumentation.flask"
    assert (line["trace_id"], line["span_id"]) == (span["trace_id"], span["span_id"])
    assert answer.headers["X-Correlation-ID"] == line["correlation_id"] == span["correlation_id"]
    assert line["request"]["route"] == "/items/<item>"


def test_an_application_instrumented_by_nobody_has_our_span(captured: Any, instrumented: Flask, make_app: Any) -> None:
    """The other application in the same process is obskit's."""
    make_app().test_client().get("/items/7")
    assert captured.spans[0]["instrumentation"]["name"] == "obskit_flask"
