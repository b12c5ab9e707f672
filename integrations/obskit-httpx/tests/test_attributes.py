"""From requests and responses to the conventions' attributes."""

from __future__ import annotations

import httpx
import pytest

from obskit.integration import error_type
from obskit_httpx.attributes import full_url, request_attributes, response_attributes


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://shop.test/a?b=c", "https://shop.test/a?b=c"),
        ("https://jo:pw@shop.test:8443/a", "https://REDACTED:REDACTED@shop.test:8443/a"),
        ("https://jo@shop.test/a", "https://REDACTED:REDACTED@shop.test/a"),
        ("https://shop.test/a#access", "https://shop.test/a"),
        ("http://[::1]:80/", "http://[::1]/"),
    ],
)
def test_urls_lose_credentials_and_fragment(given: str, told: str) -> None:
    """What is not sent in the request line, or must not be told, is left out."""
    assert full_url(httpx.URL(given)) == told


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [("https://shop.test/", "shop.test", 443), ("http://shop.test:81", "shop.test", 81), ("http://[::1]/", "::1", 80)],
)
def test_the_server_is_named(url: str, address: str, port: int) -> None:
    """Address and port are the URL's, the port by its scheme where none stands there."""
    found = request_attributes(httpx.Request("GET", url))
    assert (found["server.address"], found["server.port"]) == (address, port)


def test_known_methods_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS replaces the list."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "BREW")
    brew, get = (request_attributes(httpx.Request(method, "http://x.test")) for method in ("BREW", "GET"))
    assert brew["http.request.method"] == "BREW"
    assert (get["http.request.method"], get["http.request.method_original"]) == ("_OTHER", "GET")


@pytest.mark.parametrize(("told", "version"), [(b"HTTP/1.1", "1.1"), (b"HTTP/2", "2")])
def test_the_protocol_version_is_the_responses(told: bytes, version: str) -> None:
    """It is known once the server has answered."""
    response = httpx.Response(200, extensions={"http_version": told})
    assert response_attributes(response)["network.protocol.version"] == version


def test_a_response_without_extensions_is_enough() -> None:
    """Transports need not tell the version."""
    assert response_attributes(httpx.Response(200)) == {"http.response.status_code": 200}


def test_errors_are_named_in_full() -> None:
    """Built-in exceptions by their name, others with their module."""
    assert error_type(ValueError()) == "ValueError"
    assert error_type(httpx.ReadTimeout("x")) == "httpx.ReadTimeout"
