"""Make and judge correlation ids."""

from __future__ import annotations

import re

from obskit.line.identity import uuid7

_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)


def new() -> str:
    """Return a new correlation id: `req-` and a UUIDv7."""
    return f"req-{uuid7()}"


def accept(value: str | bytes | None) -> str | None:
    """Return an incoming correlation id if its form is acceptable.

    Args:
        value: What the caller sent; bytes are read as ASCII.

    Returns:
        The id, or None where it is absent, longer than 128 characters or has one outside `[A-Za-z0-9._:/+=@-]`.
        Whether the redactor finds something in it is for the caller to ask.
    """
    if isinstance(value, bytes):
        try:
            value = value.decode("ascii")
        except UnicodeDecodeError:
            return None
    if value is None or not _ACCEPTED.fullmatch(value):
        return None
    return value
