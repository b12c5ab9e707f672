"""Make the lanes to a target: from the endpoints of the settings, or from a URL that somebody typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obskit.digest import sha256
from obskit.settings.addresses import check_base
from obskit.settings.endpoint import Endpoint, appended, without_userinfo
from obskit.settings.mistakes import Refused, shown_url

if TYPE_CHECKING:
    from obskit.ship.lane import Lane, Reporter

_FORMS = "otlp+http://HOST:4318, otlp+https://HOST or opensearch+http://HOST:9200"


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
    make = _KINDS.get(kind)
    if not plus or make is None:
        msg = f"{shown_url(url)}: not the URL of a target; write {_FORMS}"
        raise WrongDestination(msg)
    try:
        check_base(base)
    except Refused as reason:
        msg = f"{kind}+{shown_url(base)}: {str(reason) or 'not a URL of HTTP'}; write {_FORMS}"
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
    from obskit.ship.http import Target
    from obskit.ship.lane import Lane

    lanes: list[Lane] = []
    for signal, endpoint in (("logs", logs), ("spans", spans)):
        if endpoint is not None:
            made = encoder(endpoint.protocol, signal)  # type: ignore[arg-type]
            key = (target_name(endpoint), signal)
            lanes.append(Lane(key, signal, Target(endpoint), made, Backoff(), report))  # type: ignore[arg-type]
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
    return f"otlp+{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}#{mark}"[:120]


def _otlp(base: str, report: Reporter, headers: dict[str, str], certificate: str | None) -> list[Lane]:
    plain, credentials = without_userinfo(base)
    if credentials is not None:
        headers.setdefault("authorization", credentials)
    logs, spans = (
        Endpoint(url=appended(plain, signal), headers=headers, certificate=certificate) for signal in ("logs", "traces")
    )
    return otlp_lanes(logs, spans, report)


_KINDS: Mapping[str, Callable[[str, Reporter, dict[str, str], str | None], list[Lane]]] = {"otlp": _otlp}
