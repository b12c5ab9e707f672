"""Correlation ids in the headers of what comes in and what goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from opentelemetry import baggage as otel_baggage
from opentelemetry import trace

from obskit import state
from obskit.context import correlation, scope
from obskit.tracing import carrier

Headers = Iterable[tuple[str | bytes, str | bytes]]

_DEFAULT = "X-Correlation-ID"
_ALSO_ACCEPTED = "x-request-id"


def outbound(host: str | None = None) -> list[tuple[str, str]]:
    """Return the carrier of an outgoing call or message, from the current scope and span.

    Args:
        host: Where it goes; only to hosts of `propagate_to` go correlation id and baggage, None being one of them.

    Returns:
        `traceparent`, `tracestate`, `baggage` and the correlation header, those that there are; redacted.
    """
    runtime = state.runtime
    span = trace.get_current_span().get_span_context()
    ours = host is None or runtime is None or _matches(host, runtime.settings.propagate_to)
    protect = {} if runtime is None else {"protect": runtime.redactor.protect}
    found = carrier.inject(span, otel_baggage.get_all() if ours else {}, **protect)
    unit = scope.current()
    if ours and unit is not None:
        found.append((correlation_header(), unit.correlation_id))
    return found


def correlation_header() -> str:
    """Return the name of the header that carries the correlation id."""
    runtime = state.runtime
    return runtime.settings.correlation_header if runtime is not None else _DEFAULT


def incoming_id(headers: Headers) -> str | None:
    """Return the correlation id of an inbound carrier, where there is an acceptable one."""
    wanted = correlation_header().lower()
    found: dict[str, str | bytes] = {}
    for name, value in headers:
        text = (name.decode("latin-1") if isinstance(name, bytes) else name).lower()
        if text in (wanted, _ALSO_ACCEPTED):
            found.setdefault(text, value)
    for name in (wanted, _ALSO_ACCEPTED):
        accepted = correlation.accept(found.get(name))
        if accepted is not None:
            return accepted
    return None


def _matches(host: str, patterns: Sequence[str]) -> bool:
    return any(pattern == "*" or fnmatchcase(host.lower(), pattern.lower()) for pattern in patterns)
