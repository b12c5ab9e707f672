"""Tell in one pass over a text which detectors have to look at it, if any: for nearly every text, none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Trigger(NamedTuple):
    """What a text must have for a detector to find anything in it.

    Attributes:
        pattern: A regular expression that RE2 and `re` both take; found wherever the detector finds something.
        hints: Lower-case literals of which the text must hold one; without any the pattern itself is tried.
        telling: Whether the text must hold a telling word as well. Those triggers remember what they have seen up to
            the end of a word or line; all in one automaton would have too many states.
    """

    pattern: str
    hints: tuple[str, ...] = ()
    telling: bool = False


class Prefilter(Protocol):
    """Tells the numbers of the triggers that a text has."""

    def __call__(self, text: str) -> Sequence[int]:
        """Return them in ascending order."""


def make(triggers: Sequence[Trigger], stems: Sequence[str]) -> Prefilter:
    """Return the prefilter of some triggers: RE2's where it is installed, else one of plain `re`.

    Args:
        triggers: The triggers; a text's are told by their numbers.
        stems: What telling words have in them, in lower case.
    """
    try:
        from re2 import _re2
    except ImportError:
        return Plain(triggers)
    return Fast(triggers, stems, _re2)


class Fast:
    """Two automatons for all triggers (google-re2): linear in the length of the text, whatever it is."""

    def __init__(self, triggers: Sequence[Trigger], stems: Sequence[str], engine: Any) -> None:
        self._first = _automaton(triggers, [n for n, trigger in enumerate(triggers) if not trigger.telling], engine)
        self._second = _automaton(triggers, [n for n, trigger in enumerate(triggers) if trigger.telling], engine)
        # Behind the last of the first: that a telling word is there.
        self._telling = len(self._first.numbers)
        words = "|".join(map(re.escape, stems))
        self._first.set.Add(f"(?i){words}".encode())
        self._first.set.Compile()
        self._second.set.Compile()

    def __call__(self, text: str) -> Sequence[int]:
        """Return the numbers of the triggers that the text has."""
        try:
            data = text.encode()
        except UnicodeEncodeError:
            # A lone surrogate is no letter of any secret.
            data = text.encode("utf-8", "replace")
        met = self._first.set.Match(data)
        if not met:
            return met  # type: ignore[no-any-return]
        numbers = self._first.numbers
        found = [numbers[place] for place in met if place != self._telling]
        if self._telling in met:
            found += [self._second.numbers[place] for place in self._second.set.Match(data)]
        found.sort()
        return found


class _Automaton(NamedTuple):
    set: Any
    numbers: list[int]


def _automaton(triggers: Sequence[Trigger], numbers: list[int], engine: Any) -> _Automaton:
    options = engine.RE2.Options()
    options.log_errors = False
    # States are made as they are met; with too little room they would be thrown away and made again.
    options.max_mem = 64 << 20
    made = engine.Set(engine.RE2.Anchor.UNANCHORED, options)
    for number in numbers:
        made.Add(triggers[number].pattern.encode())
    return _Automaton(made, numbers)


class Plain:
    """The same with the standard library: literals first, so that most patterns are never tried."""

    def __init__(self, triggers: Sequence[Trigger]) -> None:
        self._hints: list[tuple[int, tuple[str, ...]]] = []
        self._patterns: list[tuple[int, re.Pattern[str]]] = []
        for number, trigger in enumerate(triggers):
            if trigger.hints:
                self._hints.append((number, trigger.hints))
            else:
                self._patterns.append((number, re.compile(trigger.pattern)))

    def __call__(self, text: str) -> Sequence[int]:
        """Return the numbers of the triggers that the text may have."""
        lowered = text.lower()
        found = [number for number, hints in self._hints if any(hint in lowered for hint in hints)]
        found += [number for number, pattern in self._patterns if pattern.search(text)]
        found.sort()
        return found
