"""A unit of work: an inbound carrier becomes a scope and a server span, its end an access line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from opentelemetry import baggage as otel_baggage
from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from obskit import state
from obskit.context import correlation, scope
from obskit.decide.levels import ERROR, INFO
from obskit.integration.carriers import Carrier, Headers, incoming_id, incoming_trace, sift
from obskit.integration.kept import kept_header
from obskit.integration.safety import failed as tell
from obskit.integration.terms import Terms, terms
from obskit.integration.turns import Turns
from obskit.tracing.active import SPAN, variable, with_span
from obskit.tracing.current import detach

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context.context import Context

    from obskit.runtime.runtime import Runtime

_KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER, "internal": SpanKind.INTERNAL}
_NOTHING: Mapping[str, Any] = {}
# Message, level, logger, request and fields of an access line.
_Line: TypeAlias = tuple[str | None, int, str, Mapping[str, Any] | None, Mapping[str, Any] | None]


class Unit:
    """A unit of work that a plug-in has begun: scope, span, and the access line at its end.

    Attributes:
        correlation_id: The id of the unit.
        span: Its span; the current one where the unit was begun without.
        scope: Its scope.
        told: Whether its caller is told that the unit is kept, where it is.
    """

    __slots__ = (
        "_ended", "_header", "_request", "_started", "correlation_id", "entered", "frame", "owns", "scope", "span",
        "told",
    )  # fmt: skip

    span: Span

    def __init__(self, unit: scope.Scope, request: Mapping[str, Any], header: str, told: bool) -> None:
        self.scope = unit
        self.correlation_id = unit.correlation_id
        self.told = told
        self.owns = False
        self.entered: tuple[Token[Context] | None, Context] | None = None
        self._header = header
        self._request = request
        self._started = perf_counter_ns()
        self._ended = False
        self.frame = scope.enter(unit, _NOTHING)

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that a response must carry; asked for when it starts, as late as can be."""
        found = [(self._header, self.correlation_id)]
        return found + kept_header(self) if self.told else found

    def keep(self) -> None:
        """Keep the unit whatever sampling says; called where a response is known to be a failure."""
        self.scope.keep()

    def rename(self, name: str) -> None:
        """Give the unit's own span another name, once the route is known."""
        if self.owns:
            self.span.update_name(name)

    def set(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Add attributes to the unit's own span."""
        if self.owns:
            self.span.set_attributes(attributes)

    def active(self) -> Active:
        """Run a block as part of the unit where its context does not reach: a body sent by another thread or task."""
        return Active(self)

    def turns(self) -> Turns:
        """Leave the unit's context, and return what runs its further steps, `with turns:` around each.

        For frameworks that run a request in steps, between which its thread does other things. Called once, by who has
        just begun the unit, in the same context.
        """
        return Turns(self)

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
        line = (message, level if level is not None else (ERROR if bad else INFO), logger, request, fields)
        # An interrupt passes through, and must not leave the unit open on a thread that serves on.
        try:
            if scope.current_layer().frame.scope is self.scope and variable.get().get(SPAN) is self.span:
                self._close(line, error, attributes, bad)
            else:
                with Active(self):
                    self._close(line, error, attributes, bad)
        except Exception as trouble:
            tell(trouble)
        finally:
            self._leave(bad)

    def _close(
        self, line: _Line, error: BaseException | None, attributes: Mapping[str, AttributeValue] | None, failed: bool
    ) -> None:
        try:
            message, level, logger, request, fields = line
            runtime = state.runtime
            if message is not None and runtime is not None and runtime.enabled(level, logger):
                taken = (perf_counter_ns() - self._started + 500) // 1000 / 1000
                block = {**self._request, **(request or _NOTHING), "duration_ms": taken}
                given = {"request": block} if fields is None else {**fields, "request": block}
                runtime.log(level, logger, message, given, error)
        finally:
            if self.owns:
                self._end_span(error, attributes, failed)

    def _end_span(
        self, error: BaseException | None, attributes: Mapping[str, AttributeValue] | None, failed: bool
    ) -> None:
        try:
            if attributes:
                self.span.set_attributes(attributes)
            if error is not None:
                self.span.record_exception(error)
            if failed:
                self.span.set_status(Status(StatusCode.ERROR, type(error).__name__ if error else None))
        finally:
            self.span.end()

    def _leave(self, failed: bool) -> None:
        try:
            self.scope.seal(failed)
            entered = self.entered
            if entered is not None and entered[0] is not None:
                detach(entered[0], entered[1])
        finally:
            scope.leave(self.frame)


class Active:
    """A block that runs as part of a unit."""

    __slots__ = ("_active", "_frame", "_token", "_unit")

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._frame: scope.Frame | None = None
        self._token: Token[Context] | None = None

    def __enter__(self) -> None:
        unit = self._unit
        if scope.current_layer().frame.scope is not unit.scope:
            self._frame = scope.enter(unit.scope, _NOTHING)
        if unit.owns or unit.span.get_span_context().is_valid:
            # With the unit's own baggage; where another instrumentation makes the span, its context stays what it is.
            self._active = unit.entered[1] if unit.entered is not None else with_span(unit.span)
            self._token = variable.set(self._active)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._token is not None:
            detach(self._token, self._active)
        if self._frame is not None:
            scope.leave(self._frame)


def begin(
    name: str,
    *,
    kind: str = "server",
    headers: Headers | Carrier = (),
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
        headers: The inbound carrier; names in any case, repeated ones as they came. Or what `sift` has made of it.
        attributes: The span's attributes.
        request: The `request` block of the access line; not changed afterwards.
        fields: Bound for every line of the unit.
        correlation_id: Wins over the headers'.
        links: Other spans that the unit has to do with.
        tracer: The instrumentation's name.
        version: Its version.
        span: Whether to make a span; False where another instrumentation does.

    Returns:
        The unit; `finish` ends it.
    """
    known = terms()
    found = headers if isinstance(headers, Carrier) else sift(headers)
    identity = correlation_id
    # That of the unit around has been judged already.
    if correlation_id is not None and correlation_id is not scope.correlation_id():
        identity = correlation.accept(correlation_id)
    if identity is None and found and known.trusted:
        identity = incoming_id(found, known)
    made = scope.Scope(identity, fields or _NOTHING, kind)
    told = False
    if found:
        told = known.trusted and ("traceparent" in found or known.lowered in found)
        if known.has_level_key and state.runtime is not None:
            _admit(made, found, state.runtime)
    unit = Unit(made, request or _NOTHING, known.header, told)
    noted = None if state.runtime is None else state.runtime.units
    if not span:
        unit.span = trace.get_current_span()
        if noted is not None:
            noted.begun(made)
        return unit
    try:
        context: Context | None = None
        if found and ("traceparent" in found or "baggage" in found):
            context, caller = _continued(found, known)
            links = [*links, *caller]
        starting = known.tracer(tracer, version).start_span
        unit.span = starting(name, context, _KINDS.get(kind, SpanKind.INTERNAL), attributes, links)
        unit.owns = True
        active = with_span(unit.span, context)
        unit.entered = (variable.set(active), active)
        if noted is not None:
            noted.begun(made, unit.span, name, kind, _told_of(request, attributes))
    except BaseException:
        # Nobody gets the unit, so nobody could end it.
        scope.leave(unit.frame)
        raise
    return unit


def _told_of(request: Mapping[str, Any] | None, attributes: Mapping[str, AttributeValue] | None) -> Mapping[str, Any]:
    """Return what is known of a request when it begins."""
    if request or not attributes or "url.path" not in attributes:
        return request or _NOTHING
    return {"method": attributes.get("http.request.method"), "path": attributes["url.path"]}


def _admit(made: scope.Scope, found: Carrier, runtime: Runtime) -> None:
    from obskit.integration.level import admit

    admit(made, found.items(), runtime)


def _continued(found: Carrier, known: Terms) -> tuple[Context | None, Sequence[Link]]:
    remote, baggage = incoming_trace(found)
    if not known.trusted:
        # At an internet-facing edge the caller's trace is a hint: a new one begins, and links to it.
        return None, () if remote is None else (Link(remote),)
    context = None
    for key, value in baggage.items():
        context = otel_baggage.set_baggage(key, value, context)
    if remote is not None:
        context = with_span(NonRecordingSpan(remote), context)
    return context, ()
