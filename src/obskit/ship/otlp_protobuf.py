"""Encode lines as OTLP/HTTP requests in protobuf, from the one mapping that JSON has.

Loading this module loads protobuf and `opentelemetry-proto`: import it on first use.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from obskit.ship.encoder import Record, Signal, by_scope, log_scope, span_scope
from obskit.ship.otlp_logs import log_record
from obskit.ship.otlp_spans import span
from obskit.ship.otlp_values import attributes

# Field numbers of *ServiceRequest.resource_* and Resource*.scope_*, alike for both signals, with wire type 2.
_RESOURCE = b"\x0a"
_SCOPES = b"\x12"


class ProtobufEncoder:
    """Encodes one signal as binary OTLP."""

    content_type = "application/x-protobuf"

    def __init__(self, signal: Signal) -> None:
        self._logs = signal == "logs"

    def record(self, line: Mapping[str, Any], plain: bool = False) -> Record:  # noqa: ARG002 - one protocol for all
        """Encode one parsed line."""
        # A scope message that holds this record alone: laid end to end such messages are one that holds them all.
        if self._logs:
            return Record(log_scope(line), ScopeLogs(log_records=[_log_message(log_record(line))]).SerializeToString())
        return Record(span_scope(line), ScopeSpans(spans=[_span_message(span(line))]).SerializeToString())

    def chunks(self, records: Sequence[Record], resource: Mapping[str, Any]) -> Iterator[bytes]:
        """Yield the body of a request in parts of about one record."""
        held = Resource(attributes=_attributes(attributes(resource)))
        message = ResourceLogs(resource=held) if self._logs else ResourceSpans(resource=held)
        head = message.SerializeToString()
        scopes = []
        for scope, group in by_scope(records).items():
            scope_head = self._scope_head(scope)
            size = len(scope_head) + sum(map(len, group))
            scopes.append((_SCOPES + _varint(size) + scope_head, size, group))
        yield _RESOURCE + _varint(len(head) + sum(1 + len(_varint(size)) + size for _, size, _ in scopes)) + head
        for prefix, _, group in scopes:
            yield prefix
            yield from group

    def _scope_head(self, scope: Any) -> bytes:
        named = InstrumentationScope(name=scope.name, version=scope.version)
        holder = ScopeLogs if self._logs else ScopeSpans
        return holder(scope=named, schema_url=scope.schema_url).SerializeToString()


def encode_logs(lines: Iterable[Mapping[str, Any]], header: Mapping[str, Any]) -> bytes:
    """Return the logs request of parsed log lines of one segment header."""
    return _encode("logs", lines, header)


def encode_spans(lines: Iterable[Mapping[str, Any]], header: Mapping[str, Any]) -> bytes:
    """Return the traces request of parsed span lines of one segment header."""
    return _encode("spans", lines, header)


def _encode(signal: Signal, lines: Iterable[Mapping[str, Any]], header: Mapping[str, Any]) -> bytes:
    encoder = ProtobufEncoder(signal)
    return b"".join(encoder.chunks([encoder.record(line) for line in lines], header.get("resource") or {}))


def _log_message(record: Mapping[str, Any]) -> LogRecord:
    return LogRecord(
        time_unix_nano=int(record["timeUnixNano"]),
        observed_time_unix_nano=int(record["observedTimeUnixNano"]),
        severity_number=record.get("severityNumber", 0),
        severity_text=record.get("severityText", ""),
        body=_any_value(record["body"]) if "body" in record else None,
        attributes=_attributes(record["attributes"]),
        trace_id=bytes.fromhex(record.get("traceId", "")),
        span_id=bytes.fromhex(record.get("spanId", "")),
    )


def _span_message(record: Mapping[str, Any]) -> Span:
    return Span(
        trace_id=bytes.fromhex(record["traceId"]),
        span_id=bytes.fromhex(record["spanId"]),
        trace_state=record.get("traceState", ""),
        parent_span_id=bytes.fromhex(record.get("parentSpanId", "")),
        flags=record["flags"],
        name=record["name"],
        kind=record["kind"],
        start_time_unix_nano=int(record["startTimeUnixNano"]),
        end_time_unix_nano=int(record["endTimeUnixNano"]),
        attributes=_attributes(record["attributes"]),
        dropped_attributes_count=record.get("droppedAttributesCount", 0),
        events=map(_event, record.get("events", ())),
        dropped_events_count=record.get("droppedEventsCount", 0),
        links=map(_link, record.get("links", ())),
        dropped_links_count=record.get("droppedLinksCount", 0),
        status=_status(record["status"]) if "status" in record else None,
    )


def _event(event: Mapping[str, Any]) -> Span.Event:
    return Span.Event(
        time_unix_nano=int(event["timeUnixNano"]),
        name=event["name"],
        attributes=_attributes(event["attributes"]),
        dropped_attributes_count=event.get("droppedAttributesCount", 0),
    )


def _link(link: Mapping[str, Any]) -> Span.Link:
    return Span.Link(
        trace_id=bytes.fromhex(link["traceId"]),
        span_id=bytes.fromhex(link["spanId"]),
        trace_state=link.get("traceState", ""),
        attributes=_attributes(link["attributes"]),
        dropped_attributes_count=link.get("droppedAttributesCount", 0),
        flags=link.get("flags", 0),
    )


def _status(status: Mapping[str, Any]) -> Status:
    return Status(code=status["code"], message=status.get("message", ""))


def _attributes(items: Iterable[Mapping[str, Any]]) -> list[KeyValue]:
    return [KeyValue(key=item["key"], value=_any_value(item["value"])) for item in items]


def _any_value(form: Mapping[str, Any]) -> AnyValue:
    for kind, value in form.items():
        if kind == "stringValue":
            return AnyValue(string_value=value)
        if kind == "boolValue":
            return AnyValue(bool_value=value)
        if kind == "intValue":
            return AnyValue(int_value=int(value))
        if kind == "doubleValue":
            return AnyValue(double_value=float(value))
        if kind == "arrayValue":
            return AnyValue(array_value=ArrayValue(values=map(_any_value, value["values"])))
        if kind == "kvlistValue":
            return AnyValue(kvlist_value=KeyValueList(values=_attributes(value["values"])))
        return AnyValue(bytes_value=base64.b64decode(value))
    return AnyValue()


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)
