from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor

JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ"
    ".dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk"
)
PEM = "-----BEGIN {kind}-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n-----END {kind}-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"got {JWT} back", "got [REDACTED:jwt] back"),
        (f"?jwt={JWT}&x=1", "?jwt=[REDACTED:jwt]&x=1"),
        (f"got {JWT.rpartition('.')[0]}.", "got [REDACTED:jwt]"),
        ("bearer abcdefghij0123456789", "bearer [REDACTED:token]"),
        ("BeArEr abcdefghij0123456789", "BeArEr [REDACTED:token]"),
        ("basic dXNlcjpwYXNz", "basic [REDACTED:token]"),
        ("token 9f8e7d6c5b4a39281706", "token [REDACTED:token]"),
        ("header: Basic dXNlcjpwYXNz", "header: Basic [REDACTED:token]"),
        ("bearer%20abcdefghij0123456789", "bearer%20[REDACTED:token]"),
    ],
)
def test_web_tokens_and_credentials_of_a_scheme_go(redactor: Redactor, text: str, expected: str) -> None:
    """Signed or bare, in any case, without their header's name."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "basic understanding of it",
        "Basic authentication is required",
        "bearer of bad news",
        "Bearer <token>",
        "bearer $TOKEN",
        "Bearer HTTP/1.1",
        "token expired",
        "token count 512",
        "negotiate a price",
        "WWW-Authenticate: Basic realm=shop",
        "eyJ is how they begin",
        "eyJhbGciOiJIUzI1NiJ9",
    ],
)
def test_words_that_are_schemes_too_stay(redactor: Redactor, text: str) -> None:
    """Prose, placeholders, challenges, the head of a token alone."""
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("db postgres://joe:s3cret@db/x", "db postgres://[REDACTED:userinfo]@db/x"),
        ("redis://:s3cret@cache:6379/0", "redis://[REDACTED:userinfo]@cache:6379/0"),
        ("https://ann:p%40ss@shop.example/", "https://[REDACTED:userinfo]@shop.example/"),
        ("//ann:hunter22@shop/x", "//[REDACTED:userinfo]@shop/x"),
        ("(//ann:hunter22@shop/x)", "(//[REDACTED:userinfo]@shop/x)"),
        ("amqp://ann:p@ss@mq:5672/", "amqp://[REDACTED:userinfo]@mq:5672/"),
        ("https://9f8e7d6c5b4a39281706@sentry.shop.example/4", "https://[REDACTED:userinfo]@sentry.shop.example/4"),
        ("mongodb+srv://ann:a/b#c?d@cluster/x", "mongodb+srv://[REDACTED:userinfo]@cluster/x"),
        ("jdbc:oracle:thin:ann/hunter22@db:1521:x", "jdbc:oracle:thin:[REDACTED:userinfo]@db:1521:x"),
        ("jdbc:oracle:oci8:ann/hunter22@db", "jdbc:oracle:oci8:[REDACTED:userinfo]@db"),
    ],
)
def test_user_and_password_of_a_url_go(redactor: Redactor, text: str, expected: str) -> None:
    """With and without a scheme, with signs that should have been encoded; host and path stay."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/@ann/7",
        "ssh://git@host.example/x",
        "https://host:8443/a@b",
        "postgres://joe@db/x",
        "postgres://user:****@db/x",
        "postgres://user:${PASSWORD}@db/x",
        "http://[2001:db8::1]:80/",
        "// a comment @todo",
    ],
)
def test_urls_without_a_password_stay(redactor: Redactor, text: str) -> None:
    """Names alone, ports, placeholders."""
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    "kind",
    ["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY",
     "PGP PRIVATE KEY BLOCK"],
)  # fmt: skip
def test_private_keys_go_whole(redactor: Redactor, kind: str) -> None:
    """From the first dash to the last; what stands around stays."""
    assert redactor.text(f"key:\n{PEM.format(kind=kind)}\nend") == "key:\n[REDACTED:private_key]\nend"


def test_a_private_key_that_is_cut_goes_to_the_end(redactor: Redactor) -> None:
    """Without its last line nobody knows where it ends."""
    assert redactor.text(PEM.format(kind="PRIVATE KEY").rpartition("\n")[0]) == "[REDACTED:private_key]"


def test_a_private_key_with_escaped_lines_goes(redactor: Redactor) -> None:
    """As JSON and environments hold it."""
    text = PEM.format(kind="PRIVATE KEY").replace("\n", "\\n")
    assert "MIIB" not in redactor.text(f'{{"private_pem": "{text}"}}')


@pytest.mark.parametrize("kind", ["PUBLIC KEY", "CERTIFICATE", "CERTIFICATE REQUEST"])
def test_what_is_public_stays(redactor: Redactor, kind: str) -> None:
    """Certificates and public keys are no secrets."""
    assert redactor.text(PEM.format(kind=kind)) == PEM.format(kind=kind)
