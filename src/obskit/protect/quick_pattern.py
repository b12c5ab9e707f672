"""Patterns for the words of a text whose digits all read 0: `o-17` and `o-18` are one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from obskit.protect.lazy import lazy

# What ends a word. Vendors' tokens, addresses, encoded texts and most other secrets are a word, or a part of one.
ENDS = b" \t\r\n\"',;(){}<>"
# A word loses them where Python splits, and they disguise.
_BLANK = b"\x0b\x0c"
SHAPES = bytes(32 if n in ENDS else 48 if 48 <= n < 58 else 1 if n in _BLANK else n for n in range(256))
# Letters that have one of ASCII in the other case, or are taken for it where case does not count.
_FOLDED = {0x130: "i", 0x131: "i", 0x17F: "s"}
_DIGITS = lazy(r"[0-9]")
_ITEM = lazy(r"\\(.)|\{[0-9,]+\}|\[(\^?)((?:\\.|[^\]\\])+)\]|.", re.DOTALL)
_RANGE = lazy(r"\\?(.)(?:-\\?(.))?", re.DOTALL)
_LEADING_CLASS = lazy(r"(\[[^\]]+\](?:\{[0-9]+\})?)(\\[^A-Za-z0-9]|[^\\\[().^$|?*+{])(?![?*{+])(.*)", re.DOTALL)
_LEADING_GROUP = lazy(r"\(\?:([^()]+)\)(?![?*{+])(.*)", re.DOTALL)
_LEADING_LETTER = lazy(r"(\\[^A-Za-z0-9]|[^\\[(.^$])(?![?*{+|])(.*)", re.DOTALL)
_SIMPLE = lazy(r"\\.|\[\^?(?:\\.|[^\]\\])+\]", re.DOTALL)
_INNERMOST = lazy(r"\([^()]*\)")
_WORD = lazy(r"(?:^| )[^ ]+(?: |$)")


def fold(text: str) -> str:
    """Return a text of the same length, as it is where case does not count."""
    return text.lower() if text.isascii() else text.translate(_FOLDED).lower()


def shape(text: str) -> str:
    """Return a text with each digit shown as 0."""
    return _DIGITS.sub("0", text)


def shaped(pattern: str) -> str:
    """Return a pattern that is found in a text's shape wherever the given one is found in the text.

    Args:
        pattern: Without references, names of code points, and digits within what must not be there.

    Raises:
        ValueError: It has something that is not known here.
    """
    return _ITEM.sub(_shaped, pattern)


def _shaped(item: re.Match[str]) -> str:
    text = item[0]
    if item[1]:
        if item[1].isalnum() and item[1] not in "bdswBDSW":
            raise ValueError(f"no shape is known for {text!r}")
        return text
    if item[3]:
        return _shaped_class(item)
    return "0" if len(text) == 1 and "0" <= text <= "9" else text


def _shaped_class(item: re.Match[str]) -> str:
    ranges = [(found[1], found[2] or found[1]) for found in _RANGE.finditer(item[3])]
    digits = {digit for digit in "0123456789" for first, last in ranges if first <= digit <= last}
    if item[2]:
        if 0 < len(digits) < 10:
            raise ValueError(f"no shape is known for {item[0]!r}")
        return item[0]
    if not digits or "0" in digits:
        return item[0]
    if item[3][0] == "-":
        raise ValueError(f"no shape is known for {item[0]!r}")
    return f"[0{item[3]}]"


def literal_first(pattern: str) -> list[str]:
    """Return patterns that together find what the given one finds, and begin with a literal where that is possible.

    Python goes fast over a text to the first letters of an alternation if all branches begin with one.
    """
    group = _LEADING_GROUP.fullmatch(pattern)
    if group is not None:
        return [f"{branch}{group[2]}" for branch in group[1].split("|")]
    found = _LEADING_CLASS.fullmatch(pattern)
    return [pattern] if found is None else [f"{found[2]}(?<={found[1]}{found[2]}){found[3]}"]


def literals(words: Iterable[str]) -> str:
    """Return a pattern of words, those with the same first letter together."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{re.escape(first)}(?:{'|'.join(map(re.escape, rest))})" for first, rest in groups.items())


def alternation(patterns: list[str]) -> str:
    """Return patterns as one, those with the same first letter together."""
    groups: dict[str, list[str]] = {}
    for pattern in dict.fromkeys(patterns):
        found = _LEADING_LETTER.fullmatch(pattern)
        letter, rest = (found[1], found[2]) if found is not None and not _branches(pattern) else ("", pattern)
        groups.setdefault(letter, []).append(rest)
    return "|".join(f"{letter}(?:{'|'.join(rest)})" if letter else "|".join(rest) for letter, rest in groups.items())


def _branches(pattern: str) -> bool:
    flat = _SIMPLE.sub("", pattern)
    while (outer := _INNERMOST.sub("", flat)) != flat:
        flat = outer
    return "|" in flat


def part(hint: str) -> str:
    """Return the longest part of a literal that lies within a word, with a space where the word begins or ends there.

    Args:
        hint: In lower case.
    """
    words = "".join(" " if sign.encode() in ENDS else sign for sign in hint).replace(" ", "  ")
    found = [each.replace("  ", " ") for each in _WORD.findall(words)]
    return max(found, key=lambda each: len(each.strip()), default="")
