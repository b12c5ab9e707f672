"""Go from a span line straight to an OTLP Span in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from obskit.ship.encoder import Scope, span_scope
from obskit.ship.json_parts import Attributes, Odd, both_nanos, check_ids, own, scopes
from obskit.ship.otlp_spans import KINDS, SENT, details, own_attributes, span, times

_HAS_IS_REMOTE = 0x100
_IS_REMOTE = 0x200
# Below this many milliseconds a double holds nanoseconds exactly.
_EXACT = 1e9
_NEVER = -(1 << 62)
_attributes = Attributes(SENT)
_dumps = orjson.dumps


def span_json(line: Mapping[str, Any]) -> bytes:
    """Return the OTLP Span of a span line as JSON: the bytes of `orjson.dumps(span(line))`, sooner.

    Args:
        line: A parsed line of kind "span".
    """
    try:
        return _plain(line).encode()
    except (Odd, KeyError, TypeError, ValueError, AttributeError):
        return _dumps(span(line))


def scope_of(line: Mapping[str, Any]) -> Scope:
    """Return the scope of a span line: its instrumentation."""
    found = line.get("instrumentation")
    if type(found) is dict and len(found) == 1 and type(name := found.get("name")) is str:
        return scopes[name]
    return span_scope(line)


def _plain(line: Mapping[str, Any]) -> str:
    trace, own_id, name, flags = line["trace_id"], line["span_id"], line["name"], line["flags"]
    if type(name) is not str or type(flags) is not int or not 0 <= flags < 256:
        raise Odd
    (began, stamped), took = both_nanos(line["start"], line["timestamp"]), line["duration_ms"]
    ended = began + round(took * 1e6) if type(took) is float and 0 <= took < _EXACT else _NEVER
    if not -1000 < ended - stamped < 1000:
        began, ended = times(line)
    if "parent_span_id" in line:
        parent = line["parent_span_id"]
        check_ids(trace, own_id, parent)
        flags |= _HAS_IS_REMOTE | _IS_REMOTE if line.get("parent_remote") is True else _HAS_IS_REMOTE
        tail = f'],"parentSpanId":"{parent}","flags":{flags}'
    else:
        check_ids(trace, own_id, own_id)
        tail = f'],"flags":{flags | _HAS_IS_REMOTE}'
    more = ""
    if "trace_state" in line or "events" in line or "links" in line or "status" in line or "dropped" in line:
        more = _more(line)
    plain = "truncated" not in line and "sampling" not in line
    ours = own(line) if plain else _dumps(own_attributes(line))[1:-1].decode()
    given = _attributes(line["attributes"]) if "attributes" in line else ""
    return (
        f'{{"traceId":"{trace}","spanId":"{own_id}","name":"{name}","kind":{KINDS[line["span_kind"]]},'
        f'"startTimeUnixNano":"{began}","endTimeUnixNano":"{ended}","attributes":[{ours}{given}{tail}{more}}}'
    )


def _more(line: Mapping[str, Any]) -> str:
    record = details(line)
    return "," + _dumps(record)[1:-1].decode() if record else ""
