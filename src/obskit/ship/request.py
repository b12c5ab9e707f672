"""Write the head of a request, and keep what must not be told out of every text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

# RFC 9110, sections 5.1 and 5.5.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_BLANK = re.compile(r"[\x00-\x20\x7f]")
# What frames the request is ours to say: another value would let one request be read as two.
_OURS = frozenset(
    (
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "expect",
        "te",
        "trailer",
        "upgrade",
    )
)
_PORTS = {"http": 80, "https": 443}
_SHORTEST_SECRET = 4
_MARK = "[REDACTED:header]"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads.

    Attributes:
        host: Name or address, as the resolver and TLS want it.
        authority: Host and port as they stand in a request.
        path: Path and query, percent-encoded.
        credentials: `Basic ...` from the URL's userinfo, or None.
        shown: The URL for people, without userinfo, query and fragment.
    """

    scheme: str
    host: str
    port: int
    authority: str
    path: str
    credentials: str | None
    shown: str


def place(url: str) -> Place:
    """Take a URL of HTTP apart.

    Raises:
        ValueError: It is none; the message doesn't hold it.
    """
    if _BLANK.search(url):
        raise ValueError("the URL holds a space or a control character; percent-encode it")
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(
            f"the URL's scheme is {parts.scheme!r} or its host is missing; write http://HOST or https://HOST"
        )
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode("ascii")
    port = parts.port or _PORTS[parts.scheme]
    bracketed = f"[{host}]" if ":" in host else host
    authority = bracketed if port == _PORTS[parts.scheme] else f"{bracketed}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    userinfo, at, _ = parts.netloc.rpartition("@")
    credentials = _basic(userinfo) if at else None
    return Place(
        parts.scheme, host, port, authority, path + query, credentials, f"{parts.scheme}://{bracketed}:{port}{path}"
    )


def head(
    target: Place, headers: Mapping[str, str], *, proxied: bool, credentials: str | None, method: str = "POST"
) -> bytes:
    """Return the request line and headers of a request, up to the place where its body's own headers go.

    Args:
        target: Where the request is for.
        headers: The user's; those that frame a request are left out.
        proxied: The request goes to a proxy that reads it: it names the whole URL.
        credentials: `Proxy-Authorization` of that proxy.
        method: HTTP's.

    Raises:
        ValueError: A name or value is no header's (RFC 9110, sections 5.1 and 5.5); the message doesn't hold the value.
    """
    found = {"Host": target.authority, "User-Agent": "obskit", "Accept-Encoding": "identity"}
    if target.credentials is not None:
        found["Authorization"] = target.credentials
    if credentials is not None:
        found["Proxy-Authorization"] = credentials
    given = {name.lower() for name in headers}
    found = {name: value for name, value in found.items() if name.lower() not in given}
    found.update(sendable(headers))
    url = f"http://{target.authority}{target.path}" if proxied else target.path
    lines = [f"{method} {url} HTTP/1.1", *(f"{name}: {value}" for name, value in found.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n"


def sendable(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the user's headers, but not those that frame a request.

    Raises:
        ValueError: A name or value is no header's (RFC 9110, sections 5.1 and 5.5); the message doesn't hold the value.
    """
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(
                f"the header {name!r} has a name or value that HTTP doesn't allow; no line ends, ASCII or Latin-1"
            )
        if name.lower() not in _OURS:
            yield name, value.strip()


def tunnel_head(target: Place, credentials: str | None) -> bytes:
    """Return the CONNECT request for a tunnel to a place (RFC 9110, section 9.3.6)."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    lines = [f"CONNECT {host}:{target.port} HTTP/1.1", f"Host: {host}:{target.port}", "User-Agent: obskit"]
    if credentials is not None:
        lines.append(f"Proxy-Authorization: {credentials}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


class Discretion:
    """Takes header values, userinfo and queries out of texts, whoever wrote them.

    Args:
        urls: The endpoint's and its proxy's.
        headers: The user's.
    """

    __slots__ = ("_secrets",)

    def __init__(self, urls: list[str], headers: Mapping[str, str]) -> None:
        found: set[str] = set()
        for value in headers.values():
            found.update((value.strip(), *value.split()), _decoded(value))
        for url in urls:
            parts = urlsplit(url)
            userinfo = parts.netloc.rpartition("@")[0]
            pieces = {userinfo, userinfo.partition(":")[2], parts.query}
            found.update(pieces, map(unquote, pieces), (_basic(userinfo).split()[1],) if userinfo else ())
        # Shorter ones would take pieces out of ordinary words; longest first, so that no part of one stays.
        self._secrets = sorted((text for text in found if len(text) >= _SHORTEST_SECRET), key=len, reverse=True)

    def clean(self, text: str) -> str:
        """Return the text without any of them."""
        for secret in self._secrets:
            text = text.replace(secret, _MARK)
        return text


def _basic(userinfo: str) -> str:
    name, _, password = userinfo.partition(":")
    return "Basic " + base64.b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode("ascii")


def _decoded(value: str) -> set[str]:
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != "basic":
        return set()
    try:
        text = base64.b64decode(token, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return set()
    return {text, text.partition(":")[2]}
