from __future__ import annotations

from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.protect.detect.payment import is_card, luhn, mod97
from obskit.protect.redactor import Redactor

# What the networks and processors publish for tests.
CARDS = [
    "4111111111111111", "4222222222222", "5555555555554444", "2223003122003222", "378282246310005", "371449635398431",
    "6011111111111117", "30569309025904", "38520000023237", "3530111333300000", "6200000000000005", "6304000000000000",
]  # fmt: skip


@pytest.mark.parametrize("number", CARDS)
def test_card_numbers_of_the_networks_go(redactor: Redactor, number: str) -> None:
    """Each network's prefix and length."""
    assert redactor.text(f"paid with {number}.") == "paid with [REDACTED:card]."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111 1111 1111 1111", "[REDACTED:card]"),
        ("4111-1111-1111-1111", "[REDACTED:card]"),
        ("4111.1111.1111.1111", "[REDACTED:card]"),
        ("4111_1111_1111_1111", "[REDACTED:card]"),
        ("4111\u00a01111\u00a01111\u00a01111", "[REDACTED:card]"),
        ("3782 822463 10005", "[REDACTED:card]"),
        ("4111\t1111\t1111\t1111", "[REDACTED:card]"),
        ("4111\n1111\n1111\n1111", "[REDACTED:card]"),
        ("4111\n  1111\n  1111\n  1111", "[REDACTED:card]"),
        ("card=4111111111111111&cvv=123", "card=[REDACTED:card]&cvv=[REDACTED:card]"),
        ("cards 4111111111111111,5555555555554444", "cards [REDACTED:card],[REDACTED:card]"),
        ("order 2199 4111 1111 1111 1111", "order 2199 [REDACTED:card]"),
        ("pan 4111111111111111 exp 12/29", "pan [REDACTED:card] exp 12/29"),
    ],
)
def test_separators_hide_no_card(redactor: Redactor, text: str, expected: str) -> None:
    """Blanks, dashes, dots, tabs, lines; what stands beside it stays."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "paid with 4111-1111-1111-1112",
        "7000000000000009",
        "0000000000000000",
        "id 1234567890123456",
        "0.4111111111111111",
        "41111111111111110000000",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736",
        "span a4111111111111111",
        "at 1732371732 to 1732375332",
        "11111111111111111111111111111111",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_digits_that_are_no_card_stay(redactor: Redactor, text: str) -> None:
    """A wrong check digit, no network's prefix, a part of something longer."""
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to DE89370400440532013000 today", "to [REDACTED:iban] today"),
        ("DE89 3704 0044 0532 0130 00", "[REDACTED:iban]"),
        ("GB29NWBK60161331926819", "[REDACTED:iban]"),
        ("FR1420041010050500013M02606", "[REDACTED:iban]"),
        ("NO9386011117947", "[REDACTED:iban]"),
        ("MT84MALT011000012345MTLCAST001S", "[REDACTED:iban]"),
        ("gb29 nwbk 6016 1331 9268 19", "[REDACTED:iban]"),
        ("DE89-3704-0044-0532-0130-00", "[REDACTED:iban]"),
        ("IBAN DE89 3704 0044 0532 0130 00 of Ann", "IBAN [REDACTED:iban] of Ann"),
    ],
)
def test_account_numbers_go(redactor: Redactor, text: str, expected: str) -> None:
    """Compact and in groups; the words behind stay."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000",
        "ZZ89370400440532013000",
        "DE8937040044053201300",
        "xDE89370400440532013000",
        "AB12 CD34 EF56 GH78",
        "sha DE89370400440532013000FFFFFFFFFFFFFFFFFF",
    ],
)
def test_what_only_looks_like_an_account_stays(redactor: Redactor, text: str) -> None:
    """Wrong check digits, no such country, another length."""
    assert redactor.text(text) == text


def test_a_text_of_many_identifiers_stays(redactor: Redactor) -> None:
    """Their groups are no candidates that would count against a text."""
    numbers = Random(7)
    text = " ".join(str(UUID(int=numbers.getrandbits(128), version=4)) for _ in range(4000))
    assert redactor.text(text) == text


@given(st.integers(min_value=10**13, max_value=10**14 - 1))
def test_luhn_accepts_exactly_one_check_digit(body: int) -> None:
    """Of the ten numbers that share a body one is right."""
    assert sum(luhn(f"{body}{digit}") for digit in range(10)) == 1


@given(st.integers(min_value=10**14, max_value=10**15 - 1))
def test_luhn_sees_a_wrong_digit(number: int) -> None:
    """A change of one digit is seen."""
    digits = str(number)
    right = next(f"{digits}{digit}" for digit in range(10) if luhn(f"{digits}{digit}"))
    wrong = str((int(right[3]) + 1) % 10)
    assert not luhn(f"{right[:3]}{wrong}{right[4:]}")


def test_the_range_decides_beside_the_check_digit() -> None:
    """A number with a right check digit whose prefix no network has is no card."""
    assert luhn("7000000000000005")
    assert not is_card("7000000000000005")


@given(st.text(alphabet="0123456789", min_size=18, max_size=18))
def test_mod97_accepts_exactly_one_pair_of_check_digits(body: str) -> None:
    """Of the pairs 02 to 98 one is right (ISO 7064)."""
    assert sum(mod97(f"DE{check:02}{body}") for check in range(2, 99)) == 1
