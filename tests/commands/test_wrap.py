"""Breaking rows."""

from __future__ import annotations

import random

import pytest

from obskit.commands.safe import cells
from obskit.commands.screen import Row
from obskit.commands.wrap import wrapped

HANG: Row = [("  ", "dim")]


def texts(row: Row, width: int | None, hang: Row = HANG) -> list[str]:
    """Return the texts of the rows that a row becomes."""
    return ["".join(text for text, _ in part) for part in wrapped(row, hang, width)]


@pytest.mark.parametrize("width", [None, 11, 200])
def test_what_fits_stays(width: int | None) -> None:
    """A row that fits, or that has no edge, is left as it is."""
    row: Row = [("hello", "dim"), (" world", "")]
    assert wrapped(row, HANG, width) == [row]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 8, ["one two", "  three"]),
        ("a message  key=a b", 16, ["a message", "  key=a b"]),
        ("abcdefghijklmnop", 8, ["abcdefgh", "  ijklmn", "  op"]),
        ("a abcdefghijklmnop", 8, ["a abcdef", "  ghijkl", "  mnop"]),
        ("      indented text", 12, ["      indent", "  ed text"]),
        ("日本語 日本語", 8, ["日本語", "  日本語"]),
        ("日本語", 5, ["日本", "  語"]),
    ],
)
def test_where_rows_break(text: str, width: int, expected: list[str]) -> None:
    """Rows break between words, before a field rather than in it, and within a word only where it is too long."""
    assert texts([(text, "")], width) == expected


def test_a_word_of_several_pieces_is_one() -> None:
    """A key and its value, though of two styles, are not parted."""
    assert texts([("some text here ", ""), ("key=", "key"), ("value", "")], 20) == ["some text here", "  key=value"]


def test_styles_stay() -> None:
    """Each piece keeps its style on whichever row it ends up."""
    assert wrapped([("aaaa ", "x"), ("bbbb", "y")], HANG, 6) == [[("aaaa", "x")], [("  ", "dim"), ("bbbb", "y")]]


def test_a_hang_takes_at_most_half() -> None:
    """However deep a row stands, half of the columns are left for what it says."""
    assert texts([("aaaa bbbb cccc", "")], 8, [(" " * 30, "")]) == ["aaaa", "    bbbb", "    cccc"]


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_and_nothing_too_wide(seed: int) -> None:
    """Whatever the row and the width, each character but spaces is there, in order, within the edge."""
    rng = random.Random(seed)
    for _ in range(200):
        row = [("".join(rng.choices("ab=  日", k=rng.randrange(30))), str(at)) for at in range(rng.randrange(6))]
        width = rng.randrange(1, 40)
        hang = " " * rng.randrange(12)
        found = texts(row, width, [(hang, "")])
        assert "".join(found).replace(" ", "") == "".join(text for text, _ in row).replace(" ", "")
        assert all(cells(text) <= max(width, 2) + (width < 4) for text in found)
