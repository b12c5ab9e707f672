"""Tell in one pass over a text which detectors have to look at it, if any: for nearly every text, none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from obskit.protect.engine import engine, generation
from obskit.protect.lazy import Lazy, lazy


class Trigger(NamedTuple):
    """What a text must have for a detector to find anything in it.

    Attributes:
        pattern: A regular expression that RE2 and `re` both take; found wherever the detector finds something.
        hints: Lower-case literals of which the text must hold one; without any the pattern itself is tried.
        telling: Whether the text must hold a telling word as well. Those triggers remember what they have seen up to
            the end of a word or line; all in one automaton would have too many states.
        long: Whether the text must hold a word of at least 16 characters.
    """

    pattern: str
    hints: tuple[str, ...] = ()
    telling: bool = False
    long: bool = False


# What a prefilter says of JSON: nothing may be found in it; the same, but it is not flat; look at it.
CLEAR, NESTED, SUSPECT = 0, 1, 2
# An escape, a list, a dict within another, a value that is perhaps no number.
_STRUCTURE = r"\\|\[|[:,]\{|[:,]null"


class Prefilter(Protocol):
    """Tells the numbers of the triggers that a text has."""

    def __call__(self, text: str) -> Sequence[int]:
        """Return them in ascending order."""

    def json(self, data: bytes) -> int:
        """Return CLEAR, NESTED or SUSPECT for compact JSON in UTF-8, its names of fields included."""


def make(triggers: Sequence[Trigger], stems: Sequence[str]) -> Prefilter:
    """Return the prefilter of some triggers: RE2's where it is installed, else one of plain `re`.

    Args:
        triggers: The triggers; a text's are told by their numbers.
        stems: What telling words have in them, in lower case.
    """
    module = engine()
    return Plain(triggers, stems) if module is None else Fast(triggers, stems, module)


class Fast:
    """Two automatons for all triggers (google-re2): linear in the length of the text, whatever it is."""

    def __init__(self, triggers: Sequence[Trigger], stems: Sequence[str], module: Any) -> None:
        self._triggers = triggers
        self._stems = stems
        self._module = module
        self._build()

    def _build(self) -> None:
        triggers = self._triggers
        words = f"(?i){'|'.join(map(re.escape, self._stems))}"
        number = generation.number
        untold = [n for n, each in enumerate(triggers) if not each.telling]
        self._first = _automaton(triggers, untold, [words, _STRUCTURE], self._module)
        self._second = _automaton(triggers, [n for n, each in enumerate(triggers) if each.telling], [], self._module)
        # Behind the last of the first: that a telling word is there, and that JSON is not flat.
        self._telling = len(self._first.numbers)
        self._structure = [self._telling + 1]
        # Last: another thread must not take what is still that of the parent for new.
        self._made = number

    def __call__(self, text: str) -> Sequence[int]:
        """Return the numbers of the triggers that the text has."""
        if self._made != generation.number:
            self._renew()
        try:
            data = text.encode()
        except UnicodeEncodeError:
            # A lone surrogate is no letter of any secret.
            data = text.encode("utf-8", "replace")
        met = self._first.set.Match(data)
        if not met:
            return met  # type: ignore[no-any-return]
        numbers, telling = self._first.numbers, self._telling
        found = [numbers[place] for place in met if place < telling]
        if telling in met:
            found += [self._second.numbers[place] for place in self._second.set.Match(data)]
        found.sort()
        return found

    def json(self, data: bytes) -> int:
        """Return CLEAR, NESTED or SUSPECT for compact JSON in UTF-8."""
        if self._made != generation.number:
            self._renew()
        met = self._first.set.Match(data)
        if not met:
            return CLEAR
        if met == self._structure:
            return NESTED
        telling = self._telling
        if any(place < telling for place in met) or self._second.set.Match(data):
            return SUSPECT
        return NESTED if self._structure[0] in met else CLEAR

    def _renew(self) -> None:
        generation.abandoned += (self._first, self._second)
        self._build()


class _Automaton(NamedTuple):
    set: Any
    numbers: list[int]


def _automaton(triggers: Sequence[Trigger], numbers: list[int], more: list[str], module: Any) -> _Automaton:
    options = module.RE2.Options()
    options.log_errors = False
    # States are made as they are met; with too little room they would be thrown away and made again.
    options.max_mem = 64 << 20
    made = module.Set(module.RE2.Anchor.UNANCHORED, options)
    patterns = [triggers[number].pattern for number in numbers] + more
    for place, pattern in enumerate(patterns):
        if made.Add(pattern.encode()) != place:
            raise ValueError(f"RE2 does not take the trigger {pattern!r}")
    if not made.Compile():
        raise ValueError("RE2 has no room for the triggers")
    return _Automaton(made, numbers)


class Plain:
    """The same with the standard library: literals first, so that most patterns are never tried."""

    def __init__(self, triggers: Sequence[Trigger], stems: Sequence[str]) -> None:
        self._stems = stems
        self._always = [
            (n, _Plain(trigger)) for n, trigger in enumerate(triggers) if not (trigger.telling or trigger.long)
        ]
        self._telling = [(n, _Plain(trigger)) for n, trigger in enumerate(triggers) if trigger.telling]
        self._long = [(n, _Plain(trigger)) for n, trigger in enumerate(triggers) if trigger.long]

    def __call__(self, text: str) -> Sequence[int]:
        """Return the numbers of the triggers that the text may have."""
        lowered = text.lower()
        tried = self._always
        if any(stem in lowered for stem in self._stems):
            tried = tried + self._telling
        if _LONG.search(text):
            tried = tried + self._long
        return sorted(number for number, trigger in tried if trigger.met(text, lowered))

    def json(self, data: bytes) -> int:
        """Return NESTED or SUSPECT for compact JSON in UTF-8."""
        return SUSPECT if self(data.decode()) else NESTED


class _Plain:
    __slots__ = ("_hints", "_pattern")

    def __init__(self, trigger: Trigger) -> None:
        self._hints = trigger.hints
        self._pattern = None if trigger.hints else Lazy(trigger.pattern)

    def met(self, text: str, lowered: str) -> bool:
        if self._pattern is not None:
            return self._pattern.search(text) is not None
        return any(hint in lowered for hint in self._hints)


# No vendor's token is shorter.
_LONG = lazy(r"[^\s\"',;(){}<>]{16}")
