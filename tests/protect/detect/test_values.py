from __future__ import annotations

import pytest

from obskit.protect.detect.values import goes, quoted, unquoted
from obskit.protect.keys import Judgement


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"hunter22" x', "hunter22"),
        ("'it\\'s' x", "it\\'s"),
        ('"""a b""" x', "a b"),
        ("b'hunter22'", "hunter22"),
        ('f"hunter22"', "hunter22"),
        ("`hunter22`", "hunter22"),
        ('Some("hunter22")', "hunter22"),
        ('"cut off', "cut off"),
        ('""', ""),
        ("`id -u`", ""),
    ],
)
def test_a_value_in_quotes_ends_with_them(text: str, value: str) -> None:
    """Prefixes of a language belong to the quotes; a shell's command in backticks is no value."""
    place = quoted(text, 0)
    assert place is not None and text[slice(*place)] == value


def test_without_quotes_there_is_none() -> None:
    """A bare word has no end of this sort."""
    assert quoted("hunter22", 0) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("p=hunter22", "hunter22"),
        ("p=hunter22 next", "hunter22"),
        ("p=hunter22&q=1", "hunter22"),
        ("p=hunter22;q=1", "hunter22"),
        ("p=hunter22, q=1", "hunter22"),
        ("p=hunter22.", "hunter22"),
        ("(p=hunter22)", "hunter22"),
        ("{p: hunter22}", "hunter22"),
        ("p=hun&ter22", "hun&ter22"),
        ("p=hun,ter22", "hun,ter22"),
        ("p=hun;ter22", "hun;ter22"),
        ("p=a(b)c1", "a(b)c1"),
        ("p=hunter22\\nnext", "hunter22"),
        ("p=hunter22</p>", "hunter22"),
        ("p=hunter22&amp;q=1", "hunter22"),
    ],
)
def test_a_bare_value_ends_where_the_text_goes_on(text: str, value: str) -> None:
    """At a blank, the next pair, the sentence's end, a bracket that was opened before."""
    place = next(n for n, sign in enumerate(text) if sign in "=:") + 1
    place += text[place] == " "
    assert text[place : unquoted(text, place, 0)] == value


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("hunter22", "password", True),
        ("hunter", "password", True),
        ("********", "password", False),
        ("expired", "password", False),
        ("/home/ann", "password", False),
        ("HTTP/1.1", "password", False),
        ("123", "card", True),
        ("12", "card", False),
        ("4711", "pin", True),
        ("471", "pin", False),
        ("abcd", "pin", False),
        ("512", "token", False),
        ("512512", "token", True),
        ("9f8e", "token", True),
        ("12345678", "account", True),
        ("12345", "account", False),
        ("1970-01-02", "birth", True),
        ("unknown", "birth", False),
    ],
)
def test_a_value_goes_by_what_its_kind_looks_like(value: str, kind: str, expected: bool) -> None:
    """Numbers have so many digits, counts are short, remarks and placeholders are none."""
    assert goes(value, Judgement(kind), quoted=False) is expected


def test_a_doubtful_name_needs_a_value_that_looks_like_a_secret() -> None:
    """`pass: 12 tests` is a report."""
    assert goes("hunter22", Judgement("password", doubtful=True), quoted=False)
    assert not goes("twelve", Judgement("password", doubtful=True), quoted=False)
