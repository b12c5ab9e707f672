"""Serialise a protected record once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from obskit.protect.controls import escaped

# What a line needs beside the values that a caller gave, and what its id takes.
FRAME = 1024
_ID = 96
# What a line can do without, the least first.
_SPARED = ("context", "attributes", "events", "links", "request", "user", "trace_state", "instrumentation", "error")


def encode(record: Any) -> bytes:
    """Serialise a record to compact JSON.

    Args:
        record: Plain data only: the protect stage has replaced everything else.

    Returns:
        UTF-8 JSON of one object, without a newline.
    """
    try:
        return escaped(orjson.dumps(record))
    except TypeError:
        # Lone surrogates are the one thing plain data can hold that JSON in UTF-8 cannot.
        return escaped(orjson.dumps(_without_surrogates(record)))


def fitted(record: dict[str, Any], most: int, cut: Callable[[dict[str, Any], int], dict[str, Any]]) -> bytes:
    """Serialise a protected record within a line's length.

    Args:
        record: It is changed in place.
        most: The bytes of the longest line.
        cut: Shortens a record's values to so many characters together, and redacts nothing: a second look would take a
            marker, or a value marked as safe, for something new.
    """
    if "message" in record and type(record["message"]) is not str:
        record["message"] = encode(record["message"]).decode()
    body = encode(record)
    limit = most - FRAME
    # Escapes and letters outside ASCII take more bytes than they count characters.
    while len(body) > most - _ID and limit > 256:
        limit = limit * (most - _ID) // len(body) // 2 + 128
        before = record.pop("truncated", [])
        record = cut(record, limit)
        record["truncated"] = list(dict.fromkeys([*before, *record.get("truncated", [])]))[:20]
        body = encode(record)
    for part in _SPARED if len(body) > most - _ID else ():
        # The shortest of lines have no room for the beginnings of all parts.
        if part in record:
            del record[part]
            record["truncated"] = list(dict.fromkeys([part, *record.get("truncated", [])]))[:5]
            body = encode(record)
        if len(body) <= most - _ID:
            break
    return body


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value
