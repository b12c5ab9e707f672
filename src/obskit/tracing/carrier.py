"""Read and write the headers that carry a trace: W3C Trace Context Level 2 and W3C Baggage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags

from obskit.tracing import baggage as w3c_baggage
from obskit.tracing import tracestate

SAMPLED = 0x01
RANDOM = 0x02
# Level 2 knows these two; all other flags must be sent as zero.
KNOWN_FLAGS = SAMPLED | RANDOM
FLAGS = tuple(TraceFlags(value) for value in range(KNOWN_FLAGS + 1))

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_NAMES = ("traceparent", "tracestate", "baggage")


def extract(headers: Iterable[tuple[str | bytes, str | bytes]]) -> tuple[SpanContext | None, dict[str, str]]:
    """Read the context that came with a request or message.

    Args:
        headers: names in any case, with their values; a name may stand more than once. Others are ignored.

    Returns:
        The remote span's context, None where `traceparent` is missing, doubled or invalid (W3C Trace Context Level 2,
        section 3.2); and the baggage, which stands on its own.
    """
    found: dict[str, list[str]] = {}
    for name, value in headers:
        known = _known(name)
        if known is not None:
            found.setdefault(known, []).append(_text(value))
    if not found:
        return None, {}
    parents = found.get("traceparent", ())
    context = parse_traceparent(parents[0], found.get("tracestate", ())) if len(parents) == 1 else None
    return context, w3c_baggage.parse(found.get("baggage", ()))


def inject(
    span_context: SpanContext | None,
    baggage: Mapping[str, object] | None = None,
    protect: Callable[[Any, str | None], Any] = lambda value, _: value,
) -> list[tuple[str, str]]:
    """Write the headers for an outgoing request or message.

    Args:
        span_context: the span that makes the call; an invalid one, or None, is left out.
        baggage: values by key.
        protect: `protect(value, key)` gives a value redacted: baggage goes out so, a member of the trace's state in
            which something is found does not.

    Returns:
        `traceparent`, `tracestate` and `baggage`, each at most once, and only those that say something.
    """
    headers: list[tuple[str, str]] = []
    if span_context is not None and span_context.is_valid:
        flags = span_context.trace_flags & KNOWN_FLAGS
        headers.append(("traceparent", f"00-{span_context.trace_id:032x}-{span_context.span_id:016x}-{flags:02x}"))
        state = tracestate.cleared(span_context.trace_state, protect)
        if state:
            headers.append(("tracestate", state.to_header()))
    if baggage:
        rendered = w3c_baggage.render(w3c_baggage.redacted(baggage, protect))
        if rendered:
            headers.append(("baggage", rendered))
    return headers


def parse_traceparent(traceparent: str, states: Iterable[str] = ()) -> SpanContext | None:
    """Read one traceparent with the tracestate that belongs to it.

    Args:
        traceparent: the header's value; white space around it is ignored.
        states: the values of the tracestate headers, in order.

    Returns:
        A remote context, or None. Of a future version what version 00 knows is taken. A bad tracestate never costs the
        traceparent.
    """
    match = _TRACEPARENT.fullmatch(traceparent.strip(" \t"))
    if match is None:
        return None
    version, trace_id, parent_id, flags, rest = match.groups()
    if version == "ff" or (version == "00" and rest is not None):
        return None
    known = FLAGS[int(flags, 16) & KNOWN_FLAGS]
    context = SpanContext(
        int(trace_id, 16), int(parent_id, 16), is_remote=True, trace_flags=known, trace_state=tracestate.parse(states)
    )
    return context if context.is_valid else None


def _known(name: str | bytes) -> str | None:
    if isinstance(name, bytes):
        name = name.decode("latin-1")
    lowered = str(name).lower()
    return lowered if lowered in _NAMES else None


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
