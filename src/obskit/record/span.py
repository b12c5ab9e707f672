"""Build the record of a span that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import StatusCode, format_span_id, format_trace_id

from obskit.clock import timestamp
from obskit.protect.shown import shown

if TYPE_CHECKING:
    from obskit.tracing.span import Span


def build(span: Span, static: Mapping[str, Any], sampling: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the record of a span in schema order; its attributes are still as they were given."""
    local, start = span.local, span.start_time
    end = span.end_time or start
    record: dict[str, Any] = {
        "timestamp": timestamp(end),
        "kind": "span",
        "name": _text(span.name),
        "span_kind": getattr(span.kind, "name", "INTERNAL"),
        "start": timestamp(start),
        "duration_ms": (end - start) / 1e6,
    }
    if span.correlation_id is not None:
        record["correlation_id"] = span.correlation_id
    record["trace_id"] = format_trace_id(local.trace_id)
    record["span_id"] = format_span_id(span.span_id)
    if span.parent_hex:
        record["parent_span_id"] = span.parent_hex.decode()
        record["parent_remote"] = span.parent_remote
    if local.trace_state:
        record["trace_state"] = local.trace_state.to_header()
    record["flags"] = local.flags
    if span.status.status_code is not StatusCode.UNSET:
        status: dict[str, Any] = {"code": span.status.status_code.name}
        if span.status.description:
            status["message"] = span.status.description
        record["status"] = status
    _add_details(record, span)
    record.update(static)
    if sampling is not None:
        record["sampling"] = sampling
    return record


def instrumentation(span: Span) -> dict[str, Any]:
    """Return who made a span, perhaps nobody that has a name."""
    scope = span.instrumentation_scope
    if not scope.name:
        return {}
    found = {"name": scope.name, "version": scope.version, "schema_url": scope.schema_url}
    return {key: value for key, value in found.items() if value}


def _text(name: Any) -> str:
    # A name can be anything: OpenTelemetry takes what it is given.
    return name if type(name) is str else str.__str__(name) if issubclass(type(name), str) else shown(name)


def _add_details(record: dict[str, Any], span: Span) -> None:
    attributes, events, links = span.attributes, span.events, span.links
    if attributes:
        record["attributes"] = dict(attributes)
    if events:
        record["events"] = [
            {
                "timestamp": timestamp(event.timestamp),
                "name": _text(event.name),
                "attributes": dict(event.attributes or {}),
            }
            for event in events
        ]
    if links:
        record["links"] = [
            {
                "trace_id": format_trace_id(link.context.trace_id),
                "span_id": format_span_id(link.context.span_id),
                "attributes": dict(link.attributes or {}),
            }
            for link in links
        ]
    made_by = instrumentation(span)
    if made_by:
        record["instrumentation"] = made_by
    counts = {"attributes": span.dropped_attributes, "events": span.dropped_events, "links": span.dropped_links}
    dropped = {key: count for key, count in counts.items() if count}
    if dropped:
        record["dropped"] = dropped
