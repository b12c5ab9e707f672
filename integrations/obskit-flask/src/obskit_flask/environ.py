"""From a WSGI environ to a server span's attributes (stable semantic conventions for HTTP)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_plus

from opentelemetry.util.types import AttributeValue

from obskit.integration import known_method
from obskit_flask.wsgi import Environ

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~-]+))(?::([0-9]{1,5}))?")
_PORTS = {"http": 80, "https": 443}
# No name of a host is longer (RFC 1035, section 2.3.4); with a port behind it.
_LONGEST_HOST = 261


def method(environ: Environ) -> str:
    """Return the request's method as it was sent."""
    return str(environ.get("REQUEST_METHOD", ""))


def path(environ: Environ) -> str:
    """Return the whole path of the request, below whatever the application is mounted at."""
    below = _text(environ, "PATH_INFO")
    return _text(environ, "SCRIPT_NAME") + below if environ.get("SCRIPT_NAME") else below


def mounted(environ: Environ, rule: str) -> str:
    """Return a rule below whatever the application is mounted at."""
    return _text(environ, "SCRIPT_NAME").rstrip("/") + rule


def request_attributes(environ: Environ) -> dict[str, AttributeValue]:
    """Return what is known of a request before it is served."""
    sent = method(environ)
    known = known_method(sent)
    found: dict[str, AttributeValue] = {"http.request.method": known, "url.path": path(environ)}
    found.update(peer_attributes(environ))
    if known == "_OTHER":
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
    get = environ.get
    scheme = str(get("wsgi.url_scheme") or "http")
    found: dict[str, AttributeValue] = {"url.scheme": scheme}
    if client := get("REMOTE_ADDR"):
        found["client.address"] = str(client)
    named = str(get("HTTP_HOST", ""))
    host, port = _named(named, scheme) if 0 < len(named) <= _LONGEST_HOST else (None, None)
    if host is None and (name := get("SERVER_NAME")):
        host, text = str(name), str(get("SERVER_PORT") or "")
        port = int(text) if text.isdecimal() else None
    if host:
        found["server.address"] = host
        if port is not None:
            found["server.port"] = port
    return found


@lru_cache(maxsize=256)
def _named(host: str, scheme: str) -> tuple[str | None, int | None]:
    match = _HOST.fullmatch(host)
    if match is None:
        return None, None
    return match[1] or match[2], int(match[3]) if match[3] else _PORTS.get(scheme)


def _text(environ: Environ, key: str) -> str:
    text = environ.get(key, "")
    if type(text) is not str:
        text = str(text)
    # WSGI gives bytes dressed as latin-1 (PEP 3333, "Unicode Issues").
    return text if text.isascii() else text.encode("latin-1", "replace").decode("utf-8", "replace")
