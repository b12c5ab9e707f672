"""The headers of what comes in and what goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from opentelemetry import baggage as otel_baggage
from opentelemetry import trace
from opentelemetry.trace import Span, SpanContext

from obskit import state
from obskit.context import correlation, scope
from obskit.integration.terms import Terms, terms
from obskit.tracing import carrier
from obskit.tracing.active import SPAN, variable
from obskit.tracing.span import Span as Lean

Headers = Iterable[tuple[str | bytes, str | bytes]]

_ALSO_ACCEPTED = "x-request-id"
_TRACE = ("traceparent", "tracestate", "baggage")


class Carrier(dict[str, str | bytes]):
    """Of an inbound carrier's headers those that obskit looks at, by their names in lower case.

    A list that came in several parts is joined by commas, as HTTP allows (RFC 9110, section 5.3); of other headers the
    first counts. Two `traceparent` are then none (W3C Trace Context Level 2, section 3.2).

    Attributes:
        host, agent: The headers `Host` and `User-Agent`, for the plug-in; None where there is none.
    """

    host: str | bytes | None = None
    agent: str | bytes | None = None


def sift(headers: Headers) -> Carrier:
    """Take out of a request's or message's headers what obskit looks at, in one pass.

    Args:
        headers: Pairs of text or bytes, names in any case, repeated ones as they came.

    Returns:
        What `begin` takes in their place.
    """
    known, found = terms(), Carrier()
    names = known.names
    for name, value in headers:
        wanted = names.get(name)
        if wanted is None:
            wanted = known.learn(name)
        if not wanted:
            continue
        if wanted == "host":
            if found.host is None:
                found.host = value
        elif wanted == "user-agent":
            if found.agent is None:
                found.agent = value
        elif wanted not in found:
            found[wanted] = value
        elif wanted in _TRACE:
            found[wanted] = f"{_text(found[wanted])},{_text(value)}"
    return found


def sift_environ(environ: Mapping[str, Any]) -> Carrier:
    """Do the same with the headers in a WSGI environ (PEP 3333), where repeated ones are joined by commas already."""
    found = Carrier()
    for key, name in terms().environ:
        if key in environ and isinstance(value := environ[key], str):
            found[name] = value
    found.host, found.agent = environ.get("HTTP_HOST"), environ.get("HTTP_USER_AGENT")
    return found


def outbound(host: str | None = None, span: Span | None = None) -> list[tuple[str, str]]:
    """Return the carrier of an outgoing call or message, from the current scope and span.

    Args:
        host: Where it goes; only to hosts of `propagate_to` go correlation id, baggage and the header that lowers the
            level, None being one of them.
        span: The span of the call, where that is not the current one.

    Returns:
        `traceparent`, `tracestate`, `baggage`, the correlation header and that of the level, those that there are;
        redacted.
    """
    known, held = terms(), variable.get()
    ours = known.reaches(host)
    if span is None:
        span = trace.get_current_span()
    # As nearly always: a span of obskit's own, and nothing else in the context.
    if type(span) is Lean and not span.local.trace_state and (not held or (len(held) == 1 and SPAN in held)):
        found = [("traceparent", span.traceparent)]
    else:
        runtime = state.runtime
        protect = {} if runtime is None else {"protect": runtime.redactor.protect}
        found = carrier.inject(span.get_span_context(), otel_baggage.get_all() if ours else {}, **protect)
    unit = scope.current() if ours else None
    if unit is not None:
        found.append((known.header, unit.correlation_id))
        # It is good for whoever has it: not for any host that is called.
        if unit.level_header and known.is_named(host):
            found.append(("X-Obskit-Level", unit.level_header))
    return found


def incoming_id(found: Carrier, known: Terms) -> str | None:
    """Return the correlation id of an inbound carrier, where there is an acceptable one."""
    for name in (known.lowered, _ALSO_ACCEPTED):
        if name in found and (accepted := correlation.accept(found[name])) is not None:
            return accepted
    return None


def incoming_trace(found: Carrier) -> tuple[SpanContext | None, dict[str, str]]:
    """Return the remote span's context and the baggage of an inbound carrier."""
    if "traceparent" not in found and "baggage" not in found:
        return None, {}
    return carrier.extract([(name, found[name]) for name in _TRACE if name in found])


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
