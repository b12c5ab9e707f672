"""What a setting can be: each kind checks a value, reads it from text, and has the words that say what it accepts."""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeVar

from obskit.decide import levels
from obskit.settings.mistakes import Refused, shown

T = TypeVar("T")
_LEVEL_WORDS: Final = "TRACE, DEBUG, INFO, WARN, ERROR or FATAL in any case, or a number from 0 to 50"


NO_GRPC: Final = "grpc needs h2: pip install 'obskit-sdk[grpc]'"


class Kind(ABC):
    """What a setting accepts.

    `words` completes the sentence "accepted: ..."; `values` of one kind are normalised by `accept`.
    """

    words: str

    def accept(self, value: Any) -> Any:
        """Return the value in its normal form; raise Refused where it is not accepted."""
        try:
            return self._accept(value)
        except Refused:
            raise
        except Exception as error:
            # A value's own code may raise anything; the other mistakes are to be listed all the same.
            raise Refused(f"looking at it raised {type(error).__name__}") from error

    def read(self, text: str) -> Any:
        """Return the value that an environment variable's text stands for; raise Refused where it has none."""
        return self._read(text)

    def show(self, value: object) -> str:
        """Return the readable form of a refused value."""
        return self._show(value)

    @abstractmethod
    def _accept(self, value: Any) -> Any: ...

    def _read(self, text: str) -> Any:
        return self._accept(text)

    def _show(self, value: object) -> str:
        return shown(value)


class Text(Kind):
    """A text that can be printed."""

    words = "a text that is not empty, without control characters"

    def _accept(self, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise Refused
        return value


class Choice(Kind):
    """One word of several, and where the setting can be switched off also False."""

    def __init__(self, *options: str, off: bool = False) -> None:
        self._options = options
        self._off = off
        self.words = " or ".join([*(f'"{option}"' for option in options), *(["False"] if off else [])])

    def _accept(self, value: Any) -> str | bool:
        if self._off and value is False:
            return False
        if isinstance(value, str) and value in self._options:
            return value
        raise Refused

    def _read(self, text: str) -> str | bool:
        word = text.lower()
        return self._accept(False if word == "false" else word)


def speaks_grpc() -> bool:
    """Tell whether the library is installed that gRPC needs."""
    from importlib.util import find_spec

    return find_spec("h2") is not None


class Protocol(Choice):
    """How OTLP is spoken."""

    def _accept(self, value: Any) -> str | bool:
        if value == "grpc" and not speaks_grpc():
            raise Refused(f"{NO_GRPC}, or say http/protobuf")
        return super()._accept(value)


class Flag(Kind):
    """Yes or no."""

    words = "True or False"

    def _accept(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Refused
        return value

    def _read(self, text: str) -> bool:
        try:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        except KeyError:
            raise Refused from None


class Number(Kind):
    """A finite number within bounds."""

    def __init__(self, words: str, *, minimum: float, maximum: float, above: bool = False) -> None:
        self.words = words
        self._minimum = minimum
        self._maximum = maximum
        self._above = above

    def _accept(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Refused
        # NaN compares false with everything, so it fails here as the infinities do.
        if not self._minimum <= value <= self._maximum or (self._above and value == self._minimum):
            raise Refused
        return float(value)

    def _read(self, text: str) -> float:
        try:
            return self._accept(float(text))
        except ValueError:
            raise Refused from None


class Limit(Number):
    """A number within bounds, or None for no limit."""

    def _read(self, text: str) -> Any:
        return None if text.lower() == "false" else super()._read(text)


class Whole(Kind):
    """A whole number from `minimum` on, small enough for every file system."""

    _MAXIMUM = 2**63 - 1

    def __init__(self, words: str, *, minimum: int) -> None:
        self.words = words
        self._minimum = minimum

    def _accept(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self._minimum <= value <= self._MAXIMUM:
            raise Refused
        return value

    def _read(self, text: str) -> int:
        try:
            return self._accept(int(text))
        except ValueError:
            raise Refused from None


class Level(Kind):
    """A level, by name or number."""

    words = _LEVEL_WORDS

    def _accept(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise Refused
        try:
            number = levels.number(value)
        except ValueError:
            raise Refused from None
        if not 0 <= number <= levels.FATAL:
            raise Refused
        return number

    def _read(self, text: str) -> int:
        return self._accept(int(text) if text.isdecimal() and text.isascii() else text)


class Levels(Kind):
    """A level for each logger named."""

    words = f"a mapping of logger names to levels, each {_LEVEL_WORDS}"
    _level = Level()

    def _accept(self, value: Any) -> dict[str, int]:
        if not isinstance(value, Mapping):
            raise Refused
        found: dict[str, int] = {}
        for name, level in value.items():
            if not isinstance(name, str) or not name.strip():
                raise Refused(f"{shown(name)} is no logger's name")
            try:
                found[name] = self._level.read(level) if isinstance(level, str) else self._level.accept(level)
            except Refused:
                raise Refused(f"what is given for {shown(name)} is no level") from None
        return found

    def _read(self, text: str) -> dict[str, int]:
        return self._accept(pairs(text))


class Names(Kind):
    """A list of names."""

    def __init__(self, words: str = "a list of names, none of them empty") -> None:
        self.words = words

    def _accept(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            raise Refused("a bare string where a list belongs")
        if not isinstance(value, Collection) or isinstance(value, (Mapping, bytes, bytearray)):
            raise Refused
        return tuple(every(self._item, value))

    def _item(self, item: Any) -> str:
        if not isinstance(item, str) or not item.strip() or not item.isprintable():
            raise Refused(f"{shown(item)} is no name")
        return item.strip()

    def _read(self, text: str) -> tuple[str, ...]:
        return self._accept(listed(text))


class Directory(Kind):
    """The path of a directory, which need not exist yet."""

    words = "the path of a directory"

    def _accept(self, value: Any) -> str:
        if not isinstance(value, (str, os.PathLike)):
            raise Refused
        path = os.fspath(value)
        if not isinstance(path, str) or not path.strip() or "\0" in path:
            raise Refused
        return path


class Secret(Kind):
    """A key, as text or bytes."""

    words = "a text or bytes that are not empty"

    def _accept(self, value: Any) -> bytes:
        if not isinstance(value, (str, bytes)) or not value.strip():
            raise Refused
        if isinstance(value, bytes):
            return value
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise Refused("it is no Unicode text") from None


def every(check: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
    """Return what `check` makes of each item; raise Refused with the reasons of all that it refuses."""
    found: list[T] = []
    reasons: list[str] = []
    for item in items:
        try:
            found.append(check(item))
        except Refused as refused:
            reasons.append(str(refused))
    if reasons:
        raise Refused("; ".join(reasons))
    return found


def listed(text: str) -> list[str]:
    """Split the text of a variable at its commas; `false` is the empty list."""
    if text.lower() == "false":
        return []
    return [item.strip() for item in text.split(",") if item.strip()]


def pairs(text: str) -> dict[str, str]:
    """Split the text of a variable, `k=v,k=v`; `false` is the empty map."""
    found: dict[str, str] = {}
    for item in listed(text):
        key, equals, value = item.partition("=")
        if not equals:
            raise Refused(f"{shown(item)} is no name=value")
        found[key.strip()] = value.strip()
    return found


SECONDS: Final = Number("a number of seconds from 0 to 86400", minimum=0.0, maximum=86_400.0)
AGE: Final = Number("a number of seconds above 0", minimum=0.0, maximum=math.nextafter(math.inf, 0), above=True)
RECORDS: Final = Limit(
    "a number of records a second above 0, or None (in a variable: false)", minimum=0.0, maximum=1e9, above=True
)
PROBABILITY: Final = Number("a number from 0 to 1", minimum=0.0, maximum=1.0)
