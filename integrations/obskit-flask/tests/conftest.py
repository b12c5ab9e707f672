"""The integration installed for one test, an application, and the lines that requests leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response, abort, request, stream_with_context

import obskit
from obskit.testing import capture

log = obskit.get_logger("shop")


@pytest.fixture
def captured() -> Iterator[Any]:
    """Initialise obskit with this integration alone; give what it captures."""
    with capture(integrations=["flask"]) as found:
        yield found


@pytest.fixture
def access(captured: Any) -> Callable[[], list[dict[str, Any]]]:
    """Return the access lines written so far."""
    return lambda: [line for line in captured.records if line.get("logger") == "obskit.access"]


@pytest.fixture
def make_app() -> Callable[[], Flask]:
    """Give what makes an application with an endpoint for each way to answer."""
    return _make_app


@pytest.fixture
def app() -> Flask:
    """Return such an application."""
    return _make_app()


def _make_app() -> Flask:
    app = Flask("shop")
    _add_plain(app)
    _add_streams(app)
    return app


def _add_plain(app: Flask) -> None:
    @app.get("/items/<item>")
    def item(item: str) -> dict[str, Any]:
        obskit.bind(item=item)
        log.info("looked up")
        return {"item": item}

    @app.get("/plain")
    def plain() -> str:
        return "plain"

    @app.get("/boom")
    def boom() -> str:
        raise LookupError("nothing left")

    @app.get("/teapot")
    def teapot() -> str:
        abort(418)

    @app.get("/unavailable")
    def unavailable() -> tuple[str, int]:
        return "later", 503

    @app.get("/exit")
    def leave() -> str:
        raise SystemExit(3)

    @app.before_request
    def guard() -> tuple[str, int] | None:
        return ("no", 403) if request.headers.get("Forbidden") else None


def _add_streams(app: Flask) -> None:
    @app.get("/stream")
    def stream() -> Response:
        def chunks() -> Iterator[str]:
            yield "one"
            log.info("between chunks")
            yield "two"

        return Response(chunks())

    @app.get("/broken-stream")
    def broken_stream() -> Response:
        def chunks() -> Iterator[str]:
            yield "one"
            raise LookupError("in the middle")

        return Response(chunks())

    @app.get("/spanned-stream")
    def spanned_stream() -> Response:
        @stream_with_context
        def chunks() -> Iterator[str]:
            with obskit.span("export"):
                yield request.path
                log.info("inside the span")
                yield "two"

        return Response(chunks())
