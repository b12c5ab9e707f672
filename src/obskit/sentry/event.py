"""Build a Sentry event from an emitted record, and stamp ids on any event."""

from __future__ import annotations

import ipaddress
import platform
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_LEVELS = {"TRACE": "debug", "DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error", "FATAL": "fatal"}
_ERROR_FACTS = ("code", "category", "severity", "retryable", "causes")
_RUNTIME = {"name": platform.python_implementation(), "version": platform.python_version()}


@dataclass(slots=True)
class Ids:
    """What ties an event to the lines and spans of the same work."""

    values: dict[str, str] = field(default_factory=dict)
    fingerprint: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What all events of this process share."""

    service: str
    environment: str
    release: str | None
    server_name: str
    resource: Mapping[str, str]


def ids_of(record: Mapping[str, Any]) -> Ids:
    """Read the ids of an emitted record."""
    values = {name: str(record[name]) for name in ("correlation_id", "trace_id", "span_id") if record.get(name)}
    error = record.get("error")
    fingerprint = error.get("fingerprint") if isinstance(error, Mapping) else None
    line = record.get("id")
    return Ids(values, str(fingerprint) if fingerprint else None, str(line) if line else None)


def describe(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event says beside its exception, from a record that has passed the redactor."""
    event: dict[str, Any] = {
        "level": _LEVELS.get(str(record.get("level")), "error"),
        "platform": "python",
        "contexts": {"runtime": dict(_RUNTIME)},
    }
    if (line := record.get("id")) is not None:
        # One line, one event: Sentry keeps the first of two events with one id.
        event["event_id"] = uuid.uuid5(uuid.NAMESPACE_OID, str(line)).hex
    for name in ("timestamp", "logger"):
        if record.get(name) is not None:
            event[name] = record[name]
    if record.get("message") is not None:
        event["logentry"] = {"message": str(record["message"]), "formatted": str(record["message"])}
    if isinstance(context := record.get("context"), Mapping) and context:
        event["contexts"]["context"] = dict(context)
    if isinstance(user := record.get("user"), Mapping) and user:
        event["user"] = _user(user)
    if isinstance(request := record.get("request"), Mapping) and request:
        _add_request(event, request)
    if isinstance(error := record.get("error"), Mapping):
        facts = {name: error[name] for name in _ERROR_FACTS if name in error}
        if facts:
            event["contexts"]["error"] = facts
    return event


def exception_of(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the exception block of a record whose exception object is not at hand."""
    error = record.get("error")
    if not isinstance(error, Mapping):
        return None
    values = {"type": str(error.get("type", "Error")), "value": str(error.get("message", ""))}
    return {"values": [values]}


def stamp(event: dict[str, Any], ids: Ids, origin: Origin, *, keep_trace: bool = False) -> dict[str, Any]:
    """Write ids and origin over `event`, in place: after redaction, so that no detector can take an id for a secret.

    `keep_trace` leaves the trace that sentry-sdk itself records in its place.
    """
    tags = _mapping(event.get("tags"))
    contexts = _mapping(event.get("contexts"))
    tags["service"] = origin.service
    for name in ("correlation_id", "trace_id"):
        if name in ids.values:
            tags[name] = ids.values[name]
    _stamp_trace(contexts, ids, keep_trace)
    if ids.fingerprint:
        tags["fingerprint"] = ids.fingerprint
        event["fingerprint"] = [ids.fingerprint]
    known = dict(ids.values)
    if ids.line:
        known["id"] = ids.line
    if known:
        contexts["obskit"] = known
    if origin.resource:
        contexts["otel"] = {"resource": dict(origin.resource)}
    event["tags"], event["contexts"] = tags, contexts
    event["environment"] = origin.environment
    event["server_name"] = origin.server_name
    if origin.release:
        event["release"] = origin.release
    elif not event.get("release"):
        event.pop("release", None)
    return event


def bare(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known to be harmless of an event that could not be redacted: its kind, not its content."""
    kept = ("event_id", "timestamp", "start_timestamp", "level", "platform", "type", "sdk")
    left = {name: event[name] for name in kept if name in event}
    left["logentry"] = {"formatted": "[REDACTED:error] the redactor failed on this event"}
    exception = event.get("exception")
    values = exception.get("values") if isinstance(exception, Mapping) else None
    if isinstance(values, list):
        named = [value for value in values if isinstance(value, Mapping)]
        left["exception"] = {"values": [{part: _class(v.get(part)) for part in ("type", "module")} for v in named]}
    return left


def _class(name: Any) -> str | None:
    # A class can be given any name at run time.
    return name if isinstance(name, str) and all(part.isidentifier() for part in name.split(".")) else None


def _stamp_trace(contexts: dict[str, Any], ids: Ids, keep_trace: bool) -> None:
    if keep_trace:
        return
    # sentry-sdk makes up a trace where it records none: it would lead nowhere.
    contexts.pop("trace", None)
    if "trace_id" in ids.values and "span_id" in ids.values:
        contexts["trace"] = {"type": "trace", "trace_id": ids.values["trace_id"], "span_id": ids.values["span_id"]}


def _mapping(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list):
        return {str(pair[0]): pair[1] for pair in value if isinstance(pair, (list, tuple)) and len(pair) == 2}
    return {}


def _user(user: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in user.items() if name != "ip"}
    if "ip" in user:
        try:
            found["ip_address"] = str(ipaddress.ip_address(str(user["ip"])))
        except ValueError:  # Sentry refuses what is no address, a marker or a network for one
            found["ip"] = user["ip"]
    return found


def _add_request(event: dict[str, Any], request: Mapping[str, Any]) -> None:
    rest = {name: value for name, value in request.items() if name not in ("method", "path", "status_code")}
    block = {"method": request.get("method"), "url": request.get("path")}
    event["request"] = {name: value for name, value in block.items() if value is not None}
    if "status_code" in request:
        event["contexts"]["response"] = {"type": "response", "status_code": request["status_code"]}
    if rest:
        event["contexts"]["http"] = rest
    if request.get("route") is not None:
        event["transaction"] = " ".join(str(request[name]) for name in ("method", "route") if request.get(name))
