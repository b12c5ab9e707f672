"""Turn any object into plain data, without ever raising and without consuming it."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import pathlib
import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from itertools import islice
from typing import Any

MOST_ITEMS = 1000
_SAFE_INT = 1 << 63


def simplify(value: Any) -> Any:
    """Return a value of a plain type, a dict, a list or a tuple; what is inside it need not be plain yet.

    Args:
        value: Anything but an exact str, bool, None, dict or list, which need no help.

    Returns:
        Text where no plain form exists: ISO 8601 for times, digits for decimals and for integers beyond 64 bits, the
        names `NaN`, `Infinity` and `-Infinity`, and the `repr` for everything else.
    """
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, int):
        return int(value) if -_SAFE_INT <= value < _SAFE_INT else _digits(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value[:1_000_000]).decode("utf-8", "backslashreplace")
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, (decimal.Decimal, uuid.UUID, pathlib.PurePath)):
        return str(value)
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return _structure(value)


def shown(value: Any) -> str:
    """Return the `repr` of a value, or its type's name where that raises."""
    try:
        return repr(value)
    except Exception:
        return f"({type(value).__name__})"


def formatted(text: Any, args: Any) -> str:
    """Return `text % args`; where that raises, the text with its arguments behind it."""
    try:
        return str(text % args)
    except Exception:
        listed = args if isinstance(args, tuple) else (args,)
        return f"{text if isinstance(text, str) else shown(text)} ({', '.join(shown(value) for value in listed)})"


def _structure(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(islice(value.items(), MOST_ITEMS + 1))
    if isinstance(value, (AbstractSet, Sequence)) and not isinstance(value, range):
        # One more than is kept, so that the walk sees that there are more; some sequences never end.
        return list(islice(value, MOST_ITEMS + 1))
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclass_fields(value) if field.repr}
    if (dump := _pydantic(value)) is not None:
        return dump
    # numpy's and pandas' scalars offer the Python value; arrays of many elements refuse and keep their repr.
    item = getattr(type(value), "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:
        found = value.item()
        if type(found) in (int, float, bool, str):
            return found
    return repr(value)


def _pydantic(value: Any) -> dict[str, Any] | None:
    declared = getattr(type(value), "model_fields", None)
    return {name: getattr(value, name) for name in declared} if isinstance(declared, dict) else None


def _number(value: float) -> float | str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return float(value)


def _digits(value: int) -> str:
    # Beyond some 4,300 digits str() is refused (and would be slow): its size says enough.
    return str(value) if value.bit_length() <= 8192 else f"an integer of {value.bit_length()} bits"
