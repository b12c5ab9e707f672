from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.decide.level_header import LONGEST, judge, sign

KEY = b"a key for tests"
NOW = 1_800_000_000.0
GOOD = sign(10, KEY, int(NOW) + 600)


@pytest.mark.parametrize("level", [5, 10, 20, 30, 40, 50])
def test_what_is_signed_is_good_until_it_expires(level: int) -> None:
    """As text and as the bytes that a server hands on; at the second of its expiry no longer."""
    value = sign(level, KEY, int(NOW) + 600)
    assert judge(value, KEY, NOW) == judge(value.encode(), KEY, NOW + 599.9) == level
    assert judge(value, KEY, NOW + 600) is None


def test_the_form_is_the_documented_one() -> None:
    """Another program can sign too: HMAC-SHA256 over a prefix, the level and the time."""
    mark = hmac.new(KEY, b"obskit level header 1\nDEBUG;exp=1800000600", hashlib.sha256).digest()
    assert f"DEBUG;exp=1800000600;sig={base64.urlsafe_b64encode(mark).decode().rstrip('=')}" == GOOD


@pytest.mark.parametrize(
    "value",
    [
        GOOD.replace("DEBUG", "TRACE"),
        GOOD.replace("exp=1800000600", "exp=1800000601"),
        GOOD.replace("exp=18", "exp=018"),
        GOOD.replace("exp=1800000600;", ""),
        GOOD.lower(),
        f"{GOOD}=",
        f" {GOOD}",
        f"{GOOD}\n",
        f"{GOOD},{GOOD}",
        GOOD[:-1],
        GOOD.partition(";sig=")[0],
        "DEBUG",
        "",
        "x" * 100_000,
        "DEBUG;exp=" + "9" * 200 + ";sig=" + "A" * 43,
        GOOD.replace("exp=1800000600", "exp=١٨٠٠٠٠٠٦٠٠"),
        GOOD[:-1] + "é",
        b"\xff\xfe",
        None,
        7,
    ],
)
def test_what_was_changed_or_has_another_form_is_refused(value: object) -> None:
    """Nothing but what was signed, letter for letter."""
    assert judge(value, KEY, NOW) is None


def test_each_signature_has_one_spelling() -> None:
    """The last letter carries two bits that mean nothing: no other letter stands for it."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [letter for letter in alphabet if judge(GOOD[:-1] + letter, KEY, NOW)] == [GOOD[-1]]


def test_another_key_signs_nothing_here() -> None:
    """Nor does a signature of the same text without the prefix."""
    assert judge(GOOD, b"another key", NOW) is None
    said = GOOD.partition(";sig=")[0]
    mark = base64.urlsafe_b64encode(hmac.digest(KEY, said.encode(), "sha256")).decode().rstrip("=")
    assert judge(f"{said};sig={mark}", KEY, NOW) is None


def test_nothing_is_good_for_much_more_than_a_day() -> None:
    """A header that someone keeps does not open the service for good; clocks may differ by minutes."""
    assert judge(sign(10, KEY, int(NOW) + LONGEST), KEY, NOW - 60) == 10
    assert judge(sign(10, KEY, int(NOW) + LONGEST + 600), KEY, NOW) is None


@given(st.text() | st.binary())
def test_no_value_breaks_the_judge(value: str | bytes) -> None:
    """What an outsider sends is refused, never an exception."""
    assert judge(value, KEY, NOW) is None
