from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.protect.kinds import KINDS
from obskit.protect.marker import Marks, marker


def test_a_marker_names_the_kind_and_nothing_else() -> None:
    """The same for every secret of a kind."""
    assert marker("email") == "[REDACTED:email]"
    assert Marks()("email", "ann@shop.example") == Marks()("email", "bob@shop.example") == "[REDACTED:email]"


def test_with_a_key_equal_secrets_get_equal_marks() -> None:
    """Another secret, another kind and another key give another mark."""
    mark = Marks(b"k1")
    marks = [mark("email", "ann@b.example"), mark("email", "bob@b.example"), mark("userinfo", "ann@b.example"),
             Marks(b"k2")("email", "ann@b.example")]  # fmt: skip
    assert mark("email", "ann@b.example") == marks[0]
    assert len({each[-10:] for each in marks}) == 4


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("email", "Ann@Shop.Example", " ann@shop.example"),
        ("card", "4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("phone", "+49 (170) 123-4567", "+491701234567"),
        ("ssn", "219-09-9999", "219 09 9999"),
    ],
)
def test_one_secret_in_several_spellings_gets_one_mark(kind: str, first: str, second: str) -> None:
    """So that it is counted once."""
    assert Marks(b"k")(kind, first) == Marks(b"k")(kind, second)


def test_the_spelling_of_a_password_counts() -> None:
    """Two that differ in case or in a blank are two."""
    mark = Marks(b"k")
    assert len({mark("password", secret) for secret in ("Hunter 22", "hunter 22", "Hunter22")}) == 3


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=30))
def test_a_mark_has_one_form_whatever_the_secret(kind: str, secret: str) -> None:
    """Eight digits, also of text that no encoding takes."""
    assert re.fullmatch(rf"\[{kind}:[0-9a-f]{{8}}\]", Marks(b"k")(kind, secret + "\ud800"))
