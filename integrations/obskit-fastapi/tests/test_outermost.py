"""Being the outermost layer, once a request, whoever asked for it and whatever was imported first."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import wraps
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

import obskit
from obskit_fastapi import FastAPIIntegration, ObskitMiddleware, StarletteIntegration

BUILT_BEFORE = FastAPI()


@BUILT_BEFORE.get("/boom")
def _boom() -> None:
    raise RuntimeError("it broke")


async def _fail(request: Any) -> PlainTextResponse:
    raise RuntimeError("it broke")


async def _hello(request: Any) -> PlainTextResponse:
    return PlainTextResponse("hello")


ROUTES = [Route("/boom", _fail), Route("/hello", _hello)]


def test_undo_puts_the_very_methods_back() -> None:
    """After the undo both classes hold the functions that they held before."""
    before = Starlette.__call__, FastAPI.__call__
    undo = FastAPIIntegration().install()
    assert Starlette.__call__ is not before[0]
    assert FastAPI.__call__ is not before[1]
    undo()
    assert (Starlette.__call__, FastAPI.__call__) == before


def test_what_others_put_around_it_is_wrapped_anew() -> None:
    """Obskit's layer is the outermost when it is installed, also around a wrapper that copies the mark of its own."""
    before = FastAPI.__dict__["__call__"]
    first = FastAPIIntegration().install()
    own = FastAPI.__dict__["__call__"]

    @wraps(own)
    async def foreign(self, scope, receive, send):
        await own(self, scope, receive, send)

    FastAPI.__call__ = foreign
    second = StarletteIntegration().install()
    assert FastAPI.__dict__["__call__"] is not foreign
    second()
    assert FastAPI.__dict__["__call__"] is foreign
    FastAPI.__call__ = own
    first()
    assert FastAPI.__dict__["__call__"] is before


def test_two_integrations_share_one_layer() -> None:
    """What is installed twice wraps once, and stays until both are undone."""
    before = FastAPI.__dict__["__call__"]
    first = FastAPIIntegration().install()
    once = FastAPI.__dict__["__call__"]
    second = StarletteIntegration().install()
    assert FastAPI.__dict__["__call__"] is once
    first()
    assert FastAPI.__dict__["__call__"] is once
    second()
    assert FastAPI.__dict__["__call__"] is before


def test_undo_leaves_a_pass_through_where_someone_wrapped_since(
    obskit_capture: Any, monkeypatch: pytest.MonkeyPatch, ask: Any
) -> None:
    """A wrapper put over ours stays in place, works, and ours beneath it does nothing."""
    before = FastAPI.__dict__["__call__"]
    undo = FastAPIIntegration().install()
    ours = FastAPI.__dict__["__call__"]

    async def theirs(self: Any, scope: Any, receive: Any, send: Any) -> None:
        await ours(self, scope, receive, send)

    try:
        FastAPI.__call__ = theirs  # type: ignore[method-assign]
        undo()
        assert FastAPI.__dict__["__call__"] is theirs
        assert "x-correlation-id" not in ask(FastAPI(), "/").headers
    finally:
        FastAPI.__call__ = before  # type: ignore[method-assign]


def test_installed_twice_it_acts_once(installed: Any, access: Any, ask: Any) -> None:
    """A second installation, as FastAPI's and as Starlette's, adds no line."""
    undo = [FastAPIIntegration().install(), StarletteIntegration().install()]
    try:
        ask(Starlette(routes=ROUTES), "/hello")
        access(1)
    finally:
        for each in reversed(undo):
            each()


def test_an_application_that_served_before_is_wrapped(obskit_capture: Any, access: Any, ask: Any) -> None:
    """Its middleware stack may be built long before the integration is installed."""
    assert "x-correlation-id" not in ask(BUILT_BEFORE, "/boom").headers
    undo = FastAPIIntegration().install()
    try:
        response = ask(BUILT_BEFORE, "/boom")
    finally:
        undo()
    assert response.headers["x-correlation-id"] == access()[0]["correlation_id"]


def test_after_the_undo_nothing_is_written(obskit_capture: Any, ask: Any, access: Any) -> None:
    """The application works as without obskit."""
    FastAPIIntegration().install()()
    assert ask(Starlette(routes=ROUTES), "/hello").text == "hello"
    access(0)


@pytest.mark.parametrize("framework", [Starlette, FastAPI])
def test_added_by_hand_it_is_outside_the_error_middleware(
    obskit_capture: Any, access: Any, framework: Any, ask: Any
) -> None:
    """Without the integration, `add_middleware` alone gets the id into the very first 500."""
    app = framework(routes=ROUTES)
    app.add_middleware(ObskitMiddleware)
    response = ask(app, "/boom")
    (line,) = access()
    assert response.status_code == 500
    assert response.headers["x-correlation-id"] == line["correlation_id"]
    assert line["error"]["message"] == "it broke"


def test_given_to_the_constructor_it_is_outermost_too(obskit_capture: Any, access: Any, ask: Any) -> None:
    """`middleware=[...]` is the same as `add_middleware`."""
    response = ask(Starlette(routes=ROUTES, middleware=[Middleware(ObskitMiddleware)]), "/boom")
    assert response.headers["x-correlation-id"] == access()[0]["correlation_id"]


def test_an_application_that_did_not_ask_is_left_alone(obskit_capture: Any, ask: Any, access: Any) -> None:
    """Loading the middleware wraps no other application."""
    assert "x-correlation-id" not in ask(Starlette(routes=ROUTES), "/hello").headers
    access(0)


def test_by_hand_and_installed_it_acts_once(installed: Any, access: Any, ask: Any) -> None:
    """One line, one header."""
    app = FastAPI(routes=ROUTES)
    app.add_middleware(ObskitMiddleware)
    response = ask(app, "/boom")
    assert response.headers.get_list("x-correlation-id") == [access(1)[0]["correlation_id"]]


def test_wrapped_and_installed_it_acts_once(installed: Any, access: Any, ask: Any) -> None:
    """Wrapping the application object by hand is no second layer either."""
    ask(ObskitMiddleware(FastAPI(routes=ROUTES)), "/hello")
    access(1)


def test_a_subclass_is_wrapped(installed: Any, access: Any, ask: Any) -> None:
    """Subclasses that override `__call__` and go on to ours are served."""

    class Mine(FastAPI):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await super().__call__(scope, receive, send)

    ask(Mine(routes=ROUTES), "/hello")
    access(1)


def test_mounted_applications_act_once(installed: Any, access: Any, ask: Any) -> None:
    """A mounted application is part of the request of the outer one."""
    inner = FastAPI(routes=ROUTES)
    inner.add_middleware(ObskitMiddleware)
    ask(Starlette(routes=[Mount("/inner", app=inner)]), "/inner/boom")
    (line,) = access(1)
    assert line["request"]["route"] == "/inner/boom"


async def test_lifespan_passes_untouched(installed: Any) -> None:
    """Start-up and shutdown run as they are, without a unit of work or a line."""
    seen: list[Any] = []

    @contextlib.asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[dict[str, bool]]:
        seen.append(obskit.correlation_id())
        yield {"ready": True}
        seen.append("stopped")

    asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    told: list[str] = []

    async def receive() -> dict[str, Any]:
        return next(asked)

    async def send(message: Any) -> None:
        told.append(message["type"])

    await ObskitMiddleware(FastAPI(lifespan=lifespan))({"type": "lifespan", "state": {}}, receive, send)
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert seen == [None, "stopped"]
    assert installed.records == []


async def test_a_websocket_passes_untouched(installed: Any) -> None:
    """Messages go both ways and nothing is written."""
    app = FastAPI()

    @app.websocket("/ws")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close()

    asked = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "ping"}])
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return next(asked)

    async def send(message: Any) -> None:
        told.append(message)

    scope = {"type": "websocket", "path": "/ws", "headers": [], "query_string": b"", "subprotocols": []}
    await ObskitMiddleware(app)(scope, receive, send)
    assert [message["type"] for message in told] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert told[1]["text"] == "ping"
    assert installed.records == []
    assert not [span for span in installed.spans if span["instrumentation"]["name"] == "obskit_fastapi"]


async def test_the_scope_and_messages_of_a_websocket_are_the_servers(installed: Any) -> None:
    """Neither scope nor callables are replaced."""
    given: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        given.extend([scope, receive, send])

    scope = {"type": "websocket", "path": "/"}
    receive, send = asyncio.Event, asyncio.Event
    await ObskitMiddleware(app)(scope, receive, send)  # type: ignore[arg-type]
    assert given[0] is scope
    assert scope == {"type": "websocket", "path": "/"}
    assert given[1:] == [receive, send]
