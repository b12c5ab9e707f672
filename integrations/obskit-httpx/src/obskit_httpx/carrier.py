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
    added = [(name.encode("ascii"), value.encode("ascii")) for name, value in carrier]
    copy = object.__new__(type(request))
    copy.__dict__.update(request.__dict__)
    copy.__dict__[mark] = True
    copy.headers = _extended(headers, [pair for pair in added if pair[0].lower() not in given])
    return copy


def kept(response: httpx.Response) -> bytes | None:
    """Return what the response says of whether the service has kept its unit of work, None where it says nothing."""
    for name, value in response.headers.raw:
        if len(name) == len(_KEPT) and name.lower() == _KEPT:
            return value
    return None


def _extended(headers: httpx.Headers, added: list[tuple[bytes, bytes]]) -> httpx.Headers:
    copy = type(headers)(headers)
    entries = getattr(copy, "_list", None)
    if isinstance(entries, list) and all(type(entry) is tuple and len(entry) == 3 for entry in entries[:1]):
        # Each `headers[name] = value` looks through, and encodes, everything anew.
        entries.extend((name, name.lower(), value) for name, value in added)
    else:
        copy.update(added)
    return copy
