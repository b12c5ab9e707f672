from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail ann.lee+x@shop.example now", "mail [REDACTED:email] now"),
        ("From: Ann Lee <ann@shop.example>", "From: Ann Lee <[REDACTED:email]>"),
        ("mailto:ann@shop.example?subject=x", "mailto:[REDACTED:email]?subject=x"),
        ("users=ann@shop.example,bob@shop.example", "users=[REDACTED:email],[REDACTED:email]"),
        ("ANN@SHOP.EXAMPLE.", "[REDACTED:email]."),
        ("o'hara@shop.example", "[REDACTED:email]"),
        ("jürgen@müller.example wrote", "[REDACTED:email] wrote"),
        ("ann@xn--mller-kva.example", "[REDACTED:email]"),
        ("ann@shop.xn--p1ai", "[REDACTED:email]"),
        ("ann@[192.0.2.1] bounced", "[REDACTED:email] bounced"),
        ("ann (at) shop (dot) example", "[REDACTED:email]"),
        ("ann [at] shop.example", "[REDACTED:email]"),
        ("ann at shop dot example wrote", "[REDACTED:email] wrote"),
        ("ann @ shop.test", "[REDACTED:email]"),
        ("ann{@}shop.example", "[REDACTED:email]"),
    ],
)
def test_mail_addresses_go(redactor: Redactor, text: str, expected: str) -> None:
    """Plain, international, as literals of a host, spelled out."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "git@github.com:shop/api.git",
        "ssh://git@host.example/shop.git",
        "icon@2x.png loaded",
        "@property def name",
        "@shop.task",
        "user@localhost",
        "react@18.2.0",
        "look at foo.bar",
        "arrived at noon at gate 5",
        "postgresql@14-main.service failed",
        "a @ b",
        "ratio 3@5",
    ],
)
def test_what_has_an_at_sign_and_is_no_address_stays(redactor: Redactor, text: str) -> None:
    """Repositories, files, decorators, packages, units, prose."""
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call +49 170 1234567 back", "call [REDACTED:phone] back"),
        ("+491701234567", "[REDACTED:phone]"),
        ("+1 (415) 555-2671", "[REDACTED:phone]"),
        ("+44 20 7946 0958.", "[REDACTED:phone]."),
        ("0049 170 1234567", "[REDACTED:phone]"),
        ("from 0049170 1234567", "from [REDACTED:phone]"),
        ("(415) 555-2671", "[REDACTED:phone]"),
        ("tel: 030 901820555", "tel: [REDACTED:phone]"),
        ("phone=415-555-2671", "phone=[REDACTED:phone]"),
        ("sms to 4155552671 failed", "sms to [REDACTED:phone] failed"),
        ("tel:+1-201-555-0123", "tel:[REDACTED:phone]"),
    ],
)
def test_telephone_numbers_go(redactor: Redactor, text: str, expected: str) -> None:
    """International, with an American area code in brackets, announced by a word."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "+12.5 degrees",
        "offset +0200",
        "at 2026-11-23T14:08:52+01:00",
        "x+1234567",
        "order 4155552671",
        "00000000000012",
        "+11111111111",
        "diff +123 -456",
        "call 5 of 10",
        "call took 123456789012345678 ns",
        "port 415-555",
        "the mobile client 4.15.55 was used",
    ],
)
def test_numbers_that_no_telephone_has_stay(redactor: Redactor, text: str) -> None:
    """Decimals, zones, sums, orders, versions."""
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ssn 078-05-1120 on file", "ssn [REDACTED:ssn] on file"),
        ("219-09-9999", "[REDACTED:ssn]"),
        ("SSN: 219 09 9999", "SSN: [REDACTED:ssn]"),
        ("social security number is 219099999", "social security number is [REDACTED:ssn]"),
        ('"ssn": "219-09-9999"', '"ssn": "[REDACTED:ssn]"'),
    ],
)
def test_social_security_numbers_go(redactor: Redactor, text: str, expected: str) -> None:
    """With dashes anywhere, in other notations behind their name."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "000-12-3456",
        "666-12-3456",
        "912-12-3456",
        "219-00-9999",
        "219-09-0000",
        "part 219-09-9999-17",
        "2190-09-9999",
        "v219-09-9999",
        "order 219099999",
    ],
)
def test_numbers_that_nobody_was_given_stay(redactor: Redactor, text: str) -> None:
    """Areas, groups and serials that are not given out, parts of longer numbers."""
    assert redactor.text(text) == text
