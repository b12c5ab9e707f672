"""Break rows that are wider than the terminal between their words, so that what is drawn beside them stays whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from obskit.commands.safe import cells, head
from obskit.commands.screen import Row

_RUNS = re.compile(" +|[^ ]+")


@dataclass(slots=True)
class _Word:
    """Pieces without a space between them, and how many spaces stand before them."""

    gap: int
    pieces: Row
    width: int = 0


def wrapped(row: Row, hang: Row, width: int | None) -> list[Row]:
    """Return a row as rows of at most a number of columns.

    Args:
        row: The row.
        hang: What each row but the first begins with; at most half of the columns are spent on it.
        width: Columns there are; None: any number.
    """
    if width is None or _cells(row) <= width:
        return [row]
    lines = _Lines(_cut(hang, width // 2), width)
    for words in _groups(row):
        lines.add(words)
    return lines.rows


class _Lines:
    """The rows that come out, the last one being filled."""

    def __init__(self, hang: Row, width: int) -> None:
        self.rows: list[Row] = [[]]
        self._hang = hang
        self._room = width - _cells(hang)
        self._left = width
        self._deepest = width // 2
        self._empty = True

    def add(self, words: list[_Word]) -> None:
        """Add words that are better kept together; what is longer than half a row is broken all the same."""
        whole = sum(word.gap + word.width for word in words)
        if whole > self._left and whole - words[0].gap <= self._room // 2:
            self._break()
        for word in words:
            self._add(word)

    def _add(self, word: _Word) -> None:
        if word.gap + word.width > self._left and (word.width <= self._room or word.gap >= self._left):
            self._break()
        if not self._empty:
            self._put(" " * word.gap, "")
        elif len(self.rows) == 1:
            self._put(" " * min(word.gap, self._deepest), "")
        for text, style in word.pieces:
            rest = text
            while cells(rest) > self._left:
                # At least one character, however narrow the terminal, or this would not end.
                part = head(rest, self._left) or (rest[0] if self._empty else "")
                self._put(part, style)
                rest = rest[len(part) :]
                self._break()
            self._put(rest, style)

    def _put(self, text: str, style: str) -> None:
        if text:
            self.rows[-1].append((text, style))
            self._left -= cells(text)
            self._empty = self._empty and not text.strip(" ")

    def _break(self) -> None:
        if not self._empty:
            self.rows.append(list(self._hang))
            self._left = self._room
            self._empty = True


def _groups(row: Row) -> Iterator[list[_Word]]:
    """Yield the words, those together that one space parts: a field with its value, a duration with its unit."""
    group: list[_Word] = []
    for word in _words(row):
        if group and word.gap > 1:
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _words(row: Row) -> Iterator[_Word]:
    word = _Word(0, [])
    for text, style in row:
        for run in _RUNS.findall(text):
            if run[0] != " ":
                word.pieces.append((run, style))
                word.width += cells(run)
            else:
                if word.pieces:
                    yield word
                    word = _Word(0, [])
                word.gap += len(run)
    if word.pieces:
        yield word


def _cut(row: Row, width: int) -> Row:
    kept: Row = []
    for text, style in row:
        part = head(text, width)
        kept.append((part, style))
        width -= cells(part)
    return kept


def _cells(row: Row) -> int:
    return sum(cells(text) for text, _ in row)
