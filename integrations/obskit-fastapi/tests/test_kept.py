"""A service that has kept a unit of work says so in its response."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

import obskit
from obskit.testing import capture

ASKED = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


def _app() -> FastAPI:
    app = FastAPI()

    @app.get("/fine")
    async def fine() -> str:
        return "fine"

    @app.get("/kept")
    def kept() -> str:
        obskit.keep()
        return "kept"

    @app.get("/boom")
    async def boom() -> None:
        raise RuntimeError("it broke")

    @app.get("/unavailable")
    async def unavailable() -> PlainTextResponse:
        return PlainTextResponse("later", status_code=503)

    return app


async def _ask(app: Any, path: str, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path, headers=headers)


@pytest.mark.parametrize(("path", "told"), [("/fine", []), ("/kept", ["1"]), ("/boom", ["1"]), ("/unavailable", ["1"])])
async def test_a_caller_with_obskit_is_told(installed: Any, path: str, told: list[str]) -> None:
    """Of what `obskit.keep()` was called for, and of every 5xx."""
    response = await _ask(_app(), path, ASKED)
    assert response.headers.get_list("x-obskit-kept") == told


async def test_others_are_told_nothing(installed: Any) -> None:
    """A browser sends neither a traceparent nor a correlation id."""
    response = await _ask(_app(), "/unavailable", {})
    assert "x-obskit-kept" not in response.headers


async def test_an_edge_tells_nobody() -> None:
    """With `trust_incoming=False` the header stays away."""
    with capture(integrations=["fastapi"], trust_incoming=False):
        response = await _ask(_app(), "/unavailable", ASKED)
    assert "x-obskit-kept" not in response.headers


@pytest.mark.parametrize(("hosts", "kept"), [(["test"], True), (["*.internal"], False)])
async def test_the_callers_unit_is_kept_too(hosts: list[str], kept: bool) -> None:
    """Over HTTPX, from one service to another, where `propagate_to` names the callee."""
    inner, outer = _app(), FastAPI()

    @outer.get("/")
    async def calls() -> int:
        return (await _ask(inner, "/kept", {})).status_code

    with capture(integrations=["fastapi", "httpx"], propagate_to=hosts):
        response = await _ask(outer, "/", {"X-Correlation-ID": "order-5"})
    assert response.json() == 200
    assert ("x-obskit-kept" in response.headers) is kept
