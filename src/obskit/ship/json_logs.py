"""Go from a log line straight to an OTLP LogRecord in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from obskit.ship.encoder import Scope, log_scope
from obskit.ship.json_parts import Attributes, Odd, check_ids, nanos, own, scopes
from obskit.ship.otlp_logs import SENT, SEVERITIES, attributes_of, log_record

_SEVERITIES = {name: f'"severityNumber":{number},"severityText":"{name}"' for name, number in SEVERITIES.items()}
_attributes = Attributes(SENT)
_dumps = orjson.dumps


def log_json(line: Mapping[str, Any]) -> bytes:
    """Return the OTLP LogRecord of a log line as JSON: the bytes of `orjson.dumps(log_record(line))`, sooner.

    Args:
        line: A parsed line of no kind.
    """
    try:
        return _plain(line).encode()
    except (Odd, KeyError, TypeError, ValueError, AttributeError):
        return _dumps(log_record(line))


def scope_of(line: Mapping[str, Any]) -> Scope:
    """Return the scope of a log line: its logger."""
    logger = line.get("logger")
    return scopes[logger] if type(logger) is str else log_scope(line)


def _plain(line: Mapping[str, Any]) -> str:
    message = line["message"]
    if type(message) is not str:
        raise Odd
    ids = ""
    if "trace_id" in line:
        trace, span = line["trace_id"], line["span_id"]
        check_ids(trace, span, span)
        ids = f',"traceId":"{trace}","spanId":"{span}"'
    when = nanos(line["timestamp"])
    return (
        f'{{"timeUnixNano":"{when}","observedTimeUnixNano":"{when}",{_SEVERITIES[line["level"]]},'
        f'"body":{{"stringValue":"{message}"}},"attributes":[{_all(line)}]{ids}}}'
    )


def _all(line: Mapping[str, Any]) -> str:
    if (
        "error" in line
        or "user" in line
        or "request" in line
        or "sampling" in line
        or "late" in line
        or "truncated" in line
    ):
        return _dumps(attributes_of(line))[1:-1].decode()
    given = _attributes(line["context"]) if "context" in line else ""
    return own(line) + given
