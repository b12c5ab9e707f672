"""Tell without RE2 which detectors have to look at a text: by its words first, so that most patterns are never tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from obskit.protect.lazy import Lazy
from obskit.protect.prefilter import CLEAR, NESTED, SUSPECT, Trigger
from obskit.protect.quick import TELLING, TOKEN, Quick
from obskit.protect.quick_pattern import fold

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
        self._in_numbers = frozenset(number for number, trigger in numbered if trigger.run)
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
        if possible and (met := self._met(possible, data.decode())) and not self._apart(data, met):
            return SUSPECT
        if b"\\" in data or b"[" in data or b":{" in data or b",{" in data or b":null" in data or b",null" in data:
            return NESTED
        return CLEAR

    def _met(self, possible: Iterable[int], text: str) -> list[int]:
        folded = fold(text)
        numbers = (each for number in possible for each in self._groups.get(number, (number,)))
        return sorted(number for number in numbers if self._conditions[number].met(text, folded))

    def _apart(self, data: bytes, met: list[int]) -> bool:
        """Tell whether what was found in JSON is in none of its texts: a value and the name behind it may look like one."""
        if b"\\" in data or not self._in_numbers.isdisjoint(met):
            return False
        texts: list[bytes] = []
        for text, name in _STRING.findall(data):
            if name:
                if self._possible(text):
                    return False
            else:
                texts.append(text)
        return not self(b"\n".join(texts).decode())


class _Condition:
    __slots__ = ("_folds", "_hints", "_pattern", "_rough", "_told")

    def __init__(self, trigger: Trigger) -> None:
        self._hints = trigger.hints
        # Of the others a word has told already that a hint is there.
        self._told = not (trigger.telling or trigger.long)
        self._folds = trigger.pattern.startswith("(?i)")
        pattern = trigger.pattern.removeprefix("(?i)")
        # In the folded text case only counts where the pattern has a capital.
        capital = self._folds and not _ESCAPE.sub("", pattern).islower()
        # To RE2 only letters of ASCII are of a word, and so they are to whoever wrote the pattern.
        self._pattern = Lazy(pattern, re.ASCII | (re.IGNORECASE if capital else 0))
        self._rough = Lazy(trigger.rough, re.ASCII) if trigger.rough else None

    def met(self, text: str, folded: str) -> bool:
        if self._rough is not None:
            return self._rough.search(folded) is not None
        long = len(text) > _LONGEST
        if self._hints and (long or not self._told):
            if not any(hint in folded for hint in self._hints):
                return False
            if long:
                return True
        return self._pattern.search(folded if self._folds else text) is not None
