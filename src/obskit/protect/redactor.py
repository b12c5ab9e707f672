"""Walk a record once: redact by key and by value, make it plain, keep it within limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from obskit.protect.addresses import Treatment, treat
from obskit.protect.keys import ADDRESS, Keys
from obskit.protect.marker import Marks, marker
from obskit.protect.marks import Safe, Secret
from obskit.protect.plain import MOST_ITEMS, simplify
from obskit.protect.values import Values

_DEEPEST = 16
_MOST_NAMES = 4096
_LONGEST_KEY = 256
_CUT = "…"


class Redactor:
    """The one place where values are protected.

    Args:
        keys: Judges fields by name; None switches redaction off, limits stay.
        values: Finds secrets in text; None switches it off.
        failed: Called when redaction of a value failed and the value was replaced by `[REDACTED:error]`.
        mark: Makes the markers.
        ip: What becomes of globally routable addresses.
    """

    __slots__ = ("_ip", "_mark", "_names", "_values", "failed", "keys")

    def __init__(
        self,
        keys: Keys | None,
        values: Values | None,
        failed: Callable[[], None],
        mark: Marks | None = None,
        ip: Treatment = "truncate",
    ) -> None:
        self.keys = keys
        self.failed = failed
        self._mark = mark or Marks()
        self._ip = ip
        self._values = values
        self._names: dict[str, tuple[str, str | None]] = {}

    def text(self, text: str) -> str:
        """Return text with its secrets replaced; never raises."""
        if self._values is None or len(text) < self._values.shortest:
            return text
        try:
            return self._values.clean(text)
        except Exception:
            self.failed()
            return marker("error")

    def name(self, name: str) -> tuple[str, str | None]:
        """Return a field's name as it may be shown, and the kind of secret that its value is, if any."""
        known = self._names.get(name)
        if known is None:
            shown = name if len(name) <= _LONGEST_KEY else name[:_LONGEST_KEY] + _CUT
            known = (self.text(shown), None if self.keys is None else self.keys.kind(name))
            # Names can come from outside: starting anew is cheaper than keeping an order.
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
            if len(name) <= _LONGEST_KEY:
                self._names[name] = known
        return known

    def hide(self, kind: str, value: Any) -> str | None:
        """Return what stands in the place of a value under a telling key; None where it is none of that kind."""
        if kind == ADDRESS:
            return treat(value, self._ip, self._mark) if type(value) is str else None
        return self._mark(kind, value if type(value) is str else str(simplify(value)))

    def protect(self, value: Any, key: str | None = None) -> Any:
        """Return a value as plain data, redacted, within generous limits; never raises.

        Args:
            value: Anything.
            key: The name it stands under, if any.
        """
        return Walk(self, 1_000_000).value(value, key, key or "")

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
                record[part] = walk.value(record[part], part if part == "message" else None, part)
        if walk.cut:
            record["truncated"] = walk.cut[:20]
        return record


# Those parts of a line that hold what a caller gave; the rest is obskit's own, of known form. The error comes before
# the context: where space is short, the stack trace is worth more.
GIVEN = (
    "message", "logger", "name", "trace_state", "user", "error", "request", "status", "context", "attributes",
    "events", "links", "instrumentation",
)  # fmt: skip


class Walk:
    """One pass over one record, with its budget of characters."""

    __slots__ = ("_above", "_budget", "_inside", "_redactor", "cut")

    def __init__(self, redactor: Redactor, limit: int) -> None:
        self._redactor = redactor
        self._budget = limit
        self._above: set[int] = set()
        self._inside: list[str] = []
        self.cut: list[str] = []

    def value(self, value: Any, key: str | None, name: str) -> Any:
        """Return the protected form of a value; never raises.

        Args:
            value: Anything.
            key: What it is called, where that may tell of a secret.
            name: What it is called where a limit cuts it.
        """
        try:
            return self._value(value, None if key is None else self._look(key)[1], name)
        except Exception:
            self._redactor.failed()
            return marker("error")

    def _value(self, value: Any, secret: str | None, name: str) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is Safe or kind is Secret:
            return self._marked(value, name)
        if secret is not None and (hidden := self._redactor.hide(secret, value)) is not None:
            return hidden
        if kind is str:
            return self._text(value, name)
        if kind is int and -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
            return self._digits(value)
        if kind is dict or kind is list:
            return self._nested(value, name, id(value))
        return self._simplified(value, name)

    def _marked(self, value: Safe | Secret, name: str) -> Any:
        if isinstance(value, Secret):
            return marker("secret")
        return Walk(Redactor(None, None, self._redactor.failed), self._budget).value(value.value, None, name)

    def _simplified(self, value: Any, name: str) -> Any:
        simple = simplify(value)
        if simple is not None and type(simple) not in (str, int, float, bool, dict, list):
            # An enum's value can be anything.
            simple = simplify(simple)
        if isinstance(simple, str):
            return self._text(simple, name)
        if isinstance(simple, (dict, list)):
            return self._nested(simple, name, id(value))
        if type(simple) in (int, float, bool) or simple is None:
            self._budget -= 8
            return simple
        # An enum in an enum, which could go round in a circle.
        return self._text(repr(simple), name)

    def _digits(self, value: int) -> Any:
        self._budget -= 8
        # A card number may come as an integer.
        if value < 10**12 or self._redactor.keys is None:
            return value
        text = self._redactor.text(str(value))
        return text if text.startswith("[") else value

    def _text(self, text: str, name: str) -> str:
        room = self._budget
        if len(text) > room:
            room = max(room, 0)
            # Some characters more are scanned than kept, so that a secret at the edge is still seen whole.
            text = self._redactor.text(text[: room + 512])[:room] + _CUT
            self._note(name)
        else:
            text = self._redactor.text(text)
        self._budget -= len(text) + 4
        return text

    def _nested(self, value: Any, name: str, identity: int) -> Any:
        if identity in self._above:
            return "(cycle)"
        if len(self._inside) >= _DEEPEST or self._budget <= 0:
            self._note(name)
            return _CUT
        self._above.add(identity)
        self._inside.append(name)
        try:
            return self._dict(value) if isinstance(value, dict) else self._list(value)
        finally:
            self._inside.pop()
            self._above.discard(identity)

    def _dict(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        look = self._look
        # A copy first: another thread may add to the original meanwhile.
        for key, item in list(islice(value.items(), MOST_ITEMS)):
            if self._budget <= 0:
                break
            shown, secret = look(key if type(key) is str else _name(key))
            self._budget -= len(shown) + 4
            try:
                out[shown] = self._value(item, secret, shown)
            except Exception:
                self._redactor.failed()
                out[shown] = marker("error")
        if len(out) < len(value):
            self._note()
        return out

    @property
    def _look(self) -> Callable[[str], tuple[str, str | None]]:
        keys = self._redactor.keys
        return self._by_path if keys is not None and keys.by_path else self._redactor.name

    def _by_path(self, name: str) -> tuple[str, str | None]:
        shown, kind = self._redactor.name(name)
        keys = self._redactor.keys
        return shown, kind if keys is None else keys.kind_at([*self._inside, name], kind)

    def _list(self, value: list[Any]) -> list[Any]:
        out = []
        for place, item in enumerate(value[:MOST_ITEMS]):
            if self._budget <= 0:
                break
            out.append(self.value(item, None, str(place)))
        if len(out) < len(value):
            self._note()
        return out

    def _note(self, name: str | None = None) -> None:
        self.cut.append(".".join(self._inside if name is None else [*self._inside, name]))


def _name(key: Any) -> str:
    try:
        simple = simplify(key) if key is not None and not isinstance(key, bool) else key
        return simple if isinstance(simple, str) else str(simple)
    except Exception:
        return f"({type(key).__name__})"
