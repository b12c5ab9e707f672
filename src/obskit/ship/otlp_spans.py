"""Map a span line of the journal to an OTLP Span in its JSON form."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from obskit.ship.otlp_logs import free_name
from obskit.ship.otlp_values import attribute, attributes, span_id, trace_id, unix_nano

# OTLP's own numbers (trace.proto); OpenTelemetry's API counts its kinds differently.
KINDS = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
STATUSES = {"UNSET": 0, "OK": 1, "ERROR": 2}
_HAS_IS_REMOTE = 0x100
_IS_REMOTE = 0x200
_MICROSECOND = 1_000
_EXACT = 1 << 50
_UINT64 = 1 << 64
_PLAIN = (
    ("id", "log.record.uid"),
    ("correlation_id", "correlation_id"),
    ("truncated", "obskit.truncated"),
)
SENT = frozenset(name for _, name in _PLAIN) | {"obskit.sampling.rate", "obskit.sampling.reason"}


def span(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the OTLP Span of a span line.

    Args:
        line: A parsed line of kind "span"; what it lacks or has in another type than the schema's is left out.

    Returns:
        A Span in OTLP's JSON form, for `orjson` as it is; header and service fields are the resource's.
    """
    start, end = times(line)
    flags = _uint(line.get("flags")) & 0xFF | _HAS_IS_REMOTE
    record: dict[str, Any] = {
        "traceId": trace_id(line.get("trace_id")),
        "spanId": span_id(line.get("span_id")),
        "name": _text(line.get("name")),
        "kind": KINDS.get(_text(line.get("span_kind")), 0),
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(end),
        "attributes": _attributes(line),
    }
    if parent := span_id(line.get("parent_span_id")):
        record["parentSpanId"] = parent
        if line.get("parent_remote") is True:
            flags |= _IS_REMOTE
    record["flags"] = flags
    record.update(details(line))
    return record


def details(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only some spans have: the fields of an OTLP Span from its trace state on."""
    record: dict[str, Any] = {}
    if state := _text(line.get("trace_state")):
        record["traceState"] = state
    if events := [_event(event) for event in _mappings(line.get("events"))]:
        record["events"] = events
    if links := [_link(link) for link in _mappings(line.get("links"))]:
        record["links"] = links
    status = line.get("status")
    if isinstance(status, Mapping) and (code := STATUSES.get(_text(status.get("code")), 0)):
        record["status"] = {"code": code}
        if message := _text(status.get("message")):
            record["status"]["message"] = message
    dropped = line.get("dropped")
    if isinstance(dropped, Mapping):
        for key in ("attributes", "events", "links"):
            if count := _uint(dropped.get(key)):
                record[f"dropped{key.capitalize()}Count"] = count
    return record


def own_attributes(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attributes of a span that obskit itself adds."""
    found = [attribute(name, line[key]) for key, name in _PLAIN if line.get(key) is not None]
    sampling = line.get("sampling")
    if isinstance(sampling, Mapping):
        found += attributes({f"obskit.sampling.{key}": sampling.get(key) for key in ("rate", "reason")})
    return found


def _attributes(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = own_attributes(line)
    given = line.get("attributes")
    if isinstance(given, Mapping):
        for name, value in given.items():
            if value is not None:
                found.append(attribute(name if name and name not in SENT else free_name(name, SENT, given), value))
    return found


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "timeUnixNano": str(unix_nano(event.get("timestamp")) or 0),
        "name": _text(event.get("name")),
        "attributes": attributes(event.get("attributes")),
    }
    if dropped := _uint(event.get("dropped_attributes")):
        record["droppedAttributesCount"] = dropped
    return record


def _link(link: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "traceId": trace_id(link.get("trace_id")),
        "spanId": span_id(link.get("span_id")),
        "attributes": attributes(link.get("attributes")),
    }
    if state := _text(link.get("trace_state")):
        record["traceState"] = state
    if flags := _uint(link.get("flags")) & 0xFF:
        record["flags"] = flags
    if dropped := _uint(link.get("dropped_attributes")):
        record["droppedAttributesCount"] = dropped
    return record


def times(line: Mapping[str, Any]) -> tuple[int, int]:
    """Return start and end in nanoseconds since the Unix epoch, 0 where nothing says."""
    end = unix_nano(line.get("timestamp"))
    start = unix_nano(line.get("start"))
    duration = _nanos(line.get("duration_ms"))
    if end is None and start is None:
        return 0, 0
    if start is None or end is None:
        if start is None:
            start = max((end or 0) - (duration or 0), 0)
        return start, end if end is not None else min(start + (duration or 0), _UINT64 - 1)
    # The line's timestamp is cut to microseconds; start and duration know the end to the nanosecond.
    if duration is not None and abs(start + duration - end) < _MICROSECOND:
        return start, start + duration
    return start, start if 0 < start - end < _MICROSECOND else end


def _nanos(millis: Any) -> int | None:
    if type(millis) is int:
        return millis * 1_000_000 if 0 <= millis < _UINT64 else None
    if type(millis) is not float or not math.isfinite(millis) or millis < 0:
        return None
    nanos = round(millis * 1e6)
    # Beyond a double's exact integers only the decimal that was written says which nanosecond was meant.
    return nanos if nanos < _EXACT else int(Decimal(repr(millis)) * 1_000_000)


def _mappings(items: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else iter(())


def _text(value: Any) -> str:
    return value if type(value) is str else ""


def _uint(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 1 << 32 else 0
