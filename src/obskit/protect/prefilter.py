"""Tell in one pass over a text which detectors have to look at it, if any: for nearly every text, none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from obskit.protect.engine import engine, generation


class Trigger(NamedTuple):
    """What a text must have for a detector to find anything in it.

    Attributes:
        pattern: A regular expression that RE2 and `re` both take; found wherever the detector finds something.
        hints: Lower-case literals of which the text must hold one; without any the pattern itself is tried.
        telling: Whether the text must hold a telling word as well. Those triggers remember what they have seen up to
            the end of a word or line; all in one automaton would have too many states.
        long: Whether the text must hold a word of at least 12 characters.
        word: A regular expression for `re`, found within a word wherever the detector finds something. Words end at
            white space and at `"',;(){}<>`; a space stands before and behind. All of its digits may have become 0.
        odd: The same for a class of characters.
        start: The same for what no letter or digit of ASCII stands before.
        characters: Some characters, as they are written in a class of `re`.
        run: So many of those in a row the text must hold.
        rough: A regular expression for `re` over " " and the text in lower case, found wherever the pattern is.
    """

    pattern: str
    hints: tuple[str, ...] = ()
    telling: bool = False
    long: bool = False
    word: str = ""
    start: str = ""
    odd: str = ""
    characters: str = ""
    run: int = 0
    rough: str = ""


# What numbers are written with: characters of a run.
NUMBERS = r"0-9 ._/:()+\s-"
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
    if module is None:
        from obskit.protect.plain_prefilter import Plain

        return Plain(triggers, stems)
    return Fast(triggers, stems, module)


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
        # Made when the first telling word comes: many processes never meet one.
        self._second: _Automaton | None = None
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
            second = self._second or self._build_second()
            found += [second.numbers[place] for place in second.set.Match(data)]
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
        if any(place < telling for place in met) or (self._second or self._build_second()).set.Match(data):
            return SUSPECT
        return NESTED if self._structure[0] in met else CLEAR

    def _renew(self) -> None:
        generation.abandoned += (self._first, self._second)
        self._build()

    def _build_second(self) -> _Automaton:
        numbers = [n for n, each in enumerate(self._triggers) if each.telling]
        made = self._second = _automaton(self._triggers, numbers, [], self._module)
        return made


class _Automaton:
    __slots__ = ("numbers", "set")

    def __init__(self, made: Any, numbers: list[int]) -> None:
        self.set = made
        self.numbers = numbers


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
