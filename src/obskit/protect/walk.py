"""Walk a value once: redact by key and by value, make it plain, keep it within limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from obskit.protect import neighbours
from obskit.protect.detect.payment import is_card
from obskit.protect.keys import DENIED, Judgement, harmless
from obskit.protect.lazy import lazy
from obskit.protect.marker import marker
from obskit.protect.marks import Safe, Secret
from obskit.protect.parts import formed
from obskit.protect.plain import MOST_ITEMS, simplify
from obskit.protect.repeated import Repeated
from obskit.protect.span import Span
from obskit.protect.vocabulary import SECRETS

if TYPE_CHECKING:
    from obskit.protect.redactor import Redactor

_DEEPEST = 16
_CUT = "…"
_LEAST = 128
# Longer names are cut, and longer paths to what was cut.
_LONGEST_NAME = 256
_LONGEST_PATH = 128
# Four numbers in such a field are no address.
_VERSION = lazy(r"(?i)(?:version|release|build|revision|firmware|driver)$")
# Identifiers of obskit's own, whose digits may happen to be a card's.
_IDS = frozenset(("trace_id", "span_id", "parent_span_id", "fingerprint", "session_id"))
_ID = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")
# Scanned beyond what is kept, so that a secret at the edge is still seen whole.
_BEYOND = 4096


class Walk:
    """One pass over one record, with its budget of characters.

    Args:
        redactor: Judges and replaces.
        limit: The characters that all texts may have together.

    Attributes:
        cut: The paths that a limit cut.
    """

    __slots__ = ("_above", "_budget", "_inside", "_open", "_redactor", "_repeated", "cut")

    def __init__(self, redactor: Redactor, limit: int) -> None:
        self._redactor = redactor
        self._budget = limit
        self._above: set[int] = set()
        self._inside: list[str] = []
        self._repeated = Repeated()
        # How many values marked as safe it is in.
        self._open = 0
        self.cut: list[str] = []

    def part(self, part: str, value: Any) -> Any:
        """Return the protected form of a record's part; never raises."""
        # A part that comes behind a huge one keeps at least its beginning, and its form.
        self._budget = max(self._budget, _LEAST)
        # What the schema calls `name` is not what a caller calls so; the message may be anything.
        return formed(part, value, self.value(value, part if part == "message" else None, part))

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
            return self._failed(name)

    def finished(self, value: Any) -> Any:
        """Return protected data without those secrets that stood elsewhere under a telling name; never raises."""
        if not self._repeated:
            return value
        try:
            return self._repeated.removed(value, self._redactor.mark, self._redactor.is_mark)
        except Exception:
            if not isinstance(value, dict):
                return self._failed("")
            return {key: formed(key, item, self._failed(key)) for key, item in value.items()}

    def clean(self, text: str, name: str, room: int | None = None) -> str:
        """Return a text with its secrets replaced; never raises.

        Args:
            text: The text.
            name: What it is called.
            room: How many of its characters are shown; those behind only tell how the last of them are meant.
        """
        finder = self._redactor.finder
        if finder is None or self._open or len(text) < finder.shortest:
            return text[:room]
        try:
            spans = finder.find(text)
            return self._replaced(text, spans, name, len(text) if room is None else room) if spans else text[:room]
        except Exception:
            return self._failed(name)

    def _replaced(self, text: str, spans: list[Span], name: str, room: int) -> str:
        mark, place = self._redactor.mark, 0
        pieces: list[str] = []
        if name and _VERSION.search(name):
            spans = [span for span in spans if span.kind != "ip"]
        for span in spans:
            if span.start >= room:
                break
            secret = text[span.start : span.end]
            pieces += (text[place : span.start], mark(span.kind, secret) if span.shown is None else span.shown)
            place = span.end
            if span.kind in SECRETS:
                self._repeated.add(secret, span.kind)
            self._tell(name, span.kind, span.rule)
        pieces.append(text[place:room])
        return "".join(pieces)

    def _value(self, value: Any, judged: Judgement | None, name: str) -> Any:
        kind = type(value)
        if value is None or (kind is bool and (judged is None or judged.kind != DENIED)):
            self._budget -= 5
            return value
        if kind is Safe or kind is Secret:
            return self._marked(value, name)
        if judged is not None and kind in _SINGLE and (hidden := self._hidden(value, judged, name)) is not None:
            return hidden
        if kind is str:
            return self._text(value, name)
        if kind is int and -_LARGEST <= value < _LARGEST:
            return self._digits(value, name)
        if kind is float and value - value == 0.0:
            self._budget -= 8
            return value
        if kind is dict or kind is list or kind is neighbours.Pair:
            return self._nested(value, name, id(value), judged)
        return self._simplified(value, judged, name)

    def _hidden(self, value: Any, judged: Judgement, name: str) -> str | None:
        shown = self._redactor.hide(judged, value)
        if shown is None or shown == value:
            return shown
        if type(value) is str and judged.kind in SECRETS:
            self._repeated.add(value, judged.kind)
        self._budget -= len(shown) + 4
        self._tell(name, judged.kind, f"key:{judged.kind}")
        return shown

    def _marked(self, value: Safe | Secret, name: str) -> Any:
        if isinstance(value, Secret):
            self._tell(name, "secret", "mark")
            if type(text := value.reveal()) is str:
                self._repeated.add(text, "secret")
            return marker("secret")
        self._open += 1
        try:
            return self._value(value.value, None, name)
        finally:
            self._open -= 1

    def _simplified(self, value: Any, judged: Judgement | None, name: str) -> Any:
        paired = issubclass(type(value), tuple)
        simple = simplify(value)
        if simple is not None and type(simple) not in _PLAIN:
            # An enum's value can be anything.
            simple = simplify(simple)
        if type(simple) is Safe or type(simple) is Secret:
            return self._marked(simple, name)
        if isinstance(simple, (dict, list)):
            if paired and isinstance(simple, list):
                simple = self._pair(simple)
            return self._nested(simple, name, id(value), judged)
        if simple is None or type(simple) in _SINGLE or type(simple) is bool:
            return self._value(simple, judged, name)
        # An enum in an enum, which could go round in a circle.
        return self._text(repr(simple), name)

    def _digits(self, value: int, name: str) -> Any:
        self._budget -= 8
        # A card number may come as an integer.
        if value < 10**11 or self._redactor.finder is None or self._open:
            return value
        text = self.clean(str(value), name) if is_card(str(value)) else ""
        return text if text.startswith("[") else value

    def _text(self, text: str, name: str) -> str:
        room = self._budget
        if len(text) > room:
            room = max(room, 0)
            text = self.clean(text[: room + _BEYOND], name, room)[:room] + _CUT
            self._note(name)
        else:
            text = text if name in _IDS and _ID.fullmatch(text) else self.clean(text, name)
        self._budget -= len(text) + 4
        return text

    def _nested(self, value: Any, name: str, identity: int, judged: Judgement | None) -> Any:
        if identity in self._above:
            return "(cycle)"
        if len(self._inside) >= _DEEPEST or self._budget <= 0:
            self._note(name)
            self._budget -= 6
            return _CUT
        # Else a list of lists of empty lists would cost nothing, however many they are.
        self._budget -= 3
        self._above.add(identity)
        self._inside.append(name)
        try:
            return self._dict(value, judged) if isinstance(value, dict) else self._list(value, judged)
        finally:
            self._inside.pop()
            self._above.discard(identity)

    def _dict(self, value: Mapping[Any, Any], above: Judgement | None) -> dict[str, Any]:
        out: dict[str, Any] = {}
        look = self._look
        # A copy first: another thread may add to the original meanwhile.
        items = list(islice((value.copy() if type(value) is dict else value).items(), MOST_ITEMS))
        spelled = neighbours.spelled(items)
        for key, item in items:
            if self._budget <= 0:
                break
            name = key if type(key) is str else _name(key)
            shown, judged = look(name)
            if spelled is not None and key == spelled.value and judged is None:
                judged = look(spelled.name)[1]
            if above is not None and (judged is None or judged.doubtful) and not harmless(name):
                judged = above
            self._budget -= len(shown) + 4
            if len(shown) > _LONGEST_NAME:
                self._note(shown)
            if self._budget <= 0:
                # No room is left for what it holds.
                break
            try:
                out[shown] = self._value(item, judged, shown)
            except Exception:
                out[shown] = self._failed(shown)
        if len(out) < len(value):
            self._note()
        return out

    @property
    def _look(self) -> Callable[[str], tuple[str, Judgement | None]]:
        if self._open:
            return _unjudged
        keys = self._redactor.keys
        return self._by_path if keys is not None and keys.by_path else self._redactor.name

    def _by_path(self, name: str) -> tuple[str, Judgement | None]:
        shown, judged = self._redactor.name(name)
        keys = self._redactor.keys
        return shown, judged if keys is None else keys.at([*self._inside, name], judged)

    def _list(self, value: list[Any], above: Judgement | None) -> list[Any]:
        out: list[Any] = []
        judge = neighbours.Judge(value, self._look) if self._redactor.keys is not None and not self._open else None
        for place, item in enumerate(value[:MOST_ITEMS]):
            if self._budget <= 0:
                break
            judged = above or (judge(place) if judge is not None else None)
            try:
                out.append(self._value(judge.paired(item) if judge is not None else item, judged, str(place)))
            except Exception:
                out.append(self._failed(str(place)))
        if len(out) < len(value):
            self._note()
        return out

    def _pair(self, pair: list[Any]) -> list[Any]:
        return neighbours.paired(pair, self._look) if self._redactor.keys is not None else pair

    def _failed(self, name: str) -> str:
        self._redactor.failed()
        self._tell(name, "error", "error")
        return marker("error")

    def _tell(self, name: str, kind: str, rule: str) -> None:
        if self._redactor.watch is None:
            return
        try:
            self._redactor.watch(tuple(part for part in (*self._inside, name) if part), kind, rule)
        except Exception:
            # Who only looks on must not decide what comes out.
            self._redactor.failed()

    def _note(self, name: str | None = None) -> None:
        path = ".".join(self._inside if name is None else [*self._inside, name])
        # Names can be long, and the paths must not fill the line.
        self.cut.append(path if len(path) <= _LONGEST_PATH else path[:_LONGEST_PATH] + _CUT)


_LARGEST = 1 << 63
_SINGLE = frozenset({str, int, float, bool})
_PLAIN = frozenset({str, int, float, bool, dict, list})


def _unjudged(name: str) -> tuple[str, Judgement | None]:
    return name, None


def _name(key: Any) -> str:
    try:
        simple = simplify(key) if key is not None and not isinstance(key, bool) else key
        return simple if isinstance(simple, str) else str(simple)
    except Exception:
        return f"({type(key).__name__})"
