"""Mark single values: never readable, or never touched."""

from __future__ import annotations

from typing import Any


class Secret:
    """A value that no exit of obskit ever shows."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def reveal(self) -> Any:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "[REDACTED:secret]"


class Safe:
    """A value that redaction does not touch."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return repr(self.value)

    def __str__(self) -> str:
        return str(self.value)


def secret(value: Any) -> Secret:
    """Mark a value as never readable: every exit shows `[REDACTED:secret]`."""
    return Secret(value)


def safe(value: Any) -> Safe:
    """Mark a value as harmless: redaction leaves it as it is. Put into a text it is part of that, which is searched."""
    return Safe(value)
