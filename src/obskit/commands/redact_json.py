"""Read a line as JSON and write it again, so that nothing but what was redacted changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from obskit.query import schema

_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)
_HEADER = frozenset(("timestamp", "kind", "format", "writer", "n", "resource", "boot_id", "pid", "redaction"))
_ID = re.compile(r"[0-9a-f]{32}-[a-z]\d+", re.ASCII)
_LEVELS = frozenset(("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"))


def parse(raw: bytes) -> Any:
    """Return the object or array that a line is; None where it is none.

    Keys that stand twice in one object, of which a reader would see but the last, come out once with a list of their
    values: what hides behind a later one is seen as well.
    """
    text = raw.strip()
    if text[:1] not in (b"{", b"["):
        return None
    try:
        value = orjson.loads(text)
        # Nothing was lost in reading where writing gives the same; else it is read again by who loses nothing.
        return value if orjson.dumps(value) == text else _exact(text)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        # What orjson refuses others write: NaN, lone surrogates, control characters, bytes that are no UTF-8.
        return _exact(text) if text[-1:] in (b"}", b"]") else None


def dump(value: Any, raw: bytes) -> bytes:
    """Return a value as JSON, with blanks between its parts where the line that it came from has them."""
    if b'": ' not in raw:
        try:
            return orjson.dumps(value)
        except TypeError:
            pass
    separators = (", ", ": ") if b'": ' in raw else (",", ":")
    text = json.dumps(value, ensure_ascii=False, separators=separators)
    if not _is_utf8(raw):
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            pass
    # A lone surrogate becomes its JSON escape again.
    return text.encode("utf-8", "backslashreplace")


def is_own(value: Any) -> bool:
    """Tell whether a line is one of obskit's schema, so that all but what a caller gave is of known form."""
    if not isinstance(value, Mapping) or not _TIMESTAMP.fullmatch(str(value.get("timestamp"))):
        return False
    kind = value.get("kind")
    if kind is None:
        return str(value.get("level")) in _LEVELS and value.keys() <= _fields(span=False) and _has_id(value)
    if kind == "span":
        return value.keys() <= _fields(span=True) and _has_id(value)
    return kind == "segment" and value.keys() <= _HEADER


def _has_id(value: Mapping[str, Any]) -> bool:
    return _ID.fullmatch(str(value.get("id"))) is not None


@cache
def _fields(*, span: bool) -> frozenset[str]:
    paths = schema.span_paths() if span else schema.log_paths()
    return frozenset(path for path in paths if "." not in path)


def _exact(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8", "surrogateescape"), object_pairs_hook=_object, strict=False)
    except (ValueError, RecursionError):
        return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    several: dict[str, list[Any]] = {}
    for key, value in pairs:
        several.setdefault(key, []).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in several.items()}


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
