"""Go from a span line straight to an OTLP Span in JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from obskit.ship.encoder import Scope, span_scope
from obskit.ship.json_parts import END, JOINT, Names, Odd, attributes, forms, nanos, scopes
from obskit.ship.otlp_spans import KINDS, SENT, details, own_attributes, span, times

_IDS = re.compile(r"(?!0{32})[0-9a-f]{32}(?!0{16})[0-9a-f]{16}(?:(?!0{16})[0-9a-f]{16})?")
_KINDS = {name: b"%d" % number for name, number in KINDS.items()}
_HAS_IS_REMOTE = 0x100
_IS_REMOTE = 0x200
# Below this many milliseconds a double holds nanoseconds exactly.
_EXACT = 1e9
_names = Names(SENT)
_dumps = orjson.dumps


def span_json(line: Mapping[str, Any]) -> bytes:
    """Return the OTLP Span of a span line as JSON: the bytes of `orjson.dumps(span(line))`, sooner.

    Args:
        line: A parsed line of kind "span".
    """
    try:
        return _plain(line)
    except (Odd, KeyError, TypeError, ValueError, AttributeError):
        return _dumps(span(line))


def scope_of(line: Mapping[str, Any]) -> Scope:
    """Return the scope of a span line: its instrumentation."""
    found = line.get("instrumentation")
    if type(found) is dict and len(found) == 1:
        name = found.get("name")
        if type(name) is str:
            scope: Scope = scopes[name]
            return scope
    return span_scope(line)


def _plain(line: Mapping[str, Any]) -> bytes:
    trace, own, parent = line["trace_id"], line["span_id"], line.get("parent_span_id")
    name, took, flags = line["name"], line["duration_ms"], line["flags"]
    ids = trace + own if parent is None else trace + own + parent
    if not _IDS.fullmatch(ids) or len(trace) != 32 or len(own) != 16 or type(name) is not str or type(flags) is not int:
        raise Odd
    began = nanos(line["start"])
    ended = began + round(took * 1e6) if type(took) is float and 0 <= took < _EXACT else -1
    if not -1000 < ended - nanos(line["timestamp"]) < 1000:
        began, ended = times(line)
    if type(line["id"]) is not str:
        raise Odd
    found = [_UID + _dumps(line["id"])]
    if "correlation_id" in line or "truncated" in line or "sampling" in line:
        found = forms(own_attributes(line))
    if given := line.get("attributes"):
        found += attributes(given, _names)
    flags = flags & 0xFF | _HAS_IS_REMOTE if 0 <= flags < 1 << 32 else _HAS_IS_REMOTE
    tail = b'"'
    if parent is not None:
        if line.get("parent_remote") is True:
            flags |= _IS_REMOTE
        tail = b'"parentSpanId":"%b",' % parent.encode()
    more = b""
    if "trace_state" in line or "events" in line or "links" in line or "status" in line or "dropped" in line:
        more = _more(line)
    return (
        b'{"traceId":"%b","spanId":"%b","name":%b,"kind":%b,"startTimeUnixNano":"%d","endTimeUnixNano":"%d",'
        b'"attributes":[%b}}],%b"flags":%d%b}'
    ) % (trace.encode(), own.encode(), _dumps(name), _KINDS[line["span_kind"]], began, ended, JOINT.join(found), tail, flags, more)
