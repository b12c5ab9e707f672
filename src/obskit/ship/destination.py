"""Make the lanes to a target: from the endpoints of the settings, or from a URL that somebody typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obskit.digest import sha256
from obskit.settings.addresses import check_base
from obskit.settings.endpoint import Endpoint, appended, for_grpc, without_userinfo
from obskit.settings.kinds import NO_GRPC, speaks_grpc
from obskit.settings.mistakes import Refused, shown_url

if TYPE_CHECKING:
    from obskit.journal.ids import Signal
    from obskit.ship.lane import Lane, Reporter

_FORMS = "otlp+http://HOST:4318, otlp+https://HOST, otlp+grpc://HOST:4317 or opensearch+http://HOST:9200"


class WrongDestination(ValueError):
    """A URL leads to no target; the text says what is accepted."""


def lanes_to(
    url: str, report: Reporter, headers: Mapping[str, str] | None = None, certificate: str | None = None
) -> list[Lane]:
    """Return the lanes of all signals to a target.

    Args:
        url: The kind of target, `+`, and its base URL: `otlp+http://127.0.0.1:4318`.
        report: Where to say what a user should know.
        headers: HTTP headers of every request.
        certificate: The path of a PEM file with the authorities to trust; the system's by default.

    Raises:
        WrongDestination: The URL is none of these.
    """
    kind, plus, base = url.partition("+")
    if kind == "otlp" and base.startswith("grpc"):
        kind, base = "otlp+grpc", f"http{base.removeprefix('grpc')}"
    make = _KINDS.get(kind)
    if not plus or make is None:
        msg = f"{shown_url(url)}: not the URL of a target; write {_FORMS}"
        raise WrongDestination(msg)
    try:
        check_base(base)
    except Refused as reason:
        msg = f"{shown_url(url)}: {str(reason) or 'not a URL of HTTP'}; write {_FORMS}"
        raise WrongDestination(msg) from None
    return make(base, report, dict(headers or {}), certificate)


def otlp_lanes(logs: Endpoint | None, spans: Endpoint | None, report: Reporter) -> list[Lane]:
    """Return the lanes to OTLP endpoints, one a signal; logs and spans of one base URL are lanes of one target.

    Args:
        logs: Where logs go; None where they go nowhere.
        spans: Where spans go; None where they go nowhere.
        report: Where to say what a user should know.
    """
    from obskit.ship.backoff import Backoff
    from obskit.ship.encoder import encoder
    from obskit.ship.lane import Lane
    from obskit.ship.targets import target

    lanes: list[Lane] = []
    wanted: tuple[tuple[Signal, Endpoint | None], ...] = (("logs", logs), ("spans", spans))
    for signal, endpoint in wanted:
        if endpoint is not None:
            made, reached = encoder(endpoint.protocol, signal), target(endpoint, signal)
            lanes.append(Lane((target_name(endpoint), signal), signal, reached, made, Backoff(), report))
    if len(lanes) == 2 and lanes[0].key[0] == lanes[1].key[0]:
        lanes[0].sibling, lanes[1].sibling = lanes[1], lanes[0]
    return lanes


def target_name(endpoint: Endpoint) -> str:
    """Return the name of a target, as in the cursors: protocol, host and port, and a digest of the whole URL.

    Logs and spans of one base URL have one name; the path's last part says the signal.
    """
    parts = urlsplit(endpoint.url)
    base = endpoint.url.removesuffix("/v1/logs").removesuffix("/v1/traces")
    mark = sha256(base.encode()).hexdigest()[:8]
    # The host alone is cut: the digest tells two of one beginning apart.
    return f"otlp+{parts.scheme}://{(parts.hostname or '')[:80]}{f':{parts.port}' if parts.port else ''}#{mark}"


def _otlp(base: str, report: Reporter, headers: dict[str, str], certificate: str | None) -> list[Lane]:
    plain, credentials = without_userinfo(base)
    if credentials is not None:
        headers.setdefault("authorization", credentials)
    logs, spans = (
        Endpoint(url=appended(plain, signal), headers=headers, certificate=certificate) for signal in ("logs", "traces")
    )
    return otlp_lanes(logs, spans, report)


def _grpc(base: str, report: Reporter, headers: dict[str, str], certificate: str | None) -> list[Lane]:
    if not speaks_grpc():
        raise WrongDestination(NO_GRPC)
    plain, credentials = without_userinfo(for_grpc(base))
    if credentials is not None:
        headers.setdefault("authorization", credentials)
    endpoint = Endpoint(url=plain, headers=headers, certificate=certificate, protocol="grpc")
    return otlp_lanes(endpoint, endpoint, report)


def _opensearch(base: str, report: Reporter, headers: dict[str, str], certificate: str | None) -> list[Lane]:
    from obskit.ship.opensearch import opensearch_lanes

    return opensearch_lanes(base, report, headers, certificate)


_KINDS: Mapping[str, Callable[[str, Reporter, dict[str, str], str | None], list[Lane]]] = {
    "otlp": _otlp,
    "otlp+grpc": _grpc,
    "opensearch": _opensearch,
}
