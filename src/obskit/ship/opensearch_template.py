"""The index template of OpenSearch: how the fields of lines are indexed, so that no line of any service conflicts."""

from __future__ import annotations

from typing import Any

import orjson

NAME = "obskit"
# A term has at most 32,766 bytes, a character at most 4.
_KEYWORD = {"type": "keyword", "ignore_above": 8191}
_TEXT = {"type": "text"}
_BOTH = {"type": "text", "fields": {"keyword": _KEYWORD}}
# Whatever names and types the values within have: it is one field.
_ANY = {"type": "flat_object"}
_TIME = {"type": "date_nanos", "ignore_malformed": True}
_NUMBER = {"type": "double", "ignore_malformed": True}
_INTEGER = {"type": "long", "ignore_malformed": True}
_TRUTH = {"type": "boolean"}


def template(shards: int, replicas: int) -> bytes:
    """Return the body of the request that puts the template.

    Args:
        shards: Primary shards of an index.
        replicas: Further copies of each, on other nodes.
    """
    settings = {"number_of_shards": shards, "number_of_replicas": replicas}
    return orjson.dumps(
        {
            "index_patterns": ["obskit-*"],
            "priority": 100,
            "version": 1,
            "_meta": {"description": "Lines of obskit; put by whoever sends them."},
            "template": {"settings": {"index": settings}, "mappings": MAPPINGS},
        }
    )


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "dynamic": False, "properties": properties}


# What is named here only is indexed; everything is stored. A mapping that grew with the lines would take the type of a
# name from whoever used it first, and refuse all others.
MAPPINGS: dict[str, Any] = {
    "dynamic": False,
    "date_detection": False,
    "properties": {
        "timestamp": _TIME,
        **dict.fromkeys(("id", "kind", "level", "logger", "service", "environment", "host", "version"), _KEYWORD),
        **dict.fromkeys(("correlation_id", "trace_id", "span_id", "parent_span_id", "trace_state"), _KEYWORD),
        "message": _BOTH,
        "error": _object(
            type=_KEYWORD,
            message=_TEXT,
            stack_trace=_TEXT,
            fingerprint=_KEYWORD,
            code=_KEYWORD,
            category=_KEYWORD,
            severity=_KEYWORD,
            retryable=_TRUTH,
            causes=_object(type=_KEYWORD, message=_TEXT),
        ),
        "user": _object(id=_KEYWORD, ip=_KEYWORD, session_id=_KEYWORD),
        "request": _object(
            method=_KEYWORD,
            path=_KEYWORD,
            route=_KEYWORD,
            status_code=_INTEGER,
            duration_ms=_NUMBER,
            disconnected=_TRUTH,
        ),
        "context": _ANY,
        "sampling": _object(rate=_NUMBER, reason=_KEYWORD),
        "late": _TRUTH,
        "truncated": _KEYWORD,
        "name": _BOTH,
        "span_kind": _KEYWORD,
        "start": _TIME,
        "duration_ms": _NUMBER,
        "parent_remote": _TRUTH,
        "flags": _INTEGER,
        "status": _object(code=_KEYWORD, message=_TEXT),
        "attributes": _ANY,
        "events": _object(timestamp=_TIME, name=_KEYWORD, attributes=_ANY),
        "links": _object(trace_id=_KEYWORD, span_id=_KEYWORD, attributes=_ANY),
        "instrumentation": _object(name=_KEYWORD, version=_KEYWORD, schema_url=_KEYWORD),
        "dropped": _object(attributes=_INTEGER, events=_INTEGER, links=_INTEGER),
        # What could not be indexed as it was, see the encoder.
        "uncut": {"type": "object", "enabled": False},
    },
}
