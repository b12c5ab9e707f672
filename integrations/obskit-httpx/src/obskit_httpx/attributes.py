"""From request and response to the attributes of a client span (OpenTelemetry's stable conventions for HTTP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.util.types import AttributeValue

from obskit.integration import known_method

if TYPE_CHECKING:
    import httpx

_PORTS = {"http": 80, "https": 443}


def request_attributes(request: httpx.Request) -> dict[str, AttributeValue]:
    """Return what is known of an attempt before it is made."""
    url, method = request.url, request.method
    known = known_method(method)
    found: dict[str, AttributeValue] = {
        "http.request.method": known,
        "url.full": full_url(url),
        "server.address": url.host,
    }
    if known == "_OTHER":
        found["http.request.method_original"] = method
    if port := url.port or _PORTS.get(url.scheme):
        found["server.port"] = port
    return found


def response_attributes(response: httpx.Response) -> dict[str, AttributeValue]:
    """Return what the head of a response tells; for a client 4xx is an error as well as 5xx."""
    found: dict[str, AttributeValue] = {"http.response.status_code": response.status_code}
    version = response.extensions.get("http_version")
    if isinstance(version, bytes) and version.startswith(b"HTTP/"):
        found["network.protocol.version"] = version[5:].decode("ascii", "replace")
    if response.status_code >= 400:
        found["error.type"] = str(response.status_code)
    return found


def full_url(url: httpx.URL) -> str:
    """Return the URL as sent, without its fragment and with credentials replaced as the conventions ask."""
    text = str(url)
    # A look at the text first: each part of the URL has to be decoded.
    if "#" in text:
        url = url.copy_with(fragment=None)
        text = str(url)
    if "@" not in text or not url.userinfo:
        return text
    return str(url.copy_with(userinfo=b"REDACTED:REDACTED"))
