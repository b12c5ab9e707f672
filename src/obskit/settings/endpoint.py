"""Where the records of one signal go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal
from urllib.parse import unquote, urlsplit

from obskit.settings.fixed import Fixed

Signal = Literal["logs", "traces"]
SIGNALS: tuple[Signal, ...] = ("logs", "traces")


class Endpoint(Fixed):
    """An OTLP receiver of one signal.

    `url` is complete and free of userinfo (which has become the header `authorization`), `headers` have lower-case
    names, `timeout` is in seconds, the last three are paths of PEM files.
    """

    SECRETS: ClassVar[frozenset[str]] = frozenset({"headers"})

    url: str
    headers: Mapping[str, str]
    timeout: float = 10.0
    compression: Literal["gzip", "none"] = "gzip"
    protocol: Literal["http/json", "http/protobuf"] = "http/json"
    certificate: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None


def appended(base: str, signal: Signal) -> str:
    """Return the URL of a signal below a base URL (OpenTelemetry, "Endpoint URLs for OTLP/HTTP")."""
    return f"{base.removesuffix('/')}/v1/{signal}"


def without_userinfo(url: str) -> tuple[str, str | None]:
    """Return the URL without its userinfo, and the Basic credentials (RFC 7617) that this stood for."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    from base64 import b64encode

    name, _, password = userinfo.partition(":")
    credentials = f"{unquote(name)}:{unquote(password)}".encode()
    return parts._replace(netloc=host).geturl(), f"Basic {b64encode(credentials).decode()}"
