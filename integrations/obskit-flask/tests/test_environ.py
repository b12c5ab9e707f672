"""What stands in a WSGI environ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import create_environ

from obskit.integration import outbound
from obskit_flask.environ import path, peer_attributes
from tests.tracing.test_trace_context import GOOD, PARENT, TRACE, TRACEPARENTS, TRACESTATES


def _environ(given: list[tuple[str, str]]) -> dict[str, Any]:
    """Join headers as servers do: one CGI variable for a name, repeated values with commas between."""
    environ: dict[str, Any] = create_environ("/hop")
    for name, value in given:
        key = "HTTP_" + name.upper().replace("-", "_")
        text = value.encode().decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


@pytest.fixture
def hop(captured: Any) -> Callable[[list[tuple[str, str]]], dict[str, str]]:
    """Give what a service sends on when it was called with these headers."""

    def call(given: list[tuple[str, str]]) -> dict[str, str]:
        sent: dict[str, str] = {}
        app = Flask("hop")
        app.add_url_rule("/hop", view_func=lambda: sent.update(outbound()) or "")
        list(app(_environ(given), lambda *_: lambda data: None))
        return sent

    return call


@pytest.mark.parametrize(("given", "continued"), [case[1:] for case in TRACEPARENTS], ids=[c[0] for c in TRACEPARENTS])
def test_traceparent(hop: Any, given: list[tuple[str, str]], continued: bool) -> None:
    """A legal traceparent is continued under a new span id; any other, a doubled one included, begins a new trace."""
    sent = hop(given)["traceparent"]
    assert (TRACE in sent) is continued
    assert PARENT not in sent


@pytest.mark.parametrize(
    ("given", "members"), [case[1:] for case in TRACESTATES], ids=[case[0] for case in TRACESTATES]
)
def test_tracestate(hop: Any, given: list[tuple[str, str]], members: list[tuple[str, str]]) -> None:
    """A legal tracestate is passed on as it came, over several headers or one; any other is dropped."""
    sent = hop([("traceparent", GOOD), *given])
    assert TRACE in sent["traceparent"]
    assert sent.get("tracestate") == (",".join(f"{key}={value}" for key, value in members) or None)


def test_a_path_of_any_bytes_is_text() -> None:
    """A path is decoded as UTF-8, whatever a client has put into it."""
    assert path({"SCRIPT_NAME": "/shop", "PATH_INFO": "/caf\xc3\xa9"}) == "/shop/café"
    assert path({"PATH_INFO": "/\xff"}) == "/\ufffd"
    assert path({}) == ""


@pytest.mark.parametrize(
    ("environ", "address", "port"),
    [
        ({"HTTP_HOST": "shop.example"}, "shop.example", 80),
        ({"HTTP_HOST": "shop.example", "wsgi.url_scheme": "https"}, "shop.example", 443),
        ({"HTTP_HOST": "shop.example:8080"}, "shop.example", 8080),
        ({"HTTP_HOST": "[::1]:8080"}, "::1", 8080),
        ({"HTTP_HOST": "bad host", "SERVER_NAME": "localhost", "SERVER_PORT": "8000"}, "localhost", 8000),
        ({"SERVER_NAME": "unix", "SERVER_PORT": ""}, "unix", None),
        ({}, None, None),
    ],
)
def test_the_server_is_named_as_the_client_named_it(environ: Any, address: str | None, port: int | None) -> None:
    """The Host header tells address and port; where it is missing or malformed the socket does."""
    found = peer_attributes(environ)
    assert (found.get("server.address"), found.get("server.port")) == (address, port)
