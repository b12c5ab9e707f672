"""From an ASGI scope to the attributes of a server span (OpenTelemetry's stable conventions for HTTP)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_plus

from opentelemetry.util.types import AttributeValue

from obskit.integration import Carrier, known_method, sift
from obskit_fastapi.asgi import Scope

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~-]+))(?::([0-9]{1,5}))?")
_PORTS = {"http": 80, "https": 443}
# No name of a host is longer (RFC 1035, section 2.3.4); with a port behind it.
_LONGEST_HOST = 261


def request_attributes(scope: Scope, found: Carrier | None = None) -> dict[str, AttributeValue]:
    """Return what is known of a request before it is served.

    Args:
        scope: the request's.
        found: what `sift` has found in its headers, where that was asked already.
    """
    if found is None:
        found = sift(scope.get("headers", ()))
    method, scheme = scope.get("method", ""), scope.get("scheme") or "http"
    known = known_method(method)
    attributes: dict[str, AttributeValue] = {
        "http.request.method": known,
        "url.path": scope.get("path", ""),
        "url.scheme": scheme,
    }
    if known == "_OTHER":
        attributes["http.request.method_original"] = method
    if query := scope.get("query_string"):
        # Decoded, as the redactor knows an address by its @ and not by its %40.
        attributes["url.query"] = unquote_plus(query.decode("latin-1"))
    if version := scope.get("http_version"):
        attributes["network.protocol.version"] = version
    if client := scope.get("client"):
        attributes["client.address"] = str(client[0])
    host, agent = found.host, found.agent
    address, port = _named(host, scheme) if host and len(host) <= _LONGEST_HOST else (None, None)
    if address is None and (server := scope.get("server")):
        address, port = str(server[0]), server[1]
    if address is not None:
        attributes["server.address"] = address
        if port:
            attributes["server.port"] = port
    if agent is not None:
        attributes["user_agent.original"] = agent if isinstance(agent, str) else agent.decode("latin-1")
    return attributes


@lru_cache(maxsize=256)
def _named(host: str | bytes, scheme: str) -> tuple[str | None, int | None]:
    """Name the server as the client did, by the Host header; None where that is malformed."""
    match = _HOST.fullmatch(host if isinstance(host, str) else host.decode("latin-1"))
    if match is None:
        return None, None
    return match[1] or match[2], int(match[3]) if match[3] else _PORTS.get(scheme)
