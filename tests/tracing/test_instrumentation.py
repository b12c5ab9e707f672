"""Instrumentation packages of OpenTelemetry work with obskit's provider and carrier."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from opentelemetry import context, propagate
from opentelemetry.context.context import Context
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.trace import SpanKind
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from obskit.tracing.propagator import Propagator
from obskit.tracing.span import Span

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(autouse=True)
def propagator():
    former = propagate.get_global_textmap()
    propagate.set_global_textmap(Propagator())
    token = context.attach(Context())
    yield
    token.var.reset(token)
    propagate.set_global_textmap(former)


def test_httpx(provider, tracer, ended) -> None:
    """A client span is made, and its context is sent."""
    sent: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers)
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        HTTPXClientInstrumentor.instrument_client(client, tracer_provider=provider)
        with tracer.start_as_current_span("outer"):
            client.get("http://shop.test/")
    call, outer = ended
    assert type(call) is Span
    assert call.kind is SpanKind.CLIENT
    assert call.parent_id == outer.span_id
    assert sent[0]["traceparent"] == f"00-{call.trace_id:032x}-{call.span_id:016x}-03"


@pytest.mark.parametrize(
    ("headers", "state"),
    [
        (
            [("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01"), ("tracestate", "foo@=1"), ("tracestate", "b=2")],
            "foo@=1,b=2",
        ),
        ([("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01")] * 2, None),
    ],
)
async def test_asgi(provider, ended, headers, state) -> None:
    """A server span continues the caller's trace by the rules of Level 2."""

    async def home(request: Request) -> JSONResponse:
        carrier: dict[str, Any] = {}
        propagate.inject(carrier)
        return JSONResponse(carrier)

    app = OpenTelemetryMiddleware(Starlette(routes=[Route("/", home)]), tracer_provider=provider)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test") as client:
        answer = (await client.get("/", headers=headers)).json()
    server = next(span for span in ended if span.kind is SpanKind.SERVER)
    assert (server.trace_id == int(TRACE, 16)) is (state is not None)
    assert server.parent_remote is (state is not None)
    assert answer.get("tracestate") == state
    assert answer["traceparent"].split("-")[1] == f"{server.trace_id:032x}"
