from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

import pytest

from obskit.protect.redactor import Redactor


@pytest.mark.parametrize(
    ("plain", "kind"),
    [
        ("ann:hunter22", "userinfo"),
        ("bob:pass", "userinfo"),
        ('{"password": "hunter22"}', "password"),
        ("contact ann@shop.example soon", "email"),
        ("card no 4111111111111111", "card"),
        ("postgres://joe:s3cret@db/x", "userinfo"),
        ("token=9f8e7d6c5b4a", "token"),
    ],
)
def test_what_is_a_secret_once_it_is_decoded_goes(redactor: Redactor, plain: str, kind: str) -> None:
    """In base64, its URL-safe sort, and hexadecimal digits; the whole stretch goes."""
    data = plain.encode()
    texts = [b64encode(data).decode(), urlsafe_b64encode(data).decode(), data.hex(), f"0x{data.hex()}"]
    for text in texts:
        if len(text) >= 16:
            shown = redactor.text(f"sent {text} on")
            assert shown.removeprefix("sent ").removeprefix("0x") == f"[REDACTED:{kind}] on", text


def test_base64_in_base64_goes(redactor: Redactor) -> None:
    """The inside is looked through as any text is."""
    twice = b64encode(b64encode(b"ann:hunter22")).decode()
    assert redactor.text(f"sent {twice} on") == "sent [REDACTED:userinfo] on"


@pytest.mark.parametrize(
    "text",
    [
        b64encode(b"nothing of interest here").decode(),
        b64encode(bytes(range(64))).decode(),
        b64encode(b"from 8.8.4.17 port 443").decode(),
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "sha256-47DEQpj8HBSa/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "/usr/lib/python3/dist-packages/requests/sessions",
        "333333333333333333333333",
        "aVeryLongCamelCaseIdentifierOfAClass",
    ],
)
def test_what_decodes_to_nothing_secret_stays(redactor: Redactor, text: str) -> None:
    """Texts, bytes, digests, paths, names."""
    assert redactor.text(text) == text
