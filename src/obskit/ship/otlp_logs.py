"""Map a log line of the journal to an OTLP LogRecord in its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from obskit.ship.otlp_values import any_value, attribute, span_id, trace_id, unix_nano

# OpenTelemetry log data model, "Mapping of SeverityNumber".
SEVERITIES = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21}

_ERROR = {
    "type": "exception.type",
    "message": "exception.message",
    "stack_trace": "exception.stacktrace",
    "fingerprint": "error.fingerprint",
    "code": "error.code",
    "category": "error.category",
    "severity": "error.severity",
    "retryable": "error.retryable",
    "causes": "error.causes",
}
_USER = {"id": "user.id", "ip": "client.address", "session_id": "session.id"}
# OpenTelemetry semantic conventions, HTTP spans (stable); what they don't name keeps the schema's name.
_REQUEST = {
    "method": "http.request.method",
    "path": "url.path",
    "query": "url.query",
    "scheme": "url.scheme",
    "host": "server.address",
    "route": "http.route",
    "status_code": "http.response.status_code",
    "user_agent": "user_agent.original",
    "duration_ms": "request.duration_ms",
}
_SAMPLING = {"rate": "obskit.sampling.rate", "reason": "obskit.sampling.reason"}
_BLOCKS = (("error", _ERROR), ("user", _USER), ("request", _REQUEST), ("sampling", _SAMPLING))
_PLAIN = (
    ("id", "log.record.uid"),
    ("correlation_id", "correlation_id"),
    ("late", "obskit.late"),
    ("truncated", "obskit.truncated"),
)
# What obskit sends itself: a field of `context` with such a name goes as `context.<name>`, on every line alike.
SENT = frozenset(name for _, name in _PLAIN).union(*(names.values() for _, names in _BLOCKS))


def log_record(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the OTLP LogRecord of a log line.

    Args:
        line: A parsed line of the journal; what has another type than the schema's is sent as it is.

    Returns:
        A LogRecord in OTLP's JSON form, for `orjson` as it is; header and service fields are the resource's.
    """
    nanos = str(unix_nano(line.get("timestamp")) or 0)
    record: dict[str, Any] = {"timeUnixNano": nanos, "observedTimeUnixNano": nanos}
    level = line.get("level")
    if type(level) is str:
        record["severityNumber"] = SEVERITIES.get(level, 0)
        record["severityText"] = level
    if (message := line.get("message")) is not None:
        record["body"] = {"stringValue": message} if type(message) is str else any_value(message)
    record["attributes"] = attributes_of(line)
    if trace := trace_id(line.get("trace_id")):
        record["traceId"] = trace
        if span := span_id(line.get("span_id")):
            record["spanId"] = span
    return record


def attributes_of(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attributes of a log line's LogRecord."""
    found = [attribute(name, line[key]) for key, name in _PLAIN if line.get(key) is not None]
    sent: frozenset[str] = SENT
    for key, names in _BLOCKS:
        if (block := line.get(key)) is not None:
            sent = _add_block(found, key, block, names, sent)
    context = line.get("context")
    if isinstance(context, Mapping):
        for name, value in context.items():
            if value is not None:
                found.append(attribute(name if name and name not in sent else free_name(name, sent, context), value))
    elif context is not None:
        found.append(attribute("context.", context))
    return found


def free_name(name: str, sent: frozenset[str], given: Mapping[str, Any]) -> str:
    """Return the attribute name of a caller's field whose own is empty or taken: the first free under `context.`."""
    name = "context." + name
    while name in sent or name in given:
        name = "context." + name
    return name


def _add_block(
    found: list[dict[str, Any]], key: str, block: Any, names: Mapping[str, str], sent: frozenset[str]
) -> frozenset[str]:
    if not isinstance(block, Mapping):
        found.append(attribute(key, block))
        return sent | {key}
    for inner, value in block.items():
        if value is None:
            continue
        name = names.get(inner)
        if name is None:
            name = f"{key}.{inner}"
            sent |= {name}
        found.append(attribute(name, value))
    return sent
