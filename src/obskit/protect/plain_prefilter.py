"""Tell without RE2 which detectors have to look at a text: its words say that most patterns need not be tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from obskit.protect.lazy import Lazy
from obskit.protect.prefilter import CLEAR, NESTED, SUSPECT, Trigger
from obskit.protect.quick import TELLING, TOKEN, Quick
from obskit.protect.quick_pattern import fold, literals

# In a longer text what a trigger's hints say is enough: the standard library may go over it again and again.
_LONGEST = 4096
_ESCAPE = re.compile(r"\\.|[^A-Za-z]")
_STRING = re.compile(rb'"([^"]*)"(:?)')


class Plain:
    """The prefilter of the standard library.

    Args:
        triggers: The triggers; a text's are told by their numbers.
        stems: What telling words have in them, in lower case.
    """

    def __init__(self, triggers: Sequence[Trigger], stems: Sequence[str]) -> None:
        self._conditions = [_Condition(trigger) for trigger in triggers]
        numbered = [*enumerate(triggers)]
        self._groups = {
            TELLING: [number for number, trigger in numbered if trigger.telling],
            TOKEN: [number for number, trigger in numbered if trigger.long],
        }
        self._runs = frozenset(number for number, trigger in numbered if trigger.run)
        self._stem = Lazy(literals(stems))
        self._quick = Quick(triggers, stems)
        self._possible = self._quick.possible

    def __call__(self, text: str) -> Sequence[int]:
        """Return the numbers of the triggers that the text has."""
        try:
            data = text.encode()
        except UnicodeEncodeError:
            # A lone surrogate is no letter of any secret.
            data = text.encode("utf-8", "replace")
        possible = self._possible(data)
        return self._met(possible, text) if possible else ()

    def json(self, data: bytes) -> int:
        """Return CLEAR, NESTED or SUSPECT for compact JSON in UTF-8."""
        possible = self._possible(data)
        if possible and self._suspicious(possible, data):
            return SUSPECT
        if b"\\" in data or b"[" in data or b":{" in data or b",{" in data or b":null" in data or b",null" in data:
            return NESTED
        return CLEAR

    def _suspicious(self, possible: frozenset[int], data: bytes) -> bool:
        runs = possible & self._runs
        if runs and self._met(runs, data.decode()):
            return True
        words = possible - runs
        if not words:
            return False
        if b"\\" not in data:
            texts: tuple[list[bytes], list[bytes]] = ([], [])
            for text, name in _STRING.findall(data):
                texts[name == b":"].append(text)
            values, names = texts
            # A value and the name behind it are no pair, though they look like one.
            if not self._possible(b"\n".join(names)):
                return bool(self(b"\n".join(values).decode()))
        return bool(self._met(words, data.decode()))

    def _met(self, possible: Iterable[int], text: str) -> list[int]:
        folded = f" {fold(text)}"
        if TELLING in possible and not self._stem.search(folded):
            possible = [number for number in possible if number != TELLING]
        numbers = {each for number in possible for each in self._groups.get(number, (number,))}
        return sorted(number for number in numbers if self._conditions[number].met(text, folded))


class _Condition:
    __slots__ = ("_folds", "_hints", "_pattern", "_rough", "_telling", "_told")

    def __init__(self, trigger: Trigger) -> None:
        self._hints = trigger.hints
        self._telling = trigger.telling
        # Of the others a word has told already that a hint is there.
        self._told = not (trigger.telling or trigger.long)
        self._folds = bool(trigger.rough) or trigger.pattern.startswith("(?i)")
        pattern = trigger.rough or trigger.pattern.removeprefix("(?i)")
        # In the folded text case only counts where the pattern has a capital.
        capital = self._folds and not _ESCAPE.sub("", pattern).islower()
        # To RE2 only letters of ASCII are of a word, and so they are to whoever wrote the pattern.
        self._pattern = Lazy(pattern, re.ASCII | (re.IGNORECASE if capital else 0))

    def met(self, text: str, folded: str) -> bool:
        long = len(text) > _LONGEST
        if self._hints and (long or not self._told) and not any(hint in folded for hint in self._hints):
            return False
        if long and (self._telling or self._hints):
            return True
        return self._pattern.search(folded if self._folds else text) is not None
