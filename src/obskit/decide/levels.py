"""Name and number the levels: the standard library's numbers, OpenTelemetry's short names."""

from __future__ import annotations

from typing import Any

TRACE = 5
DEBUG = 10
INFO = 20
WARN = 30
ERROR = 40
FATAL = 50

_NAMES = {TRACE: "TRACE", DEBUG: "DEBUG", INFO: "INFO", WARN: "WARN", ERROR: "ERROR", FATAL: "FATAL"}
_NUMBERS = {text: number for number, text in _NAMES.items()} | {"WARNING": WARN, "CRITICAL": FATAL, "NOTSET": TRACE}


def name(number: int) -> str:
    """Return the name of a level; one between two levels has the lower one's."""
    known = _NAMES.get(number)
    if known is not None:
        return known
    below = [level for level in _NAMES if level <= number]
    return _NAMES[max(below)] if below else "TRACE"


def number(level: str | int) -> int:
    """Return the number of a level.

    Args:
        level: A name in any case (WARNING and CRITICAL too) or a number.

    Raises:
        ValueError: The name is none of a level's.
    """
    # By its type, and without its own methods: a caller's value can be anything.
    found: Any = level
    if issubclass(type(found), int):
        return int.__int__(found)
    try:
        return _NUMBERS[str.strip(found).upper()]
    except (KeyError, TypeError):
        msg = f"{level!r} is no level: use one of {', '.join(_NAMES.values())}"
        raise ValueError(msg) from None
