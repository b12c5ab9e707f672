"""Stepping aside where OpenTelemetry's own instrumentation makes the spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from starlette.applications import Starlette

from obskit_fastapi import FastAPIIntegration, ObskitMiddleware


@pytest.fixture
def app() -> Iterator[FastAPI]:
    """Return an application whose instrumentation is taken off again."""
    app = FastAPI()

    @app.get("/items/{item}")
    def item(item: str) -> str:
        return item

    yield app
    FastAPIInstrumentor.uninstrument_app(app)


def _check(access: Any, server_spans: Any, response: Any) -> None:
    (line,) = access()
    (span,) = server_spans()
    assert span["instrumentation"]["name"].startswith("opentelemetry.instrumentation.")
    assert line["correlation_id"] == response.headers["x-correlation-id"]
    assert line["request"]["status_code"] == 200
    assert line["trace_id"] == span["trace_id"]
    assert span.get("correlation_id", span["attributes"].get("correlation_id")) == line["correlation_id"]


def test_instrumented_before(obskit_capture: Any, access: Any, server_spans: Any, ask: Any, app: FastAPI) -> None:
    """The application was instrumented before the integration was installed: one server span, theirs."""
    FastAPIInstrumentor.instrument_app(app)
    undo = FastAPIIntegration().install()
    try:
        response = ask(app, "/items/7")
    finally:
        undo()
    _check(access, server_spans, response)


def test_instrumented_after(installed: Any, access: Any, server_spans: Any, ask: Any, app: FastAPI) -> None:
    """The application was instrumented later: the same."""
    FastAPIInstrumentor.instrument_app(app)
    _check(access, server_spans, ask(app, "/items/7"))


def test_their_middleware_added(installed: Any, access: Any, server_spans: Any, ask: Any, app: FastAPI) -> None:
    """Their ASGI middleware was added by hand, inside."""
    app.add_middleware(OpenTelemetryMiddleware)
    _check(access, server_spans, ask(app, "/items/7"))


def test_their_middleware_around(installed: Any, access: Any, server_spans: Any, ask: Any, app: FastAPI) -> None:
    """Their ASGI middleware stands around the application."""
    _check(access, server_spans, ask(OpenTelemetryMiddleware(app), "/items/7"))


def test_their_middleware_wrapped_by_ours(
    installed: Any, access: Any, server_spans: Any, ask: Any, app: FastAPI
) -> None:
    """Ours stands around theirs, by hand."""
    _check(access, server_spans, ask(ObskitMiddleware(OpenTelemetryMiddleware(app)), "/items/7"))


def test_another_application_keeps_its_span(
    installed: Any, access: Any, server_spans: Any, ask: Any, app: FastAPI
) -> None:
    """Instrumenting one application takes the span from no other."""
    FastAPIInstrumentor.instrument_app(app)
    ask(Starlette(), "/items/7")
    (span,) = server_spans()
    assert span["instrumentation"]["name"] == "obskit_fastapi"


def test_a_mark_without_a_layer_does_not_count(
    installed: Any, access: Any, server_spans: Any, ask: Any, app: FastAPI
) -> None:
    """Instrumented after its first request, the application has no layer of theirs, so the span is ours."""
    ask(app, "/items/7")
    FastAPIInstrumentor.instrument_app(app)
    ask(app, "/items/7")
    access(2)
    assert [span["instrumentation"]["name"] for span in server_spans()] == ["obskit_fastapi"] * 2


def test_a_provider_of_the_applications_own_keeps_fastapis_spans(
    installed: Any, access: Any, server_spans: Any, ask: Any
) -> None:
    """An application that gives FastAPI's telemetry a provider has its span there, and none here."""
    pytest.importorskip("fastapi.telemetry", reason="this FastAPI has no telemetry of its own")
    app = FastAPI(telemetry={"tracer_provider": TracerProvider(shutdown_on_exit=False)})
    ask(app, "/nowhere")
    access()
    assert server_spans() == []
