"""Stepping aside where OpenTelemetry's own instrumentation makes the spans, or none is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from opentelemetry.instrumentation.httpx import (
    AsyncOpenTelemetryTransport,
    HTTPXClientInstrumentor,
    SyncOpenTelemetryTransport,
)
from opentelemetry.instrumentation.utils import suppress_http_instrumentation, suppress_instrumentation

import obskit
from obskit_httpx import HTTPXIntegration


@pytest.fixture
def instrumentor() -> Iterator[HTTPXClientInstrumentor]:
    """Return OpenTelemetry's instrumentor, off again after the test."""
    instrumentor = HTTPXClientInstrumentor()
    yield instrumentor
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()


def _check(peer: Any, client_spans: Any) -> None:
    (span,) = client_spans()
    assert span["instrumentation"]["name"] == "opentelemetry.instrumentation.httpx"
    assert [value.split("-")[2] for value in peer.values("traceparent")] == [span["span_id"]]
    assert peer.values("x-correlation-id") == ["order-42"]


def test_active_for_all_before(obskit_capture: Any, peer: Any, client_spans: Any, instrumentor: Any) -> None:
    """Instrumented before the integration: one span, theirs, and the correlation id goes along."""
    instrumentor.instrument()
    undo = HTTPXIntegration().install()
    try:
        with obskit.scope(correlation_id="order-42"):
            httpx.get(peer.url, trust_env=False)
    finally:
        undo()
    _check(peer, client_spans)


def test_active_for_all_after(installed: Any, peer: Any, client_spans: Any, instrumentor: Any) -> None:
    """Instrumented after it: the same."""
    instrumentor.instrument()
    with obskit.scope(correlation_id="order-42"):
        httpx.get(peer.url, trust_env=False)
    _check(peer, client_spans)


async def test_active_for_all_async(installed: Any, peer: Any, client_spans: Any, instrumentor: Any) -> None:
    """Async clients step aside too."""
    instrumentor.instrument()
    with obskit.scope(correlation_id="order-42"):
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(peer.url)
    _check(peer, client_spans)


def test_active_for_one_client(installed: Any, peer: Any, client_spans: Any) -> None:
    """One client is instrumented: its span is theirs, that of another is ours."""
    with httpx.Client(trust_env=False) as theirs, httpx.Client(trust_env=False) as ours:
        HTTPXClientInstrumentor.instrument_client(theirs)
        with obskit.scope(correlation_id="order-42"):
            theirs.get(peer.url)
        _check(peer, client_spans)
        ours.get(peer.url)
    assert client_spans()[1]["instrumentation"]["name"] == "obskit_httpx"


def test_their_transport(installed: Any, peer: Any, client_spans: Any) -> None:
    """A client with a transport of theirs steps aside."""
    transport = SyncOpenTelemetryTransport(httpx.HTTPTransport())
    with obskit.scope(correlation_id="order-42"), httpx.Client(transport=transport) as client:
        client.get(peer.url)
    _check(peer, client_spans)


async def test_their_async_transport(installed: Any, peer: Any, client_spans: Any) -> None:
    """The same for an async client."""
    transport = AsyncOpenTelemetryTransport(httpx.AsyncHTTPTransport())
    with obskit.scope(correlation_id="order-42"):
        async with httpx.AsyncClient(transport=transport) as client:
            await client.get(peer.url)
    _check(peer, client_spans)


def test_off_again_the_span_is_ours(installed: Any, peer: Any, client_spans: Any, instrumentor: Any) -> None:
    """Once their instrumentor is off, obskit makes the span."""
    instrumentor.instrument()
    instrumentor.uninstrument()
    httpx.get(peer.url, trust_env=False)
    assert [span["instrumentation"]["name"] for span in client_spans()] == ["obskit_httpx"]


@pytest.mark.parametrize("suppress", [suppress_instrumentation, suppress_http_instrumentation])
def test_suppressed_nothing_is_done(installed: Any, peer: Any, client_spans: Any, suppress: Callable[[], Any]) -> None:
    """Under OpenTelemetry's switches there is neither a span nor a header."""
    with suppress(), obskit.scope():
        httpx.get(peer.url, trust_env=False)
    assert client_spans() == []
    assert {"traceparent", "x-correlation-id"} & set(peer.headers()) == set()
