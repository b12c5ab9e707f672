"""Clean attributes by the rules of OpenTelemetry's SDK, without ever raising."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from obskit.protect.shown import class_name, guarded

logger = logging.getLogger("obskit.tracing")

# What needs no cleaning: the exact types of values that nothing can change.
PLAIN = frozenset((str, int, float, bool, type(None), bytes))
_DEEPEST = 16
# One more than a line keeps of a container, so that its redactor sees that there are more; some never end.
_MOST_ITEMS = 1001


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
        names = list(islice(attributes, _MOST_ITEMS))
        if len(names) == _MOST_ITEMS or not all(type(name) is str and name for name in names):
            return _fill_mended(target, attributes, most, longest)
        for key, value in attributes.items():
            dropped += _put(target, key, value, most, longest)
    except Exception:
        logger.warning(
            "Attributes of type %s can't be read; those not read yet are left out.", type(attributes).__name__
        )
    return dropped


def taken_over(attributes: Mapping[str, Any], most: int) -> dict[str, Any] | None:
    """Copy attributes in which there is nothing to clean, as nearly all are.

    Args:
        attributes: what the caller gave; never changed.
        most: how many may be taken over so.

    Returns:
        None where `fill` has to look at each.
    """
    if type(attributes) is not dict or len(attributes) > most:
        return None
    # A copy first: another thread may change the original meanwhile.
    copy = attributes.copy()
    try:
        # Joining fails for any key that is no string: the cheapest way to ask.
        "".join(copy)
        return copy if "" not in copy and PLAIN.issuperset(map(type, copy.values())) else None
    except Exception:
        return None


def is_plain(value: Any) -> bool:
    """Tell whether a value needs no cleaning."""
    try:
        return type(value) in PLAIN
    except Exception:
        # A metaclass may raise where its classes are hashed or compared.
        return False


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


def clean(value: Any, longest: int | None, depth: int = 0, left: list[None] | None = None) -> Any:
    """Turn any value into one that an attribute may hold.

    Args:
        value: anything. Sequences become tuples, mappings dicts with string keys, other objects their `str()`.
        longest: number of characters kept of a string, None for no limit.
        depth: how many containers it stands in.
        left: loses an item for each container: what stands in many places is looked at as often.

    Returns:
        None, bool, int, float, bytes, str, or a tuple or dict of these.
    """
    left = [None] * _MOST_ITEMS if left is None else left
    try:
        if isinstance(value, str):
            return value if longest is None or len(value) <= longest else value[:longest]
        if value is None or isinstance(value, (bool, int, float, bytes)):
            return value
        if depth >= _DEEPEST or not left:
            return f"<{class_name(type(value))}>"
        left.pop()
        if isinstance(value, Sequence):
            return tuple([clean(item, longest, depth + 1, left) for item in islice(value, _MOST_ITEMS)])
        if isinstance(value, Mapping):
            return _clean_mapping(value, longest, depth + 1, left)
        logger.warning("An attribute's value can't be of type %s; its str() is taken.", type(value).__name__)
        return clean(str(guarded(str, value)), longest) if _has_text(value) else None
    except Exception:
        return f"<{class_name(type(value))}>"


def text_of(value: Any) -> str:
    """Give the `str()` of any object, hostile ones included."""
    try:
        return str(guarded(str, value))
    except Exception:
        return f"<unprintable {class_name(type(value))}>"


def _put(target: dict[str, Any], key: str, value: Any, most: int | None, longest: int | None) -> int:
    if longest is not None or not is_plain(value):
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


def _clean_mapping(
    mapping: Mapping[Any, Any], longest: int | None, depth: int, left: list[None] | None = None
) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    for given, value in islice(mapping.items(), _MOST_ITEMS):
        key = _clean_key(given)
        if key:
            cleaned[key] = clean(value, longest, depth, left)
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
