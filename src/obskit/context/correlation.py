"""Make and judge correlation ids."""

from __future__ import annotations

import re

from obskit import state
from obskit.identity import uuid7

_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)


def new() -> str:
    """Return a new correlation id: `req-` and a UUIDv7."""
    return f"req-{uuid7()}"


def accept(value: str | bytes | None) -> str | None:
    """Return an incoming correlation id if its form is acceptable.

    Args:
        value: What the caller sent; bytes are read as ASCII.

    Returns:
        The id, or None where it is absent, longer than 128 characters, has one outside `[A-Za-z0-9._:/+=@-]`, or holds
        something that the redactor would remove.
    """
    if value is None:
        return None
    try:
        if type(value) is not str:
            value = bytes(value).decode("ascii") if isinstance(value, bytes) else str.__str__(str(value))
    except Exception:
        return None
    # An id that holds a secret would carry it into every line of every service.
    return value if _ACCEPTED.fullmatch(value) and not _holds_secret(value) else None


def _holds_secret(value: str) -> bool:
    runtime = state.runtime
    if runtime is None:
        return False
    finder = runtime.redactor.finder
    try:
        suspected = finder is not None and finder.suspects(value)
    except Exception:
        suspected = True
    return suspected and runtime.redactor.text(value) != value
