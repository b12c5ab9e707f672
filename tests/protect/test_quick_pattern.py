from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from obskit.protect.quick_pattern import SHAPES, alternation, fold, literal_first, literals, part, shape, shaped

PATTERNS = [
    pattern
    for trigger in Finder(Keys()).triggers
    for pattern in (trigger.start, *literal_first(trigger.word))
    if pattern and not trigger.odd
]
# As the judge of words uses them.
PAIRS = [(re.compile(pattern, re.ASCII), re.compile(shaped(pattern), re.ASCII)) for pattern in PATTERNS]


def test_white_space_and_quotes_end_a_word() -> None:
    """Brackets, commas and semicolons too; every digit reads 0."""
    data = b"a 1\tb\r\n'c-27',\"d\";(e){f}<g>\x0bh\xc3\xa9"
    assert data.translate(SHAPES).split() == [b"a", b"0", b"b", b"c-00", b"d", b"e", b"f", b"g", b"\x01h\xc3\xa9"]


@given(st.text())
def test_a_folded_text_has_the_same_length(text: str) -> None:
    """Places in it are those in the text."""
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="sSkKiIaZ\u017f\u212a\u0130\u0131éÉß", max_size=8))
def test_case_does_not_count_in_a_folded_text(text: str) -> None:
    """Whatever a pattern that ignores case takes for a word is that word."""
    for word in ("s", "k", "i", "ski", "é"):
        if re.search(word, text, re.IGNORECASE):
            assert word in fold(text)


@settings(max_examples=600, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(st.sampled_from(PAIRS).flatmap(lambda pair: st.tuples(st.just(pair), st.from_regex(pair[0]))))
def test_a_shaped_pattern_is_found_in_the_shape(
    given_pair: tuple[tuple[re.Pattern[str], re.Pattern[str]], str],
) -> None:
    """Of whatever text the pattern itself is found in."""
    (pattern, of_shapes), text = given_pair
    assert pattern.search(text)
    assert of_shapes.search(shape(text))


@pytest.mark.parametrize(("pattern", "expected"), [
    ("a1b", "a0b"), ("[1-3]x{2,14}", "[01-3]x{2,14}"), ("[a-z0-9_-]", "[a-z0-9_-]"), (r"\.4\+", r"\.0\+"),
    ("[^0-9]", "[^0-9]"), ("[^a-z]", "[^a-z]"), (r"[\]2-]", r"[0\]2-]"), (r"\d\s", r"\d\s"), ("(?:7|x)", "(?:0|x)"),
])  # fmt: skip
def test_digits_of_a_pattern_become_0(pattern: str, expected: str) -> None:
    """Literals and classes; how often something comes stays."""
    assert shaped(pattern) == expected


@pytest.mark.parametrize("pattern", ["[^1-3]", r"(a)\1", r"\x41", "[-1]"])
def test_what_has_no_shape_is_refused(pattern: str) -> None:
    """Rather than be overlooked."""
    with pytest.raises(ValueError, match="no shape is known"):
        shaped(pattern)


@pytest.mark.parametrize(("pattern", "expected"), [
    ("[0-9]Q~", ["Q(?<=[0-9]Q)~"]), (r"[a-f]{4}\.x", [r"\.(?<=[a-f]{4}\.)x"]), ("(?:ab|c[de])f", ["abf", "c[de]f"]),
    ("[a-f]{2,4}x", ["[a-f]{2,4}x"]), ("[a-f]+x", ["[a-f]+x"]), ("a[b]", ["a[b]"]), ("(?:a|b)?c", ["(?:a|b)?c"]),
])  # fmt: skip
def test_a_pattern_is_turned_to_begin_with_a_literal(pattern: str, expected: list[str]) -> None:
    """Where it begins with one of so many letters, or with a choice."""
    assert literal_first(pattern) == expected


@settings(max_examples=400, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(st.sampled_from([trigger.word for trigger in Finder(Keys()).triggers if trigger.word]).flatmap(
    lambda word: st.tuples(st.just(word), st.from_regex(re.compile(word, re.ASCII)))
))  # fmt: skip
def test_what_begins_with_a_literal_finds_the_same(word_and_text: tuple[str, str]) -> None:
    """As the pattern that it was made of."""
    word, text = word_and_text
    assert any(re.search(pattern, text, re.ASCII) for pattern in literal_first(word))


def test_an_alternation_finds_what_any_of_its_patterns_finds() -> None:
    """Those with the same first letter stand together, unless a branch begins another way."""
    patterns = ["abc", "a[bx]d", "b|c", r"\.x", r"\.y", "a{2}z", "(?:p|q)r", "[0-9]s", "bcd"]
    assert alternation(patterns) == r"a(?:bc|[bx]d)|b|c|a{2}z|(?:p|q)r|[0-9]s|\.(?:x|y)|b(?:cd)"
    whole = re.compile(alternation(patterns))
    for text in ("abc", "axd", "b", "c", ".x", ".y", "aaz", "pr", "qr", "7s", "bcd", "ad", ".", "az", "p", "s", "cd"):
        assert bool(whole.fullmatch(text)) == any(re.fullmatch(pattern, text) for pattern in patterns)


def test_words_with_the_same_first_letter_stand_together() -> None:
    """Their signs mean nothing."""
    assert re.findall(literals(["pa$$", "pwd", "$x", "a b"]), "pa$$ pwd $x a b p") == ["pa$$", "pwd", "$x", "a b"]


@pytest.mark.parametrize(("hint", "expected"), [
    ("private key", "private "), (" is ", " is "), ("at)", "at "), ("auth = (", "auth "), ("</", " /"), ("//", "//"),
    ("(", ""), ("  ", ""), ("stats auth", "stats "), ("a, bcd e", " bcd "), ("", ""),
])  # fmt: skip
def test_of_a_hint_the_longest_word_is_taken(hint: str, expected: str) -> None:
    """A space stands where that word begins or ends within the hint."""
    assert part(hint) == expected
