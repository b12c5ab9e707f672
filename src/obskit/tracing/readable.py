"""Make the redacted span that a user's span processors get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, Status

from obskit.tracing import tracestate

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

    from obskit.tracing.span import Span

Protect = Callable[[Any, str | None], Any]


def readable(span: Span, protect: Protect, resource: Resource) -> ReadableSpan:
    """Copy an ended span into OpenTelemetry's form, redacted.

    Args:
        span: the lean span; it stays as it is.
        protect: `protect(value, key)` gives the value redacted.
        resource: the service, redacted already.

    Returns:
        What an exporter of OpenTelemetry's SDK can send. The correlation id is an attribute of it.

    Raises:
        Exception: what `protect` raises; nothing unredacted may be handed on then.
    """
    attributes = span.attributes
    if span.correlation_id is not None:
        attributes.setdefault("correlation_id", span.correlation_id)
    return ReadableSpan(
        name=str(protect(span.name, None)),
        context=_context(span.context, protect),
        parent=None if span.parent is None else _context(span.parent, protect),
        resource=resource,
        attributes=_redacted(attributes, protect, span.dropped_attributes),
        events=_bounded([_event(event, protect) for event in span.events], span.dropped_events),
        links=_bounded([_link(link, protect) for link in span.links], span.dropped_links),
        kind=span.kind,
        status=_status(span.status, protect),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=_scope(span.instrumentation_scope, protect),
    )


def named(attributes: Mapping[str, Any], protect: Protect) -> dict[str, Any]:
    """Give attributes redacted, their names too."""
    return {str(protect(key, None)): protect(value, key) for key, value in attributes.items()}


def _context(context: SpanContext, protect: Protect) -> SpanContext:
    state = tracestate.cleared(context.trace_state, protect)
    if state is context.trace_state:
        return context
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags, state)


def _scope(scope: InstrumentationScope, protect: Protect) -> InstrumentationScope:
    name, version, url = (protect(text, None) for text in (scope.name, scope.version, scope.schema_url))
    attributes = named(scope.attributes, protect) if scope.attributes else None
    return InstrumentationScope(str(name), version, url, attributes)


def _event(event: Any, protect: Protect) -> Event:
    attributes = _redacted(event.attributes, protect, event.dropped_attributes)
    return Event(str(protect(event.name, None)), attributes=attributes, timestamp=event.timestamp)


def _link(link: Any, protect: Protect) -> Link:
    return Link(_context(link.context, protect), _redacted(link.attributes, protect, link.dropped_attributes))


def _status(status: Status, protect: Protect) -> Status:
    if not status.description:
        return status
    return Status(status.status_code, str(protect(status.description, None)))


def _redacted(attributes: Mapping[str, Any], protect: Protect, dropped: int) -> BoundedAttributes:
    bounded = BoundedAttributes(attributes=named(attributes, protect), immutable=True)
    bounded.dropped = dropped
    return bounded


def _bounded(items: Sequence[Any], dropped: int) -> BoundedList[Any]:
    bounded: BoundedList[Any] = BoundedList.from_seq(None, items)
    bounded.dropped = dropped
    return bounded
