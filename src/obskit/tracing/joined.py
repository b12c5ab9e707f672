"""Feed an engine from a tracer provider that is not obskit's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry.context.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import DEFAULT_TRACE_STATE

from obskit.tracing.carrier import KNOWN_FLAGS
from obskit.tracing.head import probability
from obskit.tracing.local import LocalTrace

if TYPE_CHECKING:
    from obskit.tracing.engine import Engine

CORRELATION = "correlation_id"


class Feed(SpanProcessor):
    """Hands the spans of an application's own tracer provider to an engine.

    Attributes:
        engine: gets the spans; None while obskit is shut down.
    """

    def __init__(self) -> None:
        self.engine: Engine | None = None

    def on_start(self, span: SdkSpan, parent_context: Context | None = None) -> None:  # noqa: ARG002
        """Note the correlation id of the unit in which the span starts."""
        if self.engine is None:
            return
        correlation_id = self.engine.correlation()
        if correlation_id is not None:
            span.set_attribute(CORRELATION, correlation_id)

    def on_end(self, span: ReadableSpan) -> None:
        """Hand the ended span on."""
        engine = self.engine
        if engine is None:
            return
        try:
            engine.on_end(AdaptedSpan(span))
        except Exception as error:
            engine.failed("the end of a span", error)


class AdaptedSpan:
    """An ended span of OpenTelemetry's SDK, with the attributes that obskit's own span has.

    Args:
        span: what a span processor gets.
    """

    def __init__(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        self.name = span.name
        self.kind = span.kind
        self.context = context
        self.trace_id = context.trace_id if context else 0
        self.span_id = context.span_id if context else 0
        self.flags = context.trace_flags & KNOWN_FLAGS if context else 0
        self.trace_state = context.trace_state if context else DEFAULT_TRACE_STATE
        self.probability = probability(context) if context else 1.0
        self.local = LocalTrace(b"%032x" % self.trace_id, self.flags, self.trace_state, self.probability)
        self.shown = b'%b%016x"' % (self.local.shown, self.span_id)
        self.parent = span.parent
        self.parent_id = span.parent.span_id if span.parent else 0
        self.parent_hex = b"%016x" % span.parent.span_id if span.parent else b""
        self.parent_remote = bool(span.parent and span.parent.is_remote)
        self.start_time = span.start_time or 0
        self.end_time = span.end_time or self.start_time
        self.status = span.status
        self.events = span.events
        self.links = span.links
        self.instrumentation_scope = span.instrumentation_scope
        self.resource = span.resource
        self.dropped_attributes = span.dropped_attributes
        self.dropped_events = span.dropped_events
        self.dropped_links = span.dropped_links
        self.tracer = self.more = None
        self.attributes: dict[str, Any] = dict(span.attributes or {})
        found = self.attributes.pop(CORRELATION, None)
        self.values = self.attributes
        self.correlation_id = found if isinstance(found, str) else None
