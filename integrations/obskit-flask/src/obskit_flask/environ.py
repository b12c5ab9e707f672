"""From a WSGI environ to inbound headers and to a server span's attributes (stable semantic conventions for HTTP)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from opentelemetry.util.types import AttributeValue

from obskit.integration import known_method
from obskit_flask.wsgi import Environ

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~-]+))(?::([0-9]{1,5}))?")
_PORTS = {"http": 80, "https": 443}


def headers(environ: Environ) -> Iterator[tuple[str, str]]:
    """Yield the request's headers, a doubled `traceparent` as the two that it was.

    A WSGI server joins repeated headers by commas. That is how lists such as `tracestate` may be written anyway; a
    `traceparent` can't hold a comma, and one that came twice counts for nothing (W3C Trace Context Level 2).
    """
    for key, value in environ.items():
        if not key.startswith("HTTP_") or type(value) is not str:
            continue
        name = key[5:].replace("_", "-").lower()
        if name == "traceparent" and "," in value:
            yield from ((name, part) for part in value.split(","))
        else:
            yield name, value


def method(environ: Environ) -> str:
    """Return the request's method as it was sent."""
    return str(environ.get("REQUEST_METHOD", ""))


def path(environ: Environ) -> str:
    """Return the whole path of the request, below whatever the application is mounted at."""
    return _text(environ, "SCRIPT_NAME") + _text(environ, "PATH_INFO")


def mounted(environ: Environ, rule: str) -> str:
    """Return a rule below whatever the application is mounted at."""
    return _text(environ, "SCRIPT_NAME").rstrip("/") + rule


def span_name(method: str, route: str | None) -> str:
    """Return the name of a server span: `GET /items/<id>`, without a route `GET`."""
    known = known_method(method)
    name = "HTTP" if known == "_OTHER" else known
    return name if route is None else f"{name} {route}"


def request_attributes(environ: Environ) -> dict[str, AttributeValue]:
    """Return what is known of a request before it is served."""
    sent = method(environ)
    found: dict[str, AttributeValue] = {
        "http.request.method": known_method(sent),
        "url.path": path(environ),
        **peer_attributes(environ),
    }
    if found["http.request.method"] == "_OTHER":
        found["http.request.method_original"] = sent
    if query := environ.get("QUERY_STRING"):
        # Percent-encoded, an address or a card number would pass unrecognised through redaction.
        found["url.query"] = unquote_plus(str(query))
    protocol = str(environ.get("SERVER_PROTOCOL", ""))
    if protocol.startswith("HTTP/"):
        found["network.protocol.version"] = protocol[5:]
    if agent := environ.get("HTTP_USER_AGENT"):
        found["user_agent.original"] = str(agent)
    return found


def peer_attributes(environ: Environ) -> dict[str, AttributeValue]:
    """Return who asked and who was asked, as far as proxies and middleware have made it known by now."""
    scheme = str(environ.get("wsgi.url_scheme") or "http")
    found: dict[str, AttributeValue] = {"url.scheme": scheme}
    if client := environ.get("REMOTE_ADDR"):
        found["client.address"] = str(client)
    if match := _HOST.fullmatch(str(environ.get("HTTP_HOST", ""))):
        host, port = match[1] or match[2], match[3] or _PORTS.get(scheme)
    else:
        host, port = environ.get("SERVER_NAME"), environ.get("SERVER_PORT")
    if host:
        found["server.address"] = str(host)
        if str(port or "").isdecimal():
            found["server.port"] = int(str(port))
    return found


def _text(environ: Environ, key: str) -> str:
    # WSGI gives bytes dressed as latin-1 (PEP 3333, "Unicode Issues").
    return str(environ.get(key, "")).encode("latin-1", "replace").decode("utf-8", "replace")
