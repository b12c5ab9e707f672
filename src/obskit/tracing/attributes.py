"""Clean attributes by the rules of OpenTelemetry's SDK, without ever raising."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

logger = logging.getLogger("obskit.tracing")

_PLAIN = frozenset((int, float, bool, type(None), bytes))
_DEEPEST = 16


def fill(target: dict[str, Any], attributes: Mapping[str, Any], most: int | None, longest: int | None) -> int:
    """Put cleaned attributes into a dict of bounded size; the newest stay.

    Args:
        target: what the attributes are put into.
        attributes: what the caller gave; never changed.
        most: number of attributes kept, None for no limit.
        longest: number of characters kept of a string, None for no limit.

    Returns:
        How many attributes were dropped: for want of room, or because the key was unusable.
    """
    if most == 0:
        return _count(attributes)
    dropped = 0
    try:
        roomy = longest is None and not target and (most is None or len(attributes) <= most)
        for key, value in attributes.items():
            if type(key) is not str or not key:
                return dropped + _fill_mended(target, attributes, most, longest)
            if roomy and (type(value) is str or type(value) in _PLAIN):
                target[key] = value
            else:
                dropped += _put(target, key, value, most, longest)
    except Exception:
        logger.warning(
            "Attributes of type %s can't be read; those not read yet are left out.", type(attributes).__name__
        )
    return dropped


def put(target: dict[str, Any], key: str, value: Any, most: int | None, longest: int | None) -> int:
    """Put one cleaned attribute into a dict of bounded size; the newest stay.

    Args:
        target: what the attribute is put into.
        key: a string that isn't empty; anything else is dropped with a warning.
        value: cleaned by `clean`.
        most: number of attributes kept, None for no limit.
        longest: number of characters kept of a string, None for no limit.

    Returns:
        How many attributes were dropped, 0 or 1.
    """
    if most == 0:
        return 1
    given: object = key
    if not isinstance(given, str) or not given:
        logger.warning(
            "An attribute's key must be a string that isn't empty, not %s; it is left out.", type(key).__name__
        )
        return 1
    return _put(target, key, value, most, longest)


def clean(value: Any, longest: int | None, depth: int = 0) -> Any:
    """Turn any value into one that an attribute may hold.

    Args:
        value: anything. Sequences become tuples, mappings dicts with string keys, other objects their `str()`.
        longest: number of characters kept of a string, None for no limit.

    Returns:
        None, bool, int, float, bytes, str, or a tuple or dict of these.
    """
    if isinstance(value, str):
        return value if longest is None or len(value) <= longest else value[:longest]
    if value is None or isinstance(value, (bool, int, float, bytes)):
        return value
    if depth >= _DEEPEST:
        return f"<{type(value).__name__}>"
    try:
        if isinstance(value, Sequence):
            return tuple([clean(item, longest, depth + 1) for item in value])
        if isinstance(value, Mapping):
            return _clean_mapping(value, longest, depth + 1)
        logger.warning("An attribute's value can't be of type %s; its str() is taken.", type(value).__name__)
        return clean(str(value), longest) if _has_text(value) else None
    except Exception:
        return f"<{type(value).__name__}>"


def text_of(value: Any) -> str:
    """Give the `str()` of any object, hostile ones included."""
    try:
        return str(value)
    except Exception:
        return f"<unprintable {type(value).__name__}>"


def _put(target: dict[str, Any], key: str, value: Any, most: int | None, longest: int | None) -> int:
    if (type(value) is not str or longest is not None) and type(value) not in _PLAIN:
        value = clean(value, longest)
    if key in target:
        # The order says which attribute is the newest.
        target.pop(key, None)
    elif most is not None and len(target) >= most:
        target.pop(next(iter(target)), None)
        target[key] = value
        return 1
    target[key] = value
    return 0


def _fill_mended(target: dict[str, Any], attributes: Mapping[Any, Any], most: int | None, longest: int | None) -> int:
    mended = _clean_mapping(attributes, longest, 0)
    dropped = _count(attributes) - len(mended)
    for key, value in mended.items():
        dropped += _put(target, key, value, most, longest)
    return dropped


def _clean_mapping(mapping: Mapping[Any, Any], longest: int | None, depth: int) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    for given, value in mapping.items():
        key = _clean_key(given)
        if key:
            cleaned[key] = clean(value, longest, depth)
    return cleaned


def _clean_key(key: Any) -> str:
    if isinstance(key, str) and key:
        return key
    logger.warning("An attribute's key must be a string that isn't empty, not %s.", type(key).__name__)
    return str(key) if key and _has_text(key) else ""


def _has_text(value: Any) -> bool:
    # The default repr tells nothing but an address, which would make each value unlike all others.
    kind: Any = type(value)
    return kind.__str__ is not object.__str__ or kind.__repr__ is not object.__repr__


def _count(attributes: Any) -> int:
    try:
        return len(attributes)
    except Exception:
        return 0
