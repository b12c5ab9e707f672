"""Making text harmless."""

from __future__ import annotations

import json
import unicodedata

import pytest

from obskit.commands.safe import cells, cropped, escaped, escaped_json


def test_no_control_character_is_left() -> None:
    """Of all characters none that controls a terminal, or the direction of text, passes."""
    every = "".join(map(chr, range(0x110000)))
    for text in (escaped(every), escaped_json(every)):
        left = {unicodedata.category(character) for character in text} & {"Cc", "Cs", "Zl", "Zp"}
        assert left == set()
        assert not set("\u202a\u202e\u2066\u2069\u200e\u200f\u061c") & set(text)


@pytest.mark.parametrize("text", ["plain", "käse", "日本", "👩‍🚀", ""])
def test_harmless_text_is_left_alone(text: str) -> None:
    """Other text stays as it is."""
    assert escaped(text) == text
    assert escaped_json(text) == text


def test_escaped_json_is_the_same_json() -> None:
    """JSON means the same afterwards."""
    value = {"a": "\x7f\x9b\u202e\U000e0041"}
    assert json.loads(escaped_json(json.dumps(value, ensure_ascii=False))) == value


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 4, "日…"),
        ("日本語", 6, "日本語"),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
    ],
)
def test_cropped_by_columns(text: str, width: int, expected: str) -> None:
    """Text is cut by the columns that it takes, wide characters being two."""
    assert cropped(text, width) == expected
    assert cells(expected) <= width
