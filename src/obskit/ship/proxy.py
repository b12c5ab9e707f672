"""Find the proxy of a URL in the environment, by the rules of the library that the official exporter uses."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy that requests to a URL go through.

    Args:
        url: Absolute, http or https.
        environ: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are read, lower case first.

    Returns:
        None where there is none, or `NO_PROXY` names the host. Loopback is no exception unless named there.
    """
    parts = urlsplit(url)
    host = parts.hostname
    if host is None or _bypassed(host, parts.port, environ):
        return None
    proxies = _proxies(environ)
    for key in (f"{parts.scheme}://{host}", parts.scheme, f"all://{host}", "all"):
        if key in proxies:
            found = proxies[key]
            return found if "://" in found else f"http://{found}"
    return None


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    named = [(key, value) for key, value in environ.items() if key.lower().endswith("_proxy")]
    found = {key.lower()[:-6]: value for key, value in named if value}
    # In a CGI program HTTP_PROXY is the request's `Proxy:` header (CVE-2016-1000110).
    if "REQUEST_METHOD" in environ:
        found.pop("http", None)
    for key, value in named:
        if key.endswith("_proxy"):
            found[key.lower()[:-6]] = value
    return {key: value for key, value in found.items() if value}


def _bypassed(host: str, port: int | None, environ: Mapping[str, str]) -> bool:
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if listed.strip() == "*":
        return True
    names = [name for name in listed.replace(" ", "").split(",") if name]
    numeric = _is_ipv4(host)
    if numeric and any(_in_network(host, name) for name in names):
        return True
    with_port = f"{host}:{port}" if port and not numeric else host
    for name in names:
        bare = name.lstrip(".").lower()
        if bare in (host, with_port) or host.endswith("." + bare) or with_port.endswith("." + bare):
            return True
    return False


def _is_ipv4(text: str) -> bool:
    try:
        socket.inet_aton(text)
    except (OSError, ValueError):
        return False
    return True


def _in_network(host: str, name: str) -> bool:
    network, slash, bits = name.partition("/")
    if not slash or not bits.isdigit() or not 1 <= int(bits) <= 32 or not _is_ipv4(network):
        return False
    shift = 32 - int(bits)
    return _number(host) >> shift == _number(network) >> shift


def _number(address: str) -> int:
    return int.from_bytes(socket.inet_aton(address), "big")
