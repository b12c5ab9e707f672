"""From an ASGI scope to the attributes of a server span (OpenTelemetry's stable conventions for HTTP)."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from opentelemetry.util.types import AttributeValue

from obskit.integration import known_method
from obskit_fastapi.asgi import Scope

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~-]+))(?::([0-9]{1,5}))?")
_PORTS = {"http": 80, "https": 443}


def request_attributes(scope: Scope) -> dict[str, AttributeValue]:
    """Return what is known of a request before it is served."""
    method = str(scope.get("method", ""))
    found: dict[str, AttributeValue] = {
        "http.request.method": known_method(method),
        "url.path": str(scope.get("path", "")),
        "url.scheme": str(scope.get("scheme") or "http"),
    }
    if found["http.request.method"] == "_OTHER":
        found["http.request.method_original"] = method
    if query := scope.get("query_string"):
        # Decoded, as the redactor knows an address by its @ and not by its %40.
        found["url.query"] = unquote_plus(query.decode("latin-1"))
    if version := scope.get("http_version"):
        found["network.protocol.version"] = str(version)
    if client := scope.get("client"):
        found["client.address"] = str(client[0])
    found.update(_server(scope))
    if (agent := _header(scope, b"user-agent")) is not None:
        found["user_agent.original"] = agent
    return found


def _server(scope: Scope) -> dict[str, AttributeValue]:
    """Name the server as the client did, by the Host header; by its socket where that is missing or malformed."""
    match = _HOST.fullmatch(_header(scope, b"host") or "")
    if match is not None:
        port = int(match[3]) if match[3] else _PORTS.get(str(scope.get("scheme") or "http"))
        return {"server.address": match[1] or match[2], **({"server.port": port} if port else {})}
    server = scope.get("server")
    if not server:
        return {}
    return {"server.address": str(server[0]), **({"server.port": server[1]} if server[1] else {})}


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope.get("headers", ()):
        if key.lower() == name:
            return bytes(value).decode("latin-1")
    return None
