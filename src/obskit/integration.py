"""The public face for plug-ins: a base class, and the helpers that all of them share.

An inbound carrier becomes a scope and a server span (`begin`), the current scope and span become an outbound carrier
(`outbound`). A plug-in needs nothing else of obskit.
"""

from __future__ import annotations

import contextlib
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar

from opentelemetry import baggage as otel_baggage
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from obskit import state
from obskit.context import correlation, scope
from obskit.decide.levels import ERROR, INFO
from obskit.tracing import carrier
from obskit.tracing.current import detach

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context.context import Context

__all__ = [
    "DidNotEnable",
    "Integration",
    "Unit",
    "begin",
    "client_span",
    "current_span",
    "enabled",
    "guard",
    "instrumented_by_opentelemetry",
    "outbound",
    "use_span",
]

Headers = Iterable[tuple[str | bytes, str | bytes]]

_KINDS = {
    "server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER, "internal": SpanKind.INTERNAL,
    "client": SpanKind.CLIENT, "producer": SpanKind.PRODUCER,
}  # fmt: skip
_ALSO_ACCEPTED = "x-request-id"


class DidNotEnable(Exception):
    """An integration can't be installed here; the text says why.

    Silent under `integrations="auto"`, a ConfigError where it was named.
    """


class Integration(ABC):
    """Joins one framework.

    Attributes:
        name: The name of the framework's module, which is also that of the entry point.
    """

    name: ClassVar[str]

    @abstractmethod
    def install(self) -> Callable[[], None]:
        """Patch the framework, and return what takes the patches back.

        Raises:
            DidNotEnable: The framework is absent, too old, or already taken care of.
        """


def enabled() -> bool:
    """Tell whether obskit is initialised and not shut down."""
    return state.runtime is not None and not state.runtime.plain


@contextlib.contextmanager
def guard() -> Iterator[None]:
    """Keep obskit's own failures from the application: an Exception in the block is counted and told of once."""
    try:
        yield
    except Exception as trouble:
        if state.runtime is not None:
            state.runtime.pipeline.failed("an integration", trouble)


class Unit:
    """A unit of work that a plug-in has begun: scope, span, and the access line at its end.

    Attributes:
        correlation_id: The id of the unit.
        span: Its span; the current one where the unit was begun without.
        scope: Its scope.
    """

    __slots__ = ("_ended", "_owns", "_request", "_started", "correlation_id", "entered", "frame", "scope", "span")

    def __init__(self, unit: scope.Scope, span: Span, request: Mapping[str, Any], *, owns: bool) -> None:
        self.scope = unit
        self.correlation_id = unit.correlation_id
        self.span = span
        self._owns = owns
        self._request = dict(request)
        self._started = time.perf_counter_ns()
        self._ended = False
        self.frame: scope.Frame | None = None
        self.entered: tuple[Token[Context], Context] | None = None

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that a response must carry."""
        runtime = state.runtime
        name = runtime.settings.correlation_header if runtime is not None else "X-Correlation-ID"
        return [(name, self.correlation_id)]

    def rename(self, name: str) -> None:
        """Give the unit's own span another name, once the route is known."""
        if self._owns:
            self.span.update_name(name)

    def set(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Add attributes to the unit's own span."""
        if self._owns:
            self.span.set_attributes(dict(attributes))

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Run a block as part of the unit where its context does not reach: a body sent by another thread or task."""
        frame = scope.enter(self.scope, {})
        active = trace.set_span_in_context(self.span)
        token = otel_context.attach(active)
        try:
            yield
        finally:
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
        with guard():
            bad = error is not None if failed is None else failed
            self._end(error, message, level, logger, request, attributes, fields, bad)
        self.scope.seal()
        if self.entered is not None:
            detach(*self.entered)
        if self.frame is not None:
            scope.leave(self.frame)

    def _end(
        self,
        error: BaseException | None,
        message: str | None,
        level: int | None,
        logger: str,
        request: Mapping[str, Any] | None,
        attributes: Mapping[str, AttributeValue] | None,
        fields: Mapping[str, Any] | None,
        failed: bool,
    ) -> None:
        elapsed = (time.perf_counter_ns() - self._started) / 1e6
        runtime = state.runtime
        with self.active():
            if message is not None and runtime is not None:
                line = dict(fields or {})
                line["request"] = {**self._request, **(request or {}), "duration_ms": round(elapsed, 3)}
                found = level if level is not None else (ERROR if failed else INFO)
                if runtime.enabled(found, logger):
                    runtime.log(found, logger, message, line, error)
            if self._owns:
                if attributes:
                    self.span.set_attributes(dict(attributes))
                if error is not None:
                    self.span.record_exception(error)
                if failed:
                    self.span.set_status(Status(StatusCode.ERROR, type(error).__name__ if error else None))
                self.span.end()


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
    trusted = state.runtime is None or state.runtime.settings.trust_incoming
    found = correlation.accept(correlation_id) or (_incoming_id(given) if trusted else None)
    unit = scope.Scope(found, fields or {}, kind)
    frame = scope.enter(unit, {})
    if not span:
        made = Unit(unit, trace.get_current_span(), request or {}, owns=False)
        made.frame = frame
        return made
    remote, baggage = carrier.extract(given)
    context = otel_context.get_current()
    if trusted:
        for key, value in baggage.items():
            context = otel_baggage.set_baggage(key, value, context)
        if remote is not None:
            context = trace.set_span_in_context(NonRecordingSpan(remote), context)
    elif remote is not None:
        # At an internet-facing edge the caller's trace is a hint: a new one begins, and links to it.
        links = [*links, Link(remote)]
    started = trace.get_tracer(tracer, version).start_span(
        name, context, _KINDS.get(kind, SpanKind.INTERNAL), attributes, list(links)
    )
    made = Unit(unit, started, request or {}, owns=True)
    made.frame = frame
    active = trace.set_span_in_context(started, context)
    made.entered = (otel_context.attach(active), active)
    return made


def outbound(host: str | None = None) -> list[tuple[str, str]]:
    """Return the carrier of an outgoing call or message, from the current scope and span.

    Args:
        host: Where it goes; only to hosts of `propagate_to` go correlation id and baggage, None being one of them.

    Returns:
        `traceparent`, `tracestate`, `baggage` and the correlation header, those that there are.
    """
    runtime = state.runtime
    span = trace.get_current_span().get_span_context()
    ours = host is None or runtime is None or _matches(host, runtime.settings.propagate_to)
    found = carrier.inject(span, otel_baggage.get_all() if ours else {})
    unit = scope.current()
    if ours and unit is not None:
        header = runtime.settings.correlation_header if runtime is not None else "X-Correlation-ID"
        found.append((header, unit.correlation_id))
    return found


def client_span(
    name: str,
    *,
    kind: str = "client",
    attributes: Mapping[str, AttributeValue] | None = None,
    tracer: str = "obskit",
    version: str | None = None,
) -> Span:
    """Start the span of an outgoing call or message; it is not made current, and whoever asked ends it."""
    return trace.get_tracer(tracer, version).start_span(name, None, _KINDS.get(kind, SpanKind.CLIENT), attributes)


def current_span() -> Span:
    """Return the current span; a non-recording one where there is none."""
    return trace.get_current_span()


@contextlib.contextmanager
def use_span(span: Span) -> Iterator[Span]:
    """Make a span current for a block; it is not ended."""
    active = trace.set_span_in_context(span)
    token = otel_context.attach(active)
    try:
        yield span
    finally:
        detach(token, active)


def instrumented_by_opentelemetry(package: str) -> bool:
    """Tell whether OpenTelemetry's own instrumentor of a framework is active.

    Args:
        package: The module, such as `opentelemetry.instrumentation.httpx`.
    """
    module = sys.modules.get(package)
    for found in vars(module).values() if module is not None else ():
        instance = getattr(found, "_instance", None) if isinstance(found, type) else None
        if instance is not None and getattr(instance, "_is_instrumented_by_opentelemetry", False):
            return True
    return False


def _incoming_id(headers: list[tuple[str | bytes, str | bytes]]) -> str | None:
    runtime = state.runtime
    wanted = (runtime.settings.correlation_header if runtime is not None else "X-Correlation-ID").lower()
    found: dict[str, str | bytes] = {}
    for name, value in headers:
        text = (name.decode("latin-1") if isinstance(name, bytes) else name).lower()
        if text in (wanted, _ALSO_ACCEPTED):
            found.setdefault(text, value)
    for name in (wanted, _ALSO_ACCEPTED):
        accepted = correlation.accept(found.get(name))
        # An id that holds a secret would carry it into every line of every service.
        if accepted is not None and (runtime is None or runtime.redactor.text(accepted) == accepted):
            return accepted
    return None


def _matches(host: str, patterns: Sequence[str]) -> bool:
    return any(pattern == "*" or fnmatchcase(host.lower(), pattern.lower()) for pattern in patterns)
