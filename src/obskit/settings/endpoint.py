"""Where the records of one signal go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal
from urllib.parse import unquote, urlsplit

from obskit.settings.fixed import Fixed

Signal = Literal["logs", "traces"]
SIGNALS: tuple[Signal, ...] = ("logs", "traces")
_GRPC_PORT = 4317


class Endpoint(Fixed):
    """An OTLP receiver of one signal.

    `url` is complete (for gRPC: scheme, host and port) and free of userinfo (which has become the header
    `authorization`), `headers` have lower-case names, `timeout` is in seconds, the last three are paths of PEM files.
    """

    SECRETS: ClassVar[frozenset[str]] = frozenset({"headers"})

    url: str
    headers: Mapping[str, str]
    timeout: float = 10.0
    compression: Literal["gzip", "none"] = "gzip"
    protocol: Literal["http/json", "http/protobuf", "grpc"] = "http/json"
    certificate: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None


def appended(base: str, signal: Signal) -> str:
    """Return the URL of a signal below a base URL (OpenTelemetry, "Endpoint URLs for OTLP/HTTP")."""
    return f"{base.removesuffix('/')}/v1/{signal}"


def for_grpc(url: str, insecure: bool | None = None) -> str:
    """Return where gRPC is spoken: a URL of userinfo, host and port alone, 4317 where it names none.

    Args:
        url: With http or https; without a scheme, host and port.
        insecure: Whether TLS is done without, as the Python SDK reads `OTEL_EXPORTER_OTLP_INSECURE`: https always is
            TLS; anything else is where this is False, and a place without a scheme also where this is None.
    """
    parts = urlsplit(url if "://" in url else f"//{url}")
    plain = parts.scheme == "http" if insecure is None else insecure
    port = "" if parts.port else f":{_GRPC_PORT}"
    return f"{'http' if plain and parts.scheme != 'https' else 'https'}://{parts.netloc}{port}"


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
