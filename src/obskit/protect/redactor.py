"""Walk a record once: redact by key and by value, make it plain, keep it within limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from obskit.protect.keys import Keys
from obskit.protect.marks import Safe, Secret
from obskit.protect.plain import simplify
from obskit.protect.values import Values, marker

_DEEPEST = 16
_MOST_ITEMS = 1000
_LONGEST_KEY = 256
_CUT = "…"


class Redactor:
    """The one place where values are protected.

    Args:
        keys: Judges fields by name; None switches redaction off, limits stay.
        values: Finds secrets in text; None switches it off.
        failed: Called when redaction of a value failed and the value was replaced by `[REDACTED:error]`.
    """

    __slots__ = ("_values", "failed", "keys")

    def __init__(self, keys: Keys | None, values: Values | None, failed: Callable[[], None]) -> None:
        self.keys = keys
        self.failed = failed
        self._values = values

    def text(self, text: str) -> str:
        """Return text with its secrets replaced; never raises."""
        if self._values is None:
            return text
        try:
            return self._values.clean(text)
        except Exception:
            self.failed()
            return marker("error")

    def protect(self, value: Any, key: str | None = None) -> Any:
        """Return a value as plain data, redacted, within generous limits; never raises.

        Args:
            value: Anything.
            key: The name it stands under, if any.
        """
        return Walk(self, 1_000_000).value(value, key, (), 0)

    def record(self, record: dict[str, Any], limit: int) -> dict[str, Any]:
        """Protect the parts of a record that a caller gave.

        Args:
            record: A record in schema order; it is changed in place.
            limit: The characters that its values may have together.

        Returns:
            The record, with `truncated` naming what a limit cut.
        """
        walk = Walk(self, limit)
        for part in GIVEN:
            if part in record:
                record[part] = walk.value(record[part], part if part == "message" else None, (part,), 0)
        if walk.cut:
            record["truncated"] = walk.cut[:20]
        return record


# Those parts of a line that hold what a caller gave; the rest is obskit's own, of known form. The error comes before
# the context: where space is short, the stack trace is worth more.
GIVEN = ("message", "logger", "name", "user", "error", "request", "status", "context", "attributes", "events", "links")


class Walk:
    """One pass over one record, with its budget of characters."""

    __slots__ = ("_above", "_budget", "_keys", "_limit", "_redactor", "cut")

    def __init__(self, redactor: Redactor, limit: int) -> None:
        self._redactor = redactor
        self._keys = redactor.keys
        self._budget = limit
        self._limit = limit
        self._above: set[int] = set()
        self.cut: list[str] = []

    def value(self, value: Any, key: str | None, path: tuple[str, ...], depth: int) -> Any:
        """Return the protected form of a value; never raises."""
        try:
            return self._value(value, key, path, depth)
        except Exception:
            self._redactor.failed()
            return marker("error")

    def _value(self, value: Any, key: str | None, path: tuple[str, ...], depth: int) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is Safe or kind is Secret:
            return self._marked(value, path, depth)
        if key is not None and self._keys is not None and (found := self._keys.kind(key)):
            return marker(found)
        if kind is str:
            return self._text(value, path)
        if kind is int and -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
            self._budget -= 8
            return self._digits(value)
        if kind is dict or kind is list:
            return self._nested(value, path, depth)
        return self._simplified(value, path, depth)

    def _marked(self, value: Safe | Secret, path: tuple[str, ...], depth: int) -> Any:
        if isinstance(value, Secret):
            return marker("secret")
        untouched = Redactor(None, None, self._redactor.failed)
        return Walk(untouched, self._budget).value(value.value, None, path, depth)

    def _simplified(self, value: Any, path: tuple[str, ...], depth: int) -> Any:
        simple = simplify(value)
        if isinstance(simple, str):
            return self._text(simple, path)
        if isinstance(simple, (dict, list)):
            return self._nested(simple, path, depth, id(value))
        if type(simple) in (int, float, bool) or simple is None:
            self._budget -= 8
            return simple
        # An enum's value can be anything; a second look at a smaller thing ends.
        return self._value(simple, None, path, depth + 1) if depth < _DEEPEST else self._text(repr(simple), path)

    def _digits(self, value: int) -> Any:
        # A card number may come as an integer.
        if value < 10**12 or self._keys is None:
            return value
        text = self._redactor.text(str(value))
        return text if text.startswith("[") else value

    def _text(self, text: str, path: tuple[str, ...]) -> str:
        room = max(self._budget, 0)
        if len(text) > room:
            # Some characters more are scanned than kept, so that a secret at the edge is still seen whole.
            text = self._redactor.text(text[: room + 512])[:room] + _CUT
            self.cut.append(".".join(path))
        else:
            text = self._redactor.text(text)
        self._budget -= len(text) + 4
        return text

    def _nested(self, value: Any, path: tuple[str, ...], depth: int, identity: int = 0) -> Any:
        identity = identity or id(value)
        if identity in self._above:
            return "(cycle)"
        if depth >= _DEEPEST or self._budget <= 0:
            self.cut.append(".".join(path))
            return _CUT
        self._above.add(identity)
        try:
            return self._dict(value, path, depth) if isinstance(value, dict) else self._list(value, path, depth)
        finally:
            self._above.discard(identity)

    def _dict(self, value: Mapping[Any, Any], path: tuple[str, ...], depth: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, item in list(value.items())[:_MOST_ITEMS]:
            if self._budget <= 0:
                self.cut.append(".".join(path))
                break
            name = key if type(key) is str else _name(key)
            shown = self._key(name)
            self._budget -= len(shown) + 4
            out[shown] = self.value(item, name, (*path, shown), depth + 1)
        if len(value) > _MOST_ITEMS:
            self.cut.append(".".join(path))
        return out

    def _key(self, name: str) -> str:
        if len(name) > _LONGEST_KEY:
            name = name[:_LONGEST_KEY] + _CUT
        return name if name.isidentifier() else self._redactor.text(name)

    def _list(self, value: list[Any], path: tuple[str, ...], depth: int) -> list[Any]:
        out = []
        for place, item in enumerate(value[:_MOST_ITEMS]):
            if self._budget <= 0:
                break
            out.append(self.value(item, None, (*path, str(place)), depth + 1))
        if len(out) < len(value):
            self.cut.append(".".join(path))
        return out


def _name(key: Any) -> str:
    try:
        simple = simplify(key) if key is not None and not isinstance(key, bool) else key
        return simple if isinstance(simple, str) else str(simple)
    except Exception:
        return f"({type(key).__name__})"
