"""Take plain values out of everybody's reach, and serialise them."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from typing import Any

import orjson

from obskit.protect.neighbours import leading

# Where orjson would run code of the application's, or write in its own way what the walk writes otherwise, it refuses.
OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
MOST_ITEMS = 200
FLAT = frozenset((str, int, float, bool, type(None)))
_dumps = orjson.dumps


def _simple(value: Any) -> str:
    # The same text that the walk gives; for exact types only, so that nobody's code runs.
    kind = type(value)
    if kind is dt.datetime or kind is dt.date or kind is dt.time:
        return value.isoformat()  # type: ignore[no-any-return]
    # Who has not imported it has none.
    if kind is getattr(sys.modules.get("decimal"), "Decimal", None):
        return str(value)
    raise TypeError


class Within:
    """What stands in the containers of a record.

    Attributes:
        left: How many containers more there may be: what stands in many places is written as often, so that a small
            value can be endless as text.
        names: Those of each dict below the fields.
        listed: The texts in lists that may be the names of what stands behind them.
    """

    __slots__ = ("left", "listed", "names")

    def __init__(self, most: int) -> None:
        self.left = most
        self.names: list[tuple[str, ...]] = []
        self.listed: list[str] = []


def owned(value: Any, within: Within) -> Any:
    """Return a copy of a plain value, whose containers are nobody else's.

    Args:
        value: Anything.
        within: Notes what stands in its containers.

    Raises:
        TypeError: There is something else in it than plain values, or too much.
    """
    # Nothing here runs code of others: what changes while orjson reads it ends the process.
    kind = type(value)
    if kind is dict:
        value = value.copy()
        within.names.append(tuple(value))
        return filled(value, within)
    # A tuple may be a pair of a name and its value, which is lost in a list.
    if kind is list:
        value = value[: MOST_ITEMS + 1]
        within.left -= 1
        if len(value) > MOST_ITEMS or within.left < 0:
            raise TypeError
        within.listed += leading(value)
        return [item if type(item) in FLAT else owned(item, within) for item in value]
    return _simple(value)


def filled(own: dict[str, Any], within: Within) -> dict[str, Any]:
    """Replace what a dict of this call's own holds by copies; returns the dict. Raises as `owned`."""
    within.left -= 1
    if len(own) > MOST_ITEMS or within.left < 0:
        raise TypeError
    for key, item in own.items():
        if type(item) not in FLAT:
            own[key] = owned(item, within)
    return own


def serialised(value: Any) -> bytes | None:
    """Return plain values as JSON, not redacted; None where there is anything else among them.

    Args:
        value: Anything that no other thread changes on its surface.
    """
    try:
        return _as_json(owned(value, Within(MOST_ITEMS)))
    except Exception:
        return None


def serialised_event(message: str, fields: Mapping[str, Any]) -> bytes | None:
    """Return a message and its fields as a JSON array, not redacted; None where anything else is among them.

    Args:
        message: A text.
        fields: A dict that nobody else changes.
    """
    try:
        if type(fields) is dict and len(fields) <= MOST_ITEMS and FLAT.issuperset(map(type, fields.values())):
            return _as_json([message, fields])
        return serialised([message, fields])
    except Exception:
        return None


def _as_json(value: Any) -> bytes | None:
    data = _dumps(value, None, OPTIONS)
    # JSON has no such number, and null would stand for it.
    return None if b"null" in data and _strange(value) else data


def _strange(value: Any) -> bool:
    kind = type(value)
    if kind is float:
        return bool(value - value != 0.0)
    if kind is dict:
        return any(map(_strange, list(value.values())))
    return kind is list and any(map(_strange, value))
