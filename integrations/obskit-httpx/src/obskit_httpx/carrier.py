"""Putting the ids of the caller into the headers that go out, and into none that the application holds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
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
    copy = object.__new__(type(request))
    copy.__dict__.update(request.__dict__)
    copy.__dict__[mark] = True
    copy.headers = extended = type(headers)(headers)
    entries = _entries(extended)
    given = {lowered for _, lowered, _ in entries}
    if b"traceparent" in given:
        # A tracestate belongs to the traceparent beside it (W3C Trace Context, section 3.3).
        given.add(b"tracestate")
    for name, value in carrier:
        raw, lowered = _raw(name)
        if lowered not in given:
            entries.append((raw, lowered, value.encode("ascii")))
    if entries is not _own(extended):
        copy.headers = type(headers)([(name, value) for name, _, value in entries])
    return copy


@lru_cache(maxsize=16)
def _raw(name: str) -> tuple[bytes, bytes]:
    """Return the name of one of the carrier's headers as HTTPX holds it: as it is, and in lower case."""
    raw = name.encode("ascii")
    return raw, raw.lower()


def kept(response: httpx.Response) -> bytes | None:
    """Return what the response says of whether the service has kept its unit of work, None where it says nothing."""
    for _, lowered, value in _entries(response.headers):
        if lowered == _KEPT:
            return value
    return None


def _entries(headers: httpx.Headers) -> list[tuple[bytes, bytes, bytes]]:
    """Return names, names in lower case and values."""
    own = _own(headers)
    return [(name, name.lower(), value) for name, value in headers.raw] if own is None else own


def _own(headers: httpx.Headers) -> list[tuple[bytes, bytes, bytes]] | None:
    """Return the very list that HTTPX holds; None where it holds something else.

    By what is public each name that is asked for is looked for among all, which are encoded and decoded for it.
    """
    found = getattr(headers, "_list", None)
    plain = type(found) is list and (not found or (type(found[0]) is tuple and len(found[0]) == 3))
    return found if plain else None
