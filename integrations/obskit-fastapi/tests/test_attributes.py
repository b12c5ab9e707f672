"""From an ASGI scope to the conventions' attributes."""

from __future__ import annotations

from typing import Any

import pytest

from obskit.integration import error_type, known_method
from obskit_fastapi.attributes import request_attributes


def _scope(**given: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/a", "headers": [], **given}


def test_the_least_scope_is_enough() -> None:
    """A scope with nothing optional in it gives what is certain."""
    assert request_attributes(_scope()) == {"http.request.method": "GET", "url.path": "/a", "url.scheme": "http"}


@pytest.mark.parametrize(
    ("host", "address", "port"),
    [
        (b"shop.test", "shop.test", 443),
        (b"shop.test:8443", "shop.test", 8443),
        (b"[::1]:8443", "::1", 8443),
        (b"[2001:db8::1]", "2001:db8::1", 443),
        (b"user@shop.test", "10.0.0.1", 99),
        (b"shop.test/x", "10.0.0.1", 99),
        (b"a\r\nb", "10.0.0.1", 99),
        (b"", "10.0.0.1", 99),
    ],
)
def test_the_server_is_named_as_the_client_named_it(host: bytes, address: str, port: int) -> None:
    """The Host header counts, unless it is malformed."""
    found = request_attributes(_scope(scheme="https", headers=[(b"Host", host)], server=("10.0.0.1", 99)))
    assert (found["server.address"], found["server.port"]) == (address, port)


def test_a_unix_socket_has_no_port() -> None:
    """The path of the socket stands for the address."""
    found = request_attributes(_scope(server=("/run/app.sock", None)))
    assert found["server.address"] == "/run/app.sock"
    assert "server.port" not in found


def test_the_query_is_apart_from_the_path() -> None:
    """`url.path` never holds it."""
    found = request_attributes(_scope(query_string=b"a=1&b=%C3%A9&c=jane%40shop.example"))
    assert found["url.path"] == "/a"
    assert found["url.query"] == "a=1&b=é&c=jane@shop.example"


def test_the_client_and_its_program_are_named() -> None:
    """Address, program and protocol version are the connection's."""
    found = request_attributes(_scope(client=("192.0.2.7", 5), http_version="2", headers=[(b"user-agent", b"x/1")]))
    assert found["client.address"] == "192.0.2.7"
    assert found["network.protocol.version"] == "2"
    assert found["user_agent.original"] == "x/1"


@pytest.mark.parametrize("method", ["get", "BREW", "", "GET "])
def test_unknown_methods_are_other(method: str) -> None:
    """Methods are compared as they are written."""
    assert known_method(method) == "_OTHER"


def test_known_methods_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS replaces the list."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "BREW, GET")
    assert (known_method("BREW"), known_method("POST")) == ("BREW", "_OTHER")


def test_errors_are_named_in_full() -> None:
    """Built-in exceptions by their name, others with their module."""
    assert error_type(ValueError()) == "ValueError"
    assert error_type(pytest.UsageError()).endswith(".UsageError")
