"""Putting the ids of the caller into the headers that go out, and into none that the application holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


def outgoing(request: httpx.Request, carrier: Iterable[tuple[str, str]], *, mark: str) -> httpx.Request:
    """Return `request` with the carrier's headers beside its own, of which none is replaced.

    The copy shares all but the headers: the application may send its request again, or keep the headers for others.
    """
    copy = object.__new__(type(request))
    copy.__dict__.update(request.__dict__)
    copy.__dict__[mark] = True
    copy.headers = type(request.headers)(request.headers)
    given = {name.lower() for name in request.headers}
    if "traceparent" in given:
        # A tracestate belongs to the traceparent beside it (W3C Trace Context, section 3.3).
        given.add("tracestate")
    for name, value in carrier:
        if name.lower() not in given:
            copy.headers[name] = value
    return copy
