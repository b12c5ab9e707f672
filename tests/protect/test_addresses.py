from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.protect.addresses import Treatment, shortened, treat
from obskit.protect.marker import Marks


@pytest.mark.parametrize(
    ("text", "how", "shown"),
    [
        ("8.8.4.4", "truncate", "8.8.4.0"),
        ("2001:4860:4860::8888", "truncate", "2001:4860:4860::"),
        ("::ffff:8.8.4.4", "truncate", "::ffff:8.8.4.0"),
        ("::ffff:10.1.2.3", "truncate", "::ffff:10.1.2.3"),
        ("10.1.2.3", "truncate", "10.1.2.3"),
        ("192.168.0.1", "remove", "192.168.0.1"),
        ("127.0.0.1", "truncate", "127.0.0.1"),
        ("fe80::1%eth0", "truncate", "fe80::1%eth0"),
        ("fd00::1", "truncate", "fd00::1"),
        ("8.8.4.0", "truncate", "8.8.4.0"),
        ("2001:4860:4860:0::", "truncate", "2001:4860:4860:0::"),
        ("8.8.4.4", "keep", "8.8.4.4"),
        ("8.8.4.4", "remove", ""),
        ("::ffff:8.8.4.4", "remove", ""),
        ("no address", "truncate", None),
        ("8.8.4", "truncate", None),
        ("8.8.4.4/24", "truncate", None),
        ("", "remove", None),
    ],
)
def test_an_address_is_shortened_as_the_policy_says(text: str, how: Treatment, shown: str | None) -> None:
    """To its network where it is globally routable; others stay, and what is none is told apart."""
    assert shortened(text, how) == shown


def test_an_address_that_goes_leaves_a_marker() -> None:
    """Blanks around it are no part of it."""
    assert treat(" 8.8.4.4 ", "remove", Marks()) == "[REDACTED:ip]"
    assert treat(" 8.8.4.4 ", "truncate", Marks()) == "8.8.4.0"
    assert treat("shop", "remove", Marks()) is None


@given(st.ip_addresses())
def test_what_is_shown_is_the_address_or_its_network(address: object) -> None:
    """And shortening it again changes nothing."""
    text = str(address)
    shown = shortened(text, "truncate")
    assert shown is not None
    assert shortened(shown, "truncate") == shown
    if shown != text and ip_address(text).version == 4:
        assert ip_address(text) in ip_network(f"{shown}/24")
