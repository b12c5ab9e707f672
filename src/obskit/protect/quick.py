"""Tell at once that a text holds nothing: its words are known, and it has no long run of digits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from obskit.protect.lazy import Lazy
from obskit.protect.prefilter import Trigger
from obskit.protect.quick_pattern import SHAPES, alternation, fold, literal_first, literals, part, shape, shaped

# So many words are remembered; longer ones never, for hardly one comes again.
_MOST, _LONGEST = 8192, 64
# Beside the numbers of triggers: a telling word is there; the beginning of a vendor's token.
TELLING, TOKEN = -1, -2
# No vendor's token is shorter.
_SHORTEST_TOKEN = 12
_FENCE = "[^A-Za-z0-9]"


class Words:
    """Knows which triggers a word makes possible: for nearly every word, none.

    A word is looked up with every digit as 0, so that numbers, dates and numbered names are soon known.

    Args:
        triggers: Those that are told by words.
        stems: What telling words have in them, in lower case.
    """

    def __init__(self, triggers: dict[int, Trigger], stems: Sequence[str]) -> None:
        self.quiet: set[bytes] = set()
        self._loud: dict[bytes, frozenset[int]] = {}
        self._triggers = triggers
        self._stems = stems
        self._made: _Judge | None = None

    def possible(self, words: Iterable[bytes]) -> frozenset[int]:
        """Return the numbers of the triggers that words make possible, which are not all quiet."""
        found: frozenset[int] = frozenset()
        unknown = []
        for word in {*words}.difference(self.quiet):
            numbers = self._loud.get(word)
            if numbers is None:
                unknown.append(word)
            else:
                found |= numbers
        if unknown:
            if not self._may_hold(f" {b' '.join(unknown).decode()} "):
                self._remember(unknown)
                return found
            for word in unknown:
                found |= self._judge(word)
        return found

    def _remember(self, words: list[bytes]) -> None:
        # Starting anew is cheaper than keeping an order.
        if len(self.quiet) > _MOST:
            self.quiet.clear()
        self.quiet.update([word for word in words if len(word) <= _LONGEST])

    def _judge(self, word: bytes) -> frozenset[int]:
        text = f" {word.decode()} "
        if not self._may_hold(text):
            self._remember([word])
            return frozenset()
        judge = self._made or self._make()
        found = {
            number
            for whole, patterns in judge.families
            if whole.search(text)
            for number, pattern in patterns
            if pattern.search(text)
        }
        folded = fold(text)
        if judge.literals.search(folded):
            found |= {number for number, parts in judge.parts if any(each in folded for each in parts)}
        if len(self._loud) > _MOST:
            self._loud.clear()
        numbers = frozenset(found)
        if len(word) <= _LONGEST:
            self._loud[word] = numbers
        return numbers

    def _may_hold(self, words: str) -> bool:
        judge = self._made or self._make()
        for whole, _ in judge.families:
            if whole.search(words):
                return True
        return judge.literals.search(fold(words)) is not None

    def _make(self) -> _Judge:
        # With the first word: a process that logs nothing needs none of it.
        parts = [
            (number, tuple({shape(part(hint)) for hint in trigger.hints}))
            for number, trigger in self._triggers.items()
            if not _in_words(trigger)
        ]
        parts.append((TELLING, tuple({shape(part(stem)) for stem in self._stems})))
        whole = literals(sorted({each for _, found in parts for each in found}))
        self._made = made = _Judge(_families(self._triggers), parts, re.compile(whole))
        return made


_Family = tuple[re.Pattern[str], list[tuple[int, Lazy]]]


class _Judge(NamedTuple):
    """What tells which triggers a word makes possible.

    Attributes:
        families: Patterns that are searched for as one, and of which triggers they are.
        parts: The literals of the other triggers, one of which a word must hold.
        literals: All of those as one.
    """

    families: list[_Family]
    parts: list[tuple[int, tuple[str, ...]]]
    literals: re.Pattern[str]


def _families(triggers: dict[int, Trigger]) -> list[_Family]:
    families: list[dict[int, list[str]]] = [{}, {}, {}]
    for number, trigger in triggers.items():
        known_as = TOKEN if trigger.long else number
        kinds = ([trigger.start], literal_first(trigger.word), [trigger.odd])
        for family, patterns in zip(families, kinds, strict=True):
            if any(patterns):
                family.setdefault(known_as, []).extend(map(shaped, patterns))
    return [_family(family, fence) for family, fence in zip(families, (_FENCE, "", ""), strict=True) if family]


def _in_words(trigger: Trigger) -> bool:
    return bool(trigger.word or trigger.odd or trigger.start)


def _family(family: dict[int, list[str]], fence: str) -> _Family:
    whole = alternation([pattern for patterns in family.values() for pattern in patterns])
    return re.compile(f"{fence}(?:{whole})", re.ASCII), [
        (number, Lazy(f"{fence}(?:{alternation(patterns)})", re.ASCII)) for number, patterns in family.items()
    ]


class Runs:
    """Tells which triggers a text makes possible by its longest runs of some characters.

    Args:
        triggers: Those that need such a run.
    """

    def __init__(self, triggers: dict[int, Trigger]) -> None:
        groups: dict[str, list[tuple[bytes, int]]] = {}
        for number, trigger in triggers.items():
            groups.setdefault(trigger.characters, []).append((b"0" * trigger.run, number))
        self._groups = [(_table(characters), sorted(runs)) for characters, runs in groups.items()]

    def possible(self, data: bytes) -> list[int]:
        """Return their numbers."""
        found: list[int] = []
        for table, runs in self._groups:
            marked = data.translate(table)
            for zeros, number in runs:
                if zeros not in marked:
                    break
                found.append(number)
        return found


def _table(characters: str) -> bytes:
    # What is of no such run becomes a blank; every byte of a character beyond ASCII is of it if one is.
    wanted = re.compile(f"[{characters}]")
    return bytes(48 if wanted.match(chr(n)) else 32 for n in range(256))


class Quick:
    """Tells which triggers a text makes possible: for nearly every text none.

    Args:
        triggers: All; those that nothing is known of are always possible.
        stems: What telling words have in them, in lower case.
    """

    __slots__ = ("_always", "_quiet", "_runs", "_words")

    def __init__(self, triggers: Sequence[Trigger], stems: Sequence[str]) -> None:
        untold = {number: trigger for number, trigger in enumerate(triggers) if not trigger.telling}
        runs = {number: trigger for number, trigger in untold.items() if trigger.run}
        words = {
            number: trigger
            for number, trigger in untold.items()
            if _in_words(trigger) or (trigger.hints and not trigger.run and all(map(part, trigger.hints)))
        }
        self._always = frozenset(untold.keys() - runs.keys() - words.keys())
        self._runs = Runs(runs)
        self._words = Words(words, stems)
        self._quiet = self._words.quiet

    def possible(self, data: bytes) -> frozenset[int]:
        """Return their numbers, TELLING and TOKEN.

        Args:
            data: The text in UTF-8.
        """
        words = data.translate(SHAPES).split()
        found = self._always
        if not self._quiet.issuperset(words):
            numbers = self._words.possible(words)
            if TOKEN in numbers and max(map(len, words)) < _SHORTEST_TOKEN:
                numbers -= {TOKEN}
            found |= numbers
        runs = self._runs.possible(data)
        return found.union(runs) if runs else found
