"""Judge by its name whether a field holds a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from typing import NamedTuple

from obskit.protect.lazy import lazy
from obskit.protect.views import fold
from obskit.protect.vocabulary import (
    DOUBTFUL,
    DOUBTFUL_ENDS,
    DOUBTFUL_PAIRS,
    ENDINGS,
    FOLLOWING,
    HARMLESS,
    PAIRS,
    WORDS,
)

_MOST_KEYS = 4096
_LONGEST = 256
# Words of any script; a run of capitals is one, and so are digits.
_WORD = lazy(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+(?:[a-z]*[^\W\dA-Za-z_]*)*")
_CASE = lazy(r"(?<=[^\W\dA-Z_])(?=[A-Z])")
_LETTERS = lazy(r"[^\W_]+")
# Digits and signs that are put for letters: `p@ssw0rd`.
_LEET = str.maketrans("@$013457", "asoleast")
# Not a secret to be hidden, but an address to be shortened.
ADDRESS = "ip"
DENIED = "denied"


class Judgement(NamedTuple):
    """What a name says of its value.

    Attributes:
        kind: What the marker calls it.
        doubtful: Whether the value has to look like a secret, too.
        counted: Whether a number tells how many there are.
    """

    kind: str
    doubtful: bool = False
    counted: bool = False


class Keys:
    """Decide for a key, once: decisions are cached in a bounded table, for keys can come from outside.

    Args:
        allow: Globs over keys or dotted paths that stay readable; a path may begin at any of its keys.
        deny: Globs over keys or dotted paths that go.

    Attributes:
        by_path: Whether a glob has a dot, so that `at` has to be asked with the whole path.
        denies: Whether there are names of the policy's own that go.
    """

    __slots__ = ("_allow", "_allow_paths", "_deny", "_deny_paths", "_known", "by_path", "denies")

    def __init__(self, allow: Iterable[str] = (), deny: Iterable[str] = ()) -> None:
        self._allow, self._allow_paths = _split(allow)
        self._deny, self._deny_paths = _split(deny)
        self.denies = bool(self._deny or self._deny_paths)
        self.by_path = bool(self._allow_paths or self._deny_paths)
        self._known: dict[str, Judgement | None] = {}

    def at(self, path: Sequence[str], judged: Judgement | None) -> Judgement | None:
        """Return what a whole path says, given what its last key alone says."""
        lowered = [part.lower() for part in path]
        paths = [".".join(lowered[start:]) for start in range(len(lowered))]
        if any(glob.match(found) for glob in self._allow_paths for found in paths):
            return None
        if any(glob.match(found) for glob in self._deny_paths for found in paths):
            return Judgement(DENIED)
        return judged

    def judge(self, key: str) -> Judgement | None:
        """Return what a name says of its value; None where it says nothing."""
        try:
            return self._known[key]
        except KeyError:
            pass
        found = self._judge(key)
        # Names can come from outside: starting anew is cheaper than keeping an order.
        if len(self._known) >= _MOST_KEYS:
            self._known.clear()
        if len(key) <= _LONGEST:
            self._known[key] = found
        return found

    def _judge(self, key: str) -> Judgement | None:
        lowered = key[:1024].lower()
        if any(glob.match(lowered) for glob in self._allow):
            return None
        if any(glob.match(lowered) for glob in self._deny):
            return Judgement(DENIED)
        # The end of a long name decides, as it does in a short one.
        return _of_spellings(key[-_LONGEST:])


def _of_spellings(name: str) -> Judgement | None:
    words = _WORD.findall(name)
    found = _of_words(words)
    if found is not None or _asks(name, words):
        return found
    if not name.isascii():
        # Words of other alphabets change case as well.
        name = _CASE.sub(" ", name)
    plain = fold(name)
    leet = plain.lower().translate(_LEET)
    # `PassWord` and `PASSword` are one word in disguise, `p@ssw0rd` another.
    for spelling, split in ((name, _LETTERS), (plain, _WORD), (plain, _LETTERS), (leet, _LETTERS)):
        found = _of_words(split.findall(spelling))
        if found is not None and not found.doubtful and (spelling is not leet or found.kind in _LEET_KINDS):
            return found
    return None


# A name that begins with these says whether there is one.
_ABOUT = frozenset(("has", "is", "requires", "require", "needs", "should", "allows"))
# What is sold by the thousand is counted: `max_tokens`, `prompt_tokens: 512`.
_MANY = frozenset(("tokens", "cookies", "secrets", "emails", "passwords"))
_COUNTS = frozenset((
    "max", "min", "total", "prompt", "completion", "input", "output", "num", "n", "number", "count", "used",
    "remaining", "cached", "reasoning", "limit", "avg", "mean", "sum", "per", "of", "budget", "generated", "consumed",
))  # fmt: skip


def _asks(name: str, words: list[str]) -> bool:
    return bool(words) and words[0].lower() in _ABOUT and not name.partition(words[0])[2][:1].islower()


_LEET_KINDS = frozenset({"password", "secret", "token"})


def harmless(key: str) -> bool:
    """Tell whether a field inside a telling container tells nothing secret: `expires_in` beside a token."""
    words = [word.lower() for word in _WORD.findall(key[:_LONGEST])]
    return bool(words) and (
        words[-1] in HARMLESS or words[0] in {"is", "has"} or (len(words) > 1 and words[-1] in {"in", "at", "on"})
    )


def _of_words(found: list[str]) -> Judgement | None:
    words = [word.lower() for word in found]
    if words and words[0] in _ABOUT:
        return None
    while words:
        last = words[-1]
        two = (words[-2], last) if len(words) > 1 else ("", last)
        if kind := PAIRS.get(two):
            return Judgement(kind)
        if kind := WORDS.get(last):
            many = last in _MANY
            return None if many and not _COUNTS.isdisjoint(words) else Judgement(kind, counted=many)
        if kind := next((kind for ending, kind in ENDINGS.items() if last.endswith(ending)), None):
            return Judgement(kind)
        if kind := DOUBTFUL_PAIRS.get(two) or DOUBTFUL_ENDS.get(last) or (len(words) == 1 and DOUBTFUL.get(last)) or "":
            return Judgement(kind, doubtful=True)
        if last not in FOLLOWING and not last.isdigit():
            return None
        words.pop()
    return None


def _split(globs: Iterable[str]) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    keys: list[re.Pattern[str]] = []
    paths: list[re.Pattern[str]] = []
    for glob in globs:
        (paths if "." in glob else keys).append(re.compile(translate(glob.lower())))
    return keys, paths
