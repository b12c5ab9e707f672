"""Replace a method of a class, and put it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def patch(cls: type, name: str, make: Callable[[Any, Callable[[], bool]], Any]) -> Callable[[], None]:
    """Replace a method of a class, which works in any order of imports.

    Args:
        cls: The class that defines the method itself.
        name: The method's name.
        make: `make(original, active)` returns the replacement; while `active()` is False it must pass through.

    Returns:
        What puts the original back. Where someone else has wrapped the method since, theirs stays, and ours inside it
        becomes a pass-through.
    """
    original = cls.__dict__[name]
    active = True
    replacement = make(original, lambda: active)
    setattr(cls, name, replacement)

    def restore() -> None:
        nonlocal active
        active = False
        if cls.__dict__.get(name) is replacement:
            setattr(cls, name, original)

    return restore
