"""The accelerator's prefilter says of ASCII what the Python beside it says."""

from __future__ import annotations

import random
import re
import string
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import obskit_speedups
from obskit.line import speedups
from obskit.protect.prefilter import CLEAR, NESTED, SUSPECT
from tests.protect.subjects import make
from tests.redaction.corpus.catalog import negatives, positives
from tests.speedups.subjects import examples

UNSURE = 3


@cache
def _both() -> tuple[Any, Any]:
    finder = make().finder
    assert finder is not None
    found = speedups.scanner(obskit_speedups, finder)
    assert found is not None
    return found, finder


@cache
def _pieces() -> list[str]:
    """Return what the triggers are made of: their letters in a row, and texts of the corpus."""
    _, finder = _both()
    letters = [part for trigger in finder.triggers for part in re.findall(r"[A-Za-z0-9_.:/@ -]{2,}", trigger.pattern)]
    texts = [case.value for case in (*positives()[::25], *negatives()[::25]) if isinstance(case.value, str)]
    return sorted({part for part in (*letters, *texts) if part.isascii()})


def _agree(data: bytes) -> bool:
    quick, finder = _both()
    said, reference = quick.json(data), finder.scan(data)
    if data.isascii():
        return said in (CLEAR, SUSPECT) and (said == SUSPECT) == (reference == SUSPECT)
    # What comes before the first letter outside of ASCII may be enough.
    return said == UNSURE or (said == reference == SUSPECT)


@settings(max_examples=examples(600), deadline=None)
@given(
    st.lists(st.sampled_from(_pieces()) | st.text(max_size=12) | st.from_regex(r"[0-9A-Fa-f ./:-]{4,20}"), max_size=6)
)
@example(["é", "password=hunter22"])
def test_says_what_the_reference_says(parts: list[str]) -> None:
    """Any text of pieces of the triggers, digits and other letters: suspect for the one, suspect for the other."""
    assert _agree("".join(parts).encode("utf-8", "replace"))


def test_says_of_the_corpus_what_the_reference_says() -> None:
    """Every text of the corpus, as the JSON of a field."""
    texts = [case.value for case in (*positives()[::3], *negatives()[::3]) if isinstance(case.value, str)]
    written = [b'{"value":"%b"}' % text.encode("utf-8", "replace") for text in texts]
    assert [data for data in written if not _agree(data)] == []


CONSTRUCTS = [
    r"abc", r"a|b", r"(?:ab|c)d", r"a{3}", r"a{2,3}b", r"a{2,}b", r"a*b", r"a+?b", r"xa?b", r"[abc]d", r"[^abc\s]d",
    r"[a-c-]x", r"[]a]x", r"[\w.-]{2}@", r"\d\d", r"\D\D", r"\W\S", r"x\sy", r"x\Sy", r"(?i)abC", r"(?i:ab)C",
    r"(?i)[a-c]x", r"(?i)[^a]x", r"^ab", r"(?:^|[^0-9])12", r"ab$", r"a(?:[^b]|$)", r"a.c", r"(?s:a.c)",
    r"\x41\.", r"a\tb",
    r"(?:a(?:bc){2}){2}", r"(a)(b)?c", r"\[REDACTED\]", r"(?m:ab)", r"\(a\)\|", r"(?:a*b*){2}c",
]  # fmt: skip


@pytest.mark.parametrize("pattern", CONSTRUCTS)
def test_takes_a_pattern_as_re_does(pattern: str) -> None:
    """Random texts of few letters: found by the automaton where `re` finds it, and nowhere else."""
    quick = obskit_speedups.Scanner((pattern,), (), ())
    compiled = re.compile(pattern, re.ASCII)
    source = random.Random(pattern)
    letters = "abcdxyABCXY0123 .-@()|[]\t"
    for _ in range(2000):
        text = "".join(source.choice(letters) for _ in range(source.randint(0, 9)))
        assert (quick.json(text.encode()) == SUSPECT) == (compiled.search(text) is not None), text


def test_takes_more_where_the_readings_differ() -> None:
    """A vertical tab is white space to one and not to the other: found either way; a word's edge is no condition."""
    for pattern, text in ((r"a\sb", b"a\vb"), (r"a[^\s]b", b"a\vb"), (r"\bab", b"xab")):
        assert obskit_speedups.Scanner((pattern,), (), ()).json(text) == SUSPECT


def test_finds_letters_whose_folding_leaves_ascii() -> None:
    """A long s and a Kelvin sign in a pattern without case stand for s and k."""
    assert obskit_speedups.Scanner(("(?i)pa\u017fs",), (), ()).json(b"PASS") == SUSPECT
    assert obskit_speedups.Scanner(("(?i)[\u2126-\u212b]ey",), (), ()).json(b"key") == SUSPECT


@pytest.mark.parametrize(
    "pattern",
    [r"(?=a)b", r"(?<!a)b", r"(a)\1", r"(?P<n>a)", r"a*+", r"a++", r"(?m:^a)", r"a{2", r"a{,3}", r"(a", r"a)", r"[a",
     r"[[:alpha:]]",
     r"\p{L}", r"*a", r"a{400}", r"\u0041", "a" * 70_000, r"(?-i)a", "(" * 40 + ")" * 40],
)  # fmt: skip
def test_refuses_what_it_does_not_know(pattern: str) -> None:
    """Whatever could be taken in another way is an error, so that the caller goes without."""
    with pytest.raises(ValueError, match="not known"):
        obskit_speedups.Scanner((pattern,), (), ())


@pytest.mark.parametrize("pattern", ["", "a*", "^|a", "(?:)"])
def test_refuses_what_every_text_has(pattern: str) -> None:
    """A pattern that is found at once would make every text suspect, or every beginning."""
    with pytest.raises(ValueError, match="every text"):
        obskit_speedups.Scanner((pattern,), (), ())


def test_counts_telling_patterns_with_their_words_only() -> None:
    """A pattern that needs a telling word is found only where the word is."""
    quick = obskit_speedups.Scanner((), (r"=\d",), ("(?i)pass",))
    assert [quick.json(text) for text in (b"a=1", b"PASS a=1", b"a=1 pass", b"pass")] == [0, 2, 2, 0]


def test_remembers_no_more_than_it_may() -> None:
    """However different the texts are: what is known is thrown away before it takes too much."""
    quick, _ = _both()
    source = random.Random(5)
    letters = string.ascii_letters + string.digits + "-_. :/@=+"
    highest = 0
    for _ in range(3000):
        quick.json("".join(source.choice(letters) for _ in range(60)).encode())
        highest = max(highest, *quick.states)
    assert 1000 < highest <= 12_001


def test_says_nested_to_nobody() -> None:
    """What is nested is seen where the JSON is written: the scan knows two answers, and that it can't tell."""
    quick, finder = _both()
    assert finder.scan(b'{"a":{"b":1}}') == NESTED
    assert quick.json(b'{"a":{"b":1}}') == CLEAR
