"""FastAPI's own telemetry gives way to obskit's span and keeps its metrics."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from obskit_fastapi import FastAPIIntegration

telemetry = pytest.importorskip("fastapi.telemetry._asgi")


def test_a_request_has_one_span(installed: Any, access: Any, ask: Any) -> None:
    """Neither a second server span nor spans of FastAPI's inner steps are made."""
    app = FastAPI()

    @app.get("/items/{item}")
    async def item(item: str) -> str:
        return item

    ask(app, "/items/7")
    access()
    assert [span["name"] for span in installed.spans] == ["GET /items/{item}"]


def test_metrics_stay(installed: Any, access: Any, ask: Any) -> None:
    """An application that measures with FastAPI's metrics goes on to."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    app = FastAPI(telemetry={"meter_provider": provider})
    ask(app, "/nowhere")
    data = reader.get_metrics_data()
    assert data is not None
    names = {
        metric.name
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert "http.server.request.duration" in names
    provider.shutdown()


def test_undo_restores_it() -> None:
    """The class holds the method that it held before."""
    before = telemetry.NativeTelemetry.__dict__["__call__"]
    undo = FastAPIIntegration().install()
    assert telemetry.NativeTelemetry.__dict__["__call__"] is not before
    undo()
    assert telemetry.NativeTelemetry.__dict__["__call__"] is before


def test_a_mounted_application_goes_on_to_measure(installed: Any, access: Any, ask: Any) -> None:
    """Where the outer application has no metrics, those of one that is mounted in it stay all the same."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    outer, inner = FastAPI(), FastAPI(telemetry={"meter_provider": provider})
    outer.mount("/inner", inner)
    ask(outer, "/inner/nowhere")
    assert reader.get_metrics_data() is not None
    provider.shutdown()


def test_metrics_may_be_set_up_while_requests_are_served(
    installed: Any, access: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether there are any is asked again after a second."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    app = FastAPI()
    ask(app, "/nowhere")
    app._native_telemetry.config["meter_provider"] = provider
    now = time.monotonic()
    monkeypatch.setattr("obskit_fastapi.native.monotonic", lambda: now + 1.5)
    ask(app, "/nowhere")
    assert reader.get_metrics_data() is not None
    provider.shutdown()


def test_an_applications_configuration_stays_as_it_is(installed: Any, access: Any, ask: Any) -> None:
    """What tells FastAPI to make spans is not changed."""
    app = FastAPI()
    ask(app, "/nowhere")
    assert app._native_telemetry.config["tracing"] is True
