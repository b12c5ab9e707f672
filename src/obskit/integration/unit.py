"""A unit of work: an inbound carrier becomes a scope and a server span, its end an access line."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from opentelemetry import baggage as otel_baggage
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from obskit import state
from obskit.context import correlation, scope
from obskit.decide.levels import ERROR, INFO
from obskit.integration.carriers import Headers, correlation_header, incoming_id
from obskit.integration.safety import guard
from obskit.tracing import carrier
from obskit.tracing.current import detach

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context.context import Context

Carrier: TypeAlias = list[tuple[str | bytes, str | bytes]]
_KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER, "internal": SpanKind.INTERNAL}


class Unit:
    """A unit of work that a plug-in has begun: scope, span, and the access line at its end.

    Attributes:
        correlation_id: The id of the unit.
        span: Its span; the current one where the unit was begun without.
        scope: Its scope.
    """

    __slots__ = ("_ended", "_request", "_started", "correlation_id", "entered", "frame", "owns", "scope", "span")

    def __init__(self, unit: scope.Scope, request: Mapping[str, Any]) -> None:
        self.scope = unit
        self.correlation_id = unit.correlation_id
        self._request = dict(request)
        self._started = time.perf_counter_ns()
        self._ended = False
        self.frame = scope.enter(unit, {})
        self.span: Span = trace.get_current_span()
        self.owns = False
        self.entered: tuple[Token[Context], Context] | None = None

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that a response must carry."""
        return [(correlation_header(), self.correlation_id)]

    def rename(self, name: str) -> None:
        """Give the unit's own span another name, once the route is known."""
        if self.owns:
            self.span.update_name(name)

    def set(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Add attributes to the unit's own span."""
        if self.owns:
            self.span.set_attributes(dict(attributes))

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Run a block as part of the unit where its context does not reach: a body sent by another thread or task."""
        frame = scope.enter(self.scope, {})
        # With the unit's own baggage; where another instrumentation makes the span, its context stays what it is.
        active = self.entered[1] if self.entered is not None else trace.set_span_in_context(self.span)
        token = otel_context.attach(active) if self.owns or self.span.get_span_context().is_valid else None
        try:
            yield
        finally:
            if token is not None:
                detach(token, active)
            scope.leave(frame)

    def finish(
        self,
        *,
        error: BaseException | None = None,
        message: str | None = None,
        level: int | None = None,
        logger: str = "obskit.access",
        request: Mapping[str, Any] | None = None,
        attributes: Mapping[str, AttributeValue] | None = None,
        fields: Mapping[str, Any] | None = None,
        failed: bool | None = None,
    ) -> None:
        """End the unit: write its access line, end its span, seal its scope. Only the first call acts; never raises.

        Args:
            error: The exception that ended it.
            message: The access line's message; None for no line.
            level: Its level; ERROR where the unit failed, else INFO.
            logger: Its logger.
            request: More of the line's `request` block.
            attributes: More of the span's attributes.
            fields: More of the line's `context`.
            failed: Whether the span's status is ERROR; by default where there is an error.
        """
        if self._ended:
            return
        self._ended = True
        bad = error is not None if failed is None else failed
        # An interrupt passes through, and must not leave the unit open on a thread that serves on.
        try:
            with guard(), self.active():
                try:
                    if message is not None:
                        found = level if level is not None else (ERROR if bad else INFO)
                        self._log(message, found, logger, request, fields, error)
                finally:
                    self._end_span(error, attributes, bad)
        finally:
            self._leave()

    def _log(
        self,
        message: str,
        level: int,
        logger: str,
        request: Mapping[str, Any] | None,
        fields: Mapping[str, Any] | None,
        error: BaseException | None,
    ) -> None:
        elapsed = (time.perf_counter_ns() - self._started) / 1e6
        runtime = state.runtime
        if runtime is not None and runtime.enabled(level, logger):
            line = dict(fields or {})
            line["request"] = {**self._request, **(request or {}), "duration_ms": round(elapsed, 3)}
            runtime.log(level, logger, message, line, error)

    def _end_span(
        self, error: BaseException | None, attributes: Mapping[str, AttributeValue] | None, failed: bool
    ) -> None:
        if not self.owns:
            return
        try:
            if attributes:
                self.span.set_attributes(dict(attributes))
            if error is not None:
                self.span.record_exception(error)
            if failed:
                self.span.set_status(Status(StatusCode.ERROR, type(error).__name__ if error else None))
        finally:
            self.span.end()

    def _leave(self) -> None:
        try:
            self.scope.seal()
            if self.entered is not None:
                detach(*self.entered)
        finally:
            scope.leave(self.frame)


def begin(
    name: str,
    *,
    kind: str = "server",
    headers: Headers = (),
    attributes: Mapping[str, AttributeValue] | None = None,
    request: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    correlation_id: str | None = None,
    links: Sequence[Link] = (),
    tracer: str = "obskit",
    version: str | None = None,
    span: bool = True,
) -> Unit:
    """Begin a unit of work in the current context.

    Args:
        name: The span's name.
        kind: `server`, `consumer` or `internal`.
        headers: The inbound carrier; names in any case, repeated ones as they came.
        attributes: The span's attributes.
        request: The `request` block of the access line.
        fields: Bound for every line of the unit.
        correlation_id: Wins over the headers'.
        links: Other spans that the unit has to do with.
        tracer: The instrumentation's name.
        version: Its version.
        span: Whether to make a span; False where another instrumentation does.

    Returns:
        The unit; `finish` ends it.
    """
    given = list(headers)
    unit = Unit(scope.Scope(_identify(correlation_id, given), fields or {}, kind), request or {})
    if span:
        _start_span(unit, (name, attributes, links), given, (tracer, version))
    return unit


def _trusted() -> bool:
    return state.runtime is None or state.runtime.settings.trust_incoming


def _identify(given: str | None, headers: Carrier) -> str | None:
    return correlation.accept(given) or (incoming_id(headers) if _trusted() else None)


def _start_span(
    unit: Unit,
    wanted: tuple[str, Mapping[str, AttributeValue] | None, Sequence[Link]],
    headers: Carrier,
    instrumentation: tuple[str, str | None],
) -> None:
    name, attributes, links = wanted
    try:
        context, caller = _continued(headers)
        kind = _KINDS.get(unit.scope.kind, SpanKind.INTERNAL)
        tracer = trace.get_tracer(*instrumentation)
        unit.span = tracer.start_span(name, context, kind, attributes, [*links, *caller])
        unit.owns = True
        active = trace.set_span_in_context(unit.span, context)
        unit.entered = (otel_context.attach(active), active)
    except BaseException:
        # Nobody gets the unit, so nobody could end it.
        scope.leave(unit.frame)
        raise


def _continued(headers: Carrier) -> tuple[Context, list[Link]]:
    remote, baggage = carrier.extract(headers)
    context = otel_context.get_current()
    if not _trusted():
        # At an internet-facing edge the caller's trace is a hint: a new one begins, and links to it.
        return context, [] if remote is None else [Link(remote)]
    for key, value in baggage.items():
        context = otel_baggage.set_baggage(key, value, context)
    if remote is not None:
        context = trace.set_span_in_context(NonRecordingSpan(remote), context)
    return context, []
