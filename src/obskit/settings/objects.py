"""Check what `init` takes beside plain values: a stream, integrations, option objects or their switch."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any

from obskit.settings.kinds import Directory, Kind, Names, Whole, listed
from obskit.settings.mistakes import Refused, shown
from obskit.settings.options import Journal, Option

# The operating system counts them in an int of C.
_LAST_DESCRIPTOR = 2**31 - 1


class Stream(Kind):
    """Where console lines go."""

    words = "a file object with write or fileno, or the number of a descriptor (in a variable also stdout or stderr)"
    _descriptor = Whole("", minimum=0)

    def _accept(self, value: Any) -> Any:
        if isinstance(value, int):
            if value > _LAST_DESCRIPTOR:
                raise Refused
            return self._descriptor.accept(value)
        if isinstance(value, type) or not (_can(value, "write") or _can(value, "fileno")):
            raise Refused
        return value

    def _read(self, text: str) -> int:
        return {"stdout": 1, "stderr": 2}.get(text.lower()) or self._accept(self._descriptor.read(text))


class Integrations(Kind):
    """Which frameworks obskit joins."""

    words = (
        '"auto", or a list of names and configured integrations ([] is none; in a variable: names by comma, or false)'
    )
    _names = Names()

    def _accept(self, value: Any) -> Any:
        if value == "auto" and isinstance(value, str):
            return "auto"
        if isinstance(value, str):
            raise Refused("a bare string where a list belongs")
        if not isinstance(value, Collection) or isinstance(value, (Mapping, bytes, bytearray)):
            raise Refused
        return tuple(self._item(item) for item in value)

    def _read(self, text: str) -> Any:
        return "auto" if text.lower() == "auto" else self._accept(listed(text))

    def _item(self, item: Any) -> Any:
        if isinstance(item, str):
            return self._names.accept([item])[0]
        if isinstance(item, type):
            raise Refused(f"{shown(item)} is a class; give an instance")
        if not isinstance(getattr(item, "name", None), str) or not _can(item, "install"):
            raise Refused(f"{shown(item)} is no integration")
        return item


class Switch(Kind):
    """An option object, or False for off."""

    def __init__(self, option: type[Option]) -> None:
        self._option = option
        self.words = f"an obskit.{option.__name__}, or False (in a variable: true or false)"

    def _accept(self, value: Any) -> Option | None:
        if value is False:
            return None
        if not isinstance(value, self._option):
            raise Refused
        return value

    def _read(self, text: str) -> Option | None:
        if text.lower() not in ("true", "false"):
            raise Refused
        return self._option() if text.lower() == "true" else None


class Place(Kind):
    """The journal: a directory, an option object, "auto", or False for none."""

    words = '"auto", the path of a directory, an obskit.Journal, or False'
    _directory = Directory()

    def _accept(self, value: Any) -> Journal | None:
        if value is False:
            return None
        if isinstance(value, Journal):
            return value
        if isinstance(value, str) and value == "auto":
            return Journal(path=None)
        if isinstance(value, (str, os.PathLike)):
            return Journal(path=self._directory.accept(value))
        raise Refused

    def _read(self, text: str) -> Journal | None:
        return None if text.lower() == "false" else self._accept("auto" if text.lower() == "auto" else text)


def _can(value: object, method: str) -> bool:
    try:
        return callable(getattr(value, method, None))
    except Exception:
        return False
