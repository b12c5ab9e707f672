"""Turn plain JSON values and RFC 3339 times into the values of OTLP's JSON form."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

# A receiver's protobuf parser stops at 100 nested messages, and a level of AnyValue is up to three of them.
DEEPEST = 16
_INT64 = 1 << 63
_UINT64 = 1 << 64
_TO_THE_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-fA-F]{32}")
_SPAN_ID = re.compile(r"(?!0{16})[0-9a-fA-F]{16}")


def any_value(value: Any, depth: int = 0) -> dict[str, Any]:
    """Return a value as OTLP AnyValue in its JSON form.

    Args:
        value: Anything that JSON can hold; bytes too.
        depth: Levels of lists and dicts around it; below `DEEPEST` they become JSON text.

    Returns:
        64-bit integers as decimal strings, bytes as base64, null as the empty AnyValue (OTLP, JSON Protobuf
        Encoding).
    """
    kind = type(value)
    if kind is str:
        return {"stringValue": value}
    if kind is bool:
        return {"boolValue": value}
    if kind is int:
        return {"intValue": str(value)} if -_INT64 <= value < _INT64 else {"stringValue": str(value)}
    if kind is float:
        return {"doubleValue": value if math.isfinite(value) else _not_finite(value)}
    if value is None:
        return {}
    return _compound(value, depth)


def attribute(key: str, value: Any) -> dict[str, Any]:
    """Return one OTLP KeyValue in its JSON form."""
    if type(value) is str:
        return {"key": key, "value": {"stringValue": value}}
    return {"key": key, "value": any_value(value)}


def attributes(fields: Any) -> list[dict[str, Any]]:
    """Return a mapping as OTLP attributes, null left out; what is no mapping gives none."""
    if not isinstance(fields, Mapping):
        return []
    return [attribute(str(key), value) for key, value in fields.items() if value is not None]


def unix_nano(text: Any) -> int | None:
    """Parse a time of the journal exactly.

    Args:
        text: RFC 3339, UTC, "Z", up to nine digits of a second.

    Returns:
        Nanoseconds since the Unix epoch; None where it is no such time or OTLP's fixed64 cannot hold it.
    """
    if type(text) is not str or text[-1:] != "Z":
        return None
    second = _seconds(text[:19])
    if second is None:
        return None
    if len(text) == 20:
        return second * 1_000_000_000
    digits = text[20:-1]
    if text[19] != "." or len(digits) > 9 or not (digits.isascii() and digits.isdigit()):
        return None
    nanos = second * 1_000_000_000 + int(digits) * 10 ** (9 - len(digits))
    return nanos if nanos < _UINT64 else None


def trace_id(text: Any) -> str:
    """Return a trace id as 32 lower-case hex digits, empty where it is not valid (W3C Trace Context)."""
    return text.lower() if type(text) is str and _TRACE_ID.fullmatch(text) else ""


def span_id(text: Any) -> str:
    """Return a span id as 16 lower-case hex digits, empty where it is not valid (W3C Trace Context)."""
    return text.lower() if type(text) is str and _SPAN_ID.fullmatch(text) else ""


# Neighbouring lines share their second.
@lru_cache(maxsize=64)
def _seconds(text: str) -> int | None:
    if not _TO_THE_SECOND.fullmatch(text):
        return None
    try:
        seconds = int(datetime.fromisoformat(text + "+00:00").timestamp())
    except ValueError:
        return None
    return seconds if 0 <= seconds < _UINT64 // 1_000_000_000 else None


def _not_finite(value: float) -> str:
    if value != value:
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _compound(value: Any, depth: int) -> dict[str, Any]:
    if isinstance(value, bytes):
        return {"bytesValue": base64.b64encode(value).decode("ascii")}
    if not isinstance(value, (Mapping, list, tuple)):
        return {"stringValue": str(value)}
    if depth >= DEEPEST:
        return {"stringValue": _json_text(value)}
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": _key_values(value.items(), depth + 1)}}
    return {"arrayValue": {"values": [any_value(item, depth + 1) for item in value]}}


def _key_values(items: Iterable[tuple[Any, Any]], depth: int) -> list[dict[str, Any]]:
    return [{"key": str(key), "value": any_value(item, depth)} for key, item in items if item is not None]


def _json_text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    except (RecursionError, ValueError):
        return "[too deep]"
