from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer [REDACTED:token]"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic [REDACTED:token]"),
        ("Proxy-Authorization: Basic dXNlcjpwYXNz", "Proxy-Authorization: Basic [REDACTED:token]"),
        ("HTTP_AUTHORIZATION=Token 9f8e7d6c5b4a", "HTTP_AUTHORIZATION=Token [REDACTED:token]"),
        ("Authorization: ApiKey abc123def", "Authorization: ApiKey [REDACTED:token]"),
        ('{"Authorization": "Bearer abc123def456"}', '{"Authorization": "Bearer [REDACTED:token]"}'),
        ("{'authorization': b'Token 9f8e7d6c5b4a'}", "{'authorization': b'Token [REDACTED:authorization]'}"),
        ("('Authorization', 'Negotiate YIIZxQYGKwYB')", "('Authorization', 'Negotiate [REDACTED:authorization]')"),
        ('Authorization: Digest username="u", realm="r", response="6629fae4"',
         "Authorization: Digest [REDACTED:authorization]"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=x/20200101/s3, SignedHeaders=host, Signature=fe5f80",
         "Authorization: AWS4-HMAC-SHA256 [REDACTED:authorization]"),
        ("Authorization: 9f8e7d6c5b4a", "Authorization: [REDACTED:authorization]"),
        ("Authorization: PrivateScheme s3cr3tvalue", "Authorization: PrivateScheme [REDACTED:authorization]"),
        ("-H 'Authorization: Bearer abc.def-123456' https://shop.example",
         "-H 'Authorization: Bearer [REDACTED:token]' https://shop.example"),
        ("GET / HTTP/1.1\r\nAuthorization: Bearer abc123def456\r\nHost: x",
         "GET / HTTP/1.1\r\nAuthorization: Bearer [REDACTED:token]\r\nHost: x"),
    ],
)  # fmt: skip
def test_the_credential_goes_the_scheme_stays(redactor: Redactor, text: str, expected: str) -> None:
    """Whatever the scheme and the notation, what stands behind it goes."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: required",
        "authorization: denied for user 5",
        "the Authorization header is missing",
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer ${GITHUB_TOKEN}",
        "Authorization: Bearer {token}",
        "Authorization: ********",
        "Access-Control-Allow-Headers: Authorization, Content-Type",
        "allow_headers=['Authorization', 'Content-Type', 'X-Request-Id']",
        'allow_headers=["authorization", "content-type"]',
        "authorization failed: no rights on table orders",
        "Authorization: Bearer [REDACTED:authorization]",
    ],
)
def test_what_is_said_of_authorization_stays(redactor: Redactor, text: str) -> None:
    """Words, placeholders and markers are no credentials."""
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cookie: sid=abc; theme=dark", "Cookie: sid=[REDACTED:cookie]; theme=[REDACTED:cookie]"),
        ("Cookie: a=b; c=d\nHost: x", "Cookie: a=[REDACTED:cookie]; c=[REDACTED:cookie]\nHost: x"),
        ("cookie: sid=9f8e7d", "cookie: sid=[REDACTED:cookie]"),
        ("Set-Cookie: sid=9f8e7d; Path=/; HttpOnly; SameSite=Lax",
         "Set-Cookie: sid=[REDACTED:cookie]; Path=/; HttpOnly; SameSite=Lax"),
        ("Set-Cookie: sid=9f8e7d; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=60",
         "Set-Cookie: sid=[REDACTED:cookie]; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=60"),
        ("HTTP_COOKIE=sessionid=9f8e7d6c", "HTTP_COOKIE=sessionid=[REDACTED:cookie]"),
        ("{'Cookie': 'sid=9f8e7d; lang=de'}", "{'Cookie': 'sid=[REDACTED:cookie]; lang=[REDACTED:cookie]'}"),
        ('Cookie: sid="9f8e 7d"', "Cookie: sid=[REDACTED:cookie]"),
    ],
)  # fmt: skip
def test_the_value_of_each_cookie_goes(redactor: Redactor, text: str, expected: str) -> None:
    """Names and attributes stay."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Cookie: none",
        "cookies are disabled",
        "cookie_policy=strict",
        "Vary: Cookie, Accept-Encoding",
        "the cookie banner: accepted",
    ],
)
def test_what_is_said_of_cookies_stays(redactor: Redactor, text: str) -> None:
    """Without a name and a value there is no cookie."""
    assert redactor.text(text) == text
