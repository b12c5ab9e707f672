"""Putting the ids of the caller into the headers that go out, and into none that the application holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from obskit.integration import KEPT_HEADER

if TYPE_CHECKING:
    import httpx

_KEPT = KEPT_HEADER.lower().encode("ascii")


def outgoing(request: httpx.Request, carrier: Iterable[tuple[str, str]], *, mark: str) -> httpx.Request:
    """Return `request` with the carrier's headers beside its own, of which none is replaced.

    The copy shares all but the headers: the application may send its request again, or keep the headers for others.
    """
    headers = request.headers
    given = {name.lower() for name, _ in headers.raw}
    if b"traceparent" in given:
        # A tracestate belongs to the traceparent beside it (W3C Trace Context, section 3.3).
        given.add(b"tracestate")
    copy = object.__new__(type(request))
    copy.__dict__.update(request.__dict__)
    copy.__dict__[mark] = True
    copy.headers = extended = type(headers)(headers)
    for name, value in carrier:
        raw = name.encode("ascii")
        if raw.lower() not in given:
            _add(extended, raw, value.encode("ascii"))
    return copy


def kept(response: httpx.Response) -> bytes | None:
    """Return what the response says of whether the service has kept its unit of work, None where it says nothing."""
    for name, value in response.headers.raw:
        if len(name) == len(_KEPT) and name.lower() == _KEPT:
            return value
    return None


def _add(headers: httpx.Headers, name: bytes, value: bytes) -> None:
    entries = getattr(headers, "_list", None)
    if type(entries) is list and (not entries or len(entries[0]) == 3):
        # `headers[name] = value` looks through all of them each time.
        entries.append((name, name.lower(), value))
    else:
        headers.update([(name, value)])
