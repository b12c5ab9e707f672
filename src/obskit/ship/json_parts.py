"""The parts of OTLP's JSON form, straight to bytes: for the lines that are as obskit writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from obskit.ship.encoder import Scope
from obskit.ship.otlp_values import any_value, unix_nano

# Programs have few names; what comes from outside must not fill the memory.
_MOST = 4096
_LONGEST = 256
_INT64 = 1 << 63
# Each attribute lacks the end of its value and its own: what joins two of them brings it.
JOINT = b"}},"
END = b"}}"
_dumps = orjson.dumps


class Odd(Exception):
    """Something in a line is not as obskit writes it: the line goes the long way."""


class _Cache(dict[str, Any]):
    """Made once for each key, within bounds."""

    def make(self, key: str) -> Any:
        """Return what belongs to a key."""
        raise NotImplementedError

    def __missing__(self, key: str) -> Any:
        made = self.make(key)
        if len(key) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[key] = made
        return made


class _Seconds(_Cache):
    """The nanoseconds of a whole second by the beginning of a time, with its point."""

    def make(self, key: str) -> int:
        found = unix_nano(key[:-1] + "Z")
        if found is None or key[-1:] != "." or len(key) != 20:
            raise Odd(key)
        return found


class _Loggers(_Cache):
    """The scope of a logger."""

    def make(self, key: str) -> Scope:
        return Scope(key)


class Names(_Cache):
    """The beginning of a text attribute by its name.

    Args:
        taken: Names that obskit sends itself.
    """

    def __init__(self, taken: frozenset[str]) -> None:
        super().__init__()
        self._taken = taken

    def make(self, key: str) -> bytes:
        """Return the beginning of a text attribute.

        Raises:
            Odd: The name is empty or taken.
        """
        if not key or key in self._taken:
            raise Odd(key)
        return b'{"key":%b,"value":{"stringValue":' % _dumps(key)


seconds = _Seconds()
scopes = _Loggers()


def nanos(text: str) -> int:
    """Return a time with its microseconds in nanoseconds since the Unix epoch.

    Raises:
        Odd: It is another time, or none.
    """
    micros = text[20:26]
    if text[26:] != "Z" or not (text.isascii() and micros.isdigit()):
        raise Odd(text)
    found: int = seconds[text[:20]] + int(micros) * 1000
    return found


def attributes(given: Mapping[str, Any], names: Names) -> list[bytes]:
    """Return attributes, each without its end; null is left out.

    Raises:
        Odd: A name is empty or taken.
    """
    return [
        names[name] + _dumps(value) if type(value) is str else _other(names[name], value)
        for name, value in given.items()
        if value is not None
    ]


def forms(items: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """Return attributes that have their form already, likewise."""
    return [_dumps(item)[: -len(END)] for item in items]


def _other(begun: bytes, value: Any) -> bytes:
    begun = begun[: -len(b'{"stringValue":')]
    if type(value) is int and -_INT64 <= value < _INT64:
        return b'%b{"intValue":"%d"' % (begun, value)
    if type(value) is bool:
        return begun + (b'{"boolValue":true' if value else b'{"boolValue":false')
    return begun + _dumps(any_value(value))[:-1]
