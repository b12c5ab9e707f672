"""Show an object by its own text, at most so much of it, and never without end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

MOST_CHARACTERS = 100_000
# Code of a value that logs the value itself runs obskit inside obskit: so often, then no more.
_DEEPEST = 4
# So many times in all within one: other handlers, which know no such bound, can call it again and again.
_MOST_WITHIN = 256
_CUT = "…"


class _Running(threading.local):
    def __init__(self) -> None:
        self.values: list[int] = []
        self.within = 0


_running = _Running()


def unnamed(value: Any) -> str:
    """Return what stands for a value of which nothing else can be had."""
    return f"({class_name(type(value))})"


def is_endless() -> bool:
    """Tell whether code of a value that is being shown has come back here so often that it would not end by itself."""
    return bool(_running.values) and _running.within > _MOST_WITHIN


def guarded(form: Callable[[Any], Any], value: Any, instead: Callable[[Any], Any] = unnamed) -> Any:
    """Return `form(value)`; inside a call for the same value, or in many at once, `instead(value)`.

    Args:
        form: Runs code of the value's.
        value: Anything.
        instead: Runs none of it.
    """
    values = _running.values
    identity = id(value)
    depth = len(values)
    _running.within = _running.within + 1 if depth else 0
    if identity in values or depth >= _DEEPEST or _running.within > _MOST_WITHIN:
        return instead(value)
    values.append(identity)
    try:
        return form(value)
    finally:
        # No call: at the end of the stack it would fail, and leave the value here for good.
        del values[depth:]


def shown(value: Any) -> str:
    """Return the `repr` of a value, or its type's name where that raises."""
    try:
        return str(guarded(by_repr, value))
    except Exception:
        return unnamed(value)


def by_repr(value: Any) -> str:
    """Return the `repr` of a value as an exact str, cut between words where it is very long.

    Raises:
        Exception: Whatever the value's own code raises.
    """
    return bounded(str.__str__(repr(value)))


def bounded(text: str) -> str:
    """Return a text of at most 100,000 characters, cut between words: half a secret would not be known for one."""
    if len(text) <= MOST_CHARACTERS:
        return text
    end = max(text.rfind(" ", MOST_CHARACTERS - 2000, MOST_CHARACTERS), 0) or MOST_CHARACTERS - 2000
    return text[:end] + _CUT


def class_name(cls: type) -> str:
    """Return the name of a class, whatever its metaclass says."""
    return str(type.__dict__["__name__"].__get__(cls))


def full_name(cls: type) -> str:
    """Return the dotted name of a class, without `builtins`."""
    module = type.__dict__["__module__"].__get__(cls)
    name = str(type.__dict__["__qualname__"].__get__(cls))
    return name if type(module) is not str or module == "builtins" else f"{module}.{name}"
