"""Serialise a protected record once."""

from __future__ import annotations

from typing import Any

import orjson


def encode(record: Any) -> bytes:
    """Serialise a record to compact JSON.

    Args:
        record: Plain data only: the protect stage has replaced everything else.

    Returns:
        UTF-8 JSON of one object, without a newline.
    """
    try:
        return orjson.dumps(record)
    except TypeError:
        # Lone surrogates are the one thing plain data can hold that JSON in UTF-8 cannot.
        return orjson.dumps(_without_surrogates(record))


def with_id(body: bytes, identity: bytes) -> bytes:
    """Append the id as last key and the newline that makes the line count."""
    return b'%b,"id":"%b"}\n' % (body[:-1], identity)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value
