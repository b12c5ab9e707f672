"""Make the target of an endpoint by the protocol it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from obskit.settings.endpoint import Endpoint
    from obskit.ship.peer import Peer


def target(endpoint: Endpoint, signal: Literal["logs", "spans"], **options: Any) -> Peer[Any, Any]:
    """Return what talks to an endpoint; what it needs is loaded now.

    Args:
        endpoint: URL, headers, timeout, compression, protocol and certificates.
        signal: "logs" or "spans".
        **options: As `Peer` takes them.

    Raises:
        ValueError: The endpoint's URL or a header cannot stand in a request.
    """
    if endpoint.protocol == "grpc":
        from obskit.ship import grpc

        return grpc.Target(endpoint, signal, **options)
    from obskit.ship import http

    return http.Target(endpoint, **options)
