from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor
from tests.protect.subjects import make


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 8.8.4.17", "from 8.8.4.0"),
        ("from 8.8.4.17:443", "from 8.8.4.0:443"),
        ("8.8.4.17 - - GET /", "8.8.4.0 - - GET /"),
        ("client=8.8.4.17, 1.1.1.7", "client=8.8.4.0, 1.1.1.0"),
        ("[8.8.4.17]", "[8.8.4.0]"),
        ("https://8.8.4.17/x", "https://8.8.4.0/x"),
        ("seen 8.8.4.17.", "seen 8.8.4.0."),
        ("from 2001:4860:4860::8888", "from 2001:4860:4860::"),
        ("[2001:4860:4860:1:2:3:4:8888]:443", "[2001:4860:4860::]:443"),
        ("::ffff:8.8.4.17", "::ffff:8.8.4.0"),
        ("2A00:1450:4001:81B::200E", "2a00:1450:4001::"),
    ],
)
def test_routable_addresses_in_a_text_are_shortened(redactor: Redactor, text: str, expected: str) -> None:
    """To the network, of either version; ports stay."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "10.1.2.3", "192.168.0.17", "172.16.5.4", "127.0.0.1", "169.254.1.1", "0.0.0.0", "255.255.255.255",
        "::1", "fe80::1", "fd00::17", "8.8.4.0", "2001:4860:4860::", "version 1.2.3.4", "Chrome/120.0.6099.71",
        "v1.2.3.4", "1.2.3.4.5", "256.1.2.3", "at 2001:12:31", "released 8.8.4.17", "1.2.3", "lib-1.2.3.4.jar",
        "pip install foo==8.8.4.17", "std::string::npos", "2001::2:3:x",
    ],
)  # fmt: skip
def test_what_is_no_routable_address_stays(redactor: Redactor, text: str) -> None:
    """Private and reserved ones, networks, versions, times, names of programs."""
    assert redactor.text(text) == text


def test_the_policy_says_what_becomes_of_them() -> None:
    """`remove` leaves a marker, `keep` the address."""
    text = "from 8.8.4.17 and 2001:4860:4860::8888"
    assert make(ip="remove").text(text) == "from [REDACTED:ip] and [REDACTED:ip]"
    assert make(ip="keep").text(text) == text
