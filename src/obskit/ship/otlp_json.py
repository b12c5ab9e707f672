"""Encode lines as OTLP/HTTP requests in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from obskit.ship import json_logs, json_spans
from obskit.ship.encoder import Record, Signal, by_scope
from obskit.ship.json_logs import log_json
from obskit.ship.json_spans import span_json
from obskit.ship.otlp_logs import log_record
from obskit.ship.otlp_spans import span
from obskit.ship.otlp_values import attributes

__all__ = ["JsonEncoder", "encode_logs", "encode_spans", "log_record", "logs_body", "span", "spans_body"]

_NAMES = {
    "logs": (b"resourceLogs", b"scopeLogs", b"logRecords"),
    "spans": (b"resourceSpans", b"scopeSpans", b"spans"),
}
_TOGETHER = 32
_new = tuple.__new__


class JsonEncoder:
    """Encodes one signal as OTLP JSON (OTLP 1.x, JSON Protobuf Encoding)."""

    content_type = "application/json"

    def __init__(self, signal: Signal) -> None:
        self._outer, self._middle, self._inner = _NAMES[signal]
        self._map, self._plain = (log_record, log_json) if signal == "logs" else (span, span_json)
        self._scope = json_logs.scope_of if signal == "logs" else json_spans.scope_of

    def record(self, line: Mapping[str, Any], plain: bool = False) -> Record:
        """Encode one parsed line; sooner where no text of it needs an escape."""
        return _new(Record, (self._scope(line), self._plain(line) if plain else orjson.dumps(self._map(line))))

    def chunks(self, records: Sequence[Record], resource: Mapping[str, Any]) -> Iterator[bytes]:
        """Yield the body of a request in parts of a few records."""
        held = orjson.dumps({"attributes": attributes(resource)})
        yield b'{"%b":[{"resource":%b,"%b":[' % (self._outer, held, self._middle)
        joint = b""
        for scope, group in by_scope(records).items():
            named = {"name": scope.name, "version": scope.version} if scope.version else {"name": scope.name}
            schema = b',"schemaUrl":' + orjson.dumps(scope.schema_url) if scope.schema_url else b""
            yield b'%b{"scope":%b%b,"%b":[' % (joint, orjson.dumps(named), schema, self._inner)
            for start in range(0, len(group), _TOGETHER):
                yield (b"," if start else b"") + b",".join(group[start : start + _TOGETHER])
            yield b"]}"
            joint = b","
        yield b"]}]}"


def logs_body(records: Iterable[Record], resource: Mapping[str, Any]) -> bytes:
    """Return the body of one logs request.

    Args:
        records: Made by `JsonEncoder("logs").record`.
        resource: The `resource` of the segment's header, keys by OpenTelemetry's names.
    """
    return b"".join(JsonEncoder("logs").chunks(list(records), resource))


def spans_body(records: Iterable[Record], resource: Mapping[str, Any]) -> bytes:
    """Return the body of one traces request.

    Args:
        records: Made by `JsonEncoder("spans").record`.
        resource: The `resource` of the segment's header, keys by OpenTelemetry's names.
    """
    return b"".join(JsonEncoder("spans").chunks(list(records), resource))


def encode_logs(lines: Iterable[Mapping[str, Any]], header: Mapping[str, Any]) -> bytes:
    """Return the logs request of parsed log lines of one segment header."""
    return logs_body(map(JsonEncoder("logs").record, lines), header.get("resource") or {})


def encode_spans(lines: Iterable[Mapping[str, Any]], header: Mapping[str, Any]) -> bytes:
    """Return the traces request of parsed span lines of one segment header."""
    return spans_body(map(JsonEncoder("spans").record, lines), header.get("resource") or {})
