"""Build the record of a span that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import StatusCode, format_span_id, format_trace_id

from obskit.line.clock import timestamp

if TYPE_CHECKING:
    from obskit.tracing.span import Span


def build(span: Span, static: Mapping[str, Any], sampling: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the record of a span in schema order; its attributes are still as they were given."""
    context = span.context
    end = span.end_time or span.start_time
    record: dict[str, Any] = {
        "timestamp": timestamp(end),
        "kind": "span",
        "name": span.name,
        "span_kind": span.kind.name,
        "start": timestamp(span.start_time),
        "duration_ms": round((end - span.start_time) / 1e6, 6),
    }
    if span.correlation_id is not None:
        record["correlation_id"] = span.correlation_id
    record["trace_id"] = format_trace_id(context.trace_id)
    record["span_id"] = format_span_id(context.span_id)
    if span.parent is not None:
        record["parent_span_id"] = format_span_id(span.parent.span_id)
        record["parent_remote"] = span.parent.is_remote
    if context.trace_state:
        record["trace_state"] = context.trace_state.to_header()
    record["flags"] = int(context.trace_flags)
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


def _add_details(record: dict[str, Any], span: Span) -> None:
    if span.attributes:
        record["attributes"] = dict(span.attributes)
    if span.events:
        record["events"] = [
            {"timestamp": timestamp(event.timestamp), "name": event.name, "attributes": dict(event.attributes or {})}
            for event in span.events
        ]
    if span.links:
        record["links"] = [
            {
                "trace_id": format_trace_id(link.context.trace_id),
                "span_id": format_span_id(link.context.span_id),
                "attributes": dict(link.attributes or {}),
            }
            for link in span.links
        ]
    scope = span.instrumentation_scope
    if scope.name:
        found = {"name": scope.name, "version": scope.version, "schema_url": scope.schema_url}
        record["instrumentation"] = {key: value for key, value in found.items() if value}
    dropped = {
        "attributes": span.dropped_attributes, "events": span.dropped_events, "links": span.dropped_links
    }  # fmt: skip
    if any(dropped.values()):
        record["dropped"] = {key: count for key, count in dropped.items() if count}
