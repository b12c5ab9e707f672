"""The template of the route that served a request, through every way to nest routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, Router

from obskit_fastapi.route import template


async def _answer(request: Any) -> PlainTextResponse:
    return PlainTextResponse("x")


async def _asgi(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse("x")(scope, receive, send)


def _fastapi() -> FastAPI:
    app = FastAPI()

    @app.get("/items/{item_id:int}")
    async def item(item_id: int) -> None: ...

    users = APIRouter(prefix="/users/{user}")

    @users.get("/orders/{order}")
    async def order(user: str, order: str) -> None: ...

    nested = APIRouter(prefix="/deep")
    nested.include_router(users, prefix="/er")
    app.include_router(users, prefix="/v1")
    app.include_router(nested)
    inner = FastAPI()
    inner.include_router(users)
    app.mount("/inner", inner)
    app.mount("/tenants/{tenant}", inner)
    app.mount("/files", _asgi)
    app.mount("/star", Starlette(routes=[Route("/s/{name}", _answer), Mount("/more", routes=[Route("/{x}", _answer)])]))
    return app


def _starlette() -> Starlette:
    return Starlette(
        routes=[
            Route("/plain/{name}", _answer),
            Route("/twin/{name}", _answer),
            Mount("/m", routes=[Route("/{a}/b", _answer), Mount("/n", app=Router([Route("/", _answer)]))]),
            Mount("/asgi", app=_asgi),
            Host("api.test", app=Router([Route("/hosted/{x}", _answer)])),
        ]
    )


@pytest.fixture
def route_of(ask: Any) -> Callable[..., str | None]:
    """Serve one request and read the template from the scope that the routers leave behind."""

    def serve(app: Any, path: str, **options: Any) -> str | None:
        scopes: list[Any] = []

        async def outer(scope: Any, receive: Any, send: Any) -> None:
            scopes.append(scope)
            await app(scope, receive, send)

        ask(outer, path, **options)
        return template(scopes[0])

    return serve


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/items/7", "/items/{item_id}"),
        ("/v1/users/jo/orders/9", "/v1/users/{user}/orders/{order}"),
        ("/deep/er/users/jo/orders/9", "/deep/er/users/{user}/orders/{order}"),
        ("/inner/users/jo/orders/9", "/inner/users/{user}/orders/{order}"),
        ("/tenants/acme/users/jo/orders/9", "/tenants/{tenant}/users/{user}/orders/{order}"),
        ("/files/a/b.txt", "/files/{path}"),
        ("/star/s/jo", "/star/s/{name}"),
        ("/star/more/1", "/star/more/{x}"),
        ("/docs", "/docs"),
        ("/nowhere", None),
    ],
)
def test_fastapi(route_of: Any, path: str, route: str | None) -> None:
    """FastAPI's routers, included and mounted, give the template with every prefix."""
    assert route_of(_fastapi(), path) == route


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/plain/jo", "/plain/{name}"),
        ("/twin/jo", "/twin/{name}"),
        ("/m/1/b", "/m/{a}/b"),
        ("/m/n/", "/m/n/"),
        ("/asgi/deep/file", "/asgi/{path}"),
        ("/nowhere", None),
    ],
)
def test_starlette(route_of: Any, path: str, route: str | None) -> None:
    """Starlette's routes and mounts do too."""
    assert route_of(_starlette(), path) == route


def test_a_host_adds_nothing_to_the_path(route_of: Any) -> None:
    """Routing by host leaves the template to the route."""
    assert route_of(_starlette(), "/hosted/1", base_url="http://api.test") == "/hosted/{x}"


def test_a_root_path_in_the_path_stands_in_the_template(route_of: Any) -> None:
    """What a server has put before the path is a part of both."""
    assert route_of(_fastapi(), "/api/items/7", root_path="/api") == "/api/items/{item_id}"


def test_an_endpoint_alone_is_enough() -> None:
    """Where the router leaves only the endpoint, as Starlette before 1.0, its route is looked up."""
    app = _starlette()
    scope = {"path": "/twin/jo", "root_path": "", "app": app, "endpoint": _answer, "path_params": {"name": "jo"}}
    assert template(scope) == "/twin/{name}"


def test_a_template_in_the_scope_is_taken() -> None:
    """Litestar names its template itself."""
    assert template({"path": "/a/1", "path_template": "/a/{x:int}"}) == "/a/{x:int}"


def test_a_value_that_is_also_a_literal_stays_low_in_cardinality(route_of: Any) -> None:
    """A mount's parameter never appears by its value."""
    assert "secret-tenant" not in str(route_of(_fastapi(), "/tenants/secret-tenant/nowhere"))
