"""Positive cases of HTTP: JSON Web Tokens, Authorization of every scheme, cookies, header dicts and lists."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.places import anywhere, in_text
from tests.redaction.corpus.source import ALNUM, BASE32, URLSAFE, Source

HEADER_PLACES = (
    "{}",
    "> {}",
    "GET /<service> HTTP/1.1\r\nHost: <host>\r\n{}\r\nAccept: */*\r\n\r\n",
    "-H '{}'",
    'curl -s -H "{}" https://<host>/v1/<service>',
    "request headers: Accept: application/json\n{}\nContent-Length: <n>",
    "sent header {}",
    "DEBUG send: b'{}\\r\\n'",
)
NEUTRAL = {
    "Accept": "application/json",
    "Content-Type": "text/html; charset=utf-8",
    "User-Agent": "curl/8.5.0",
    "Host": "api.example.com",
    "X-Request-Id": "7f3c9a1e",
    "Content-Length": "348",
    "Accept-Encoding": "gzip, br",
    "Cache-Control": "no-cache",
}


def jwt(source: Source) -> str:
    """Return a signed JSON Web Token (RFC 7519) with a random signature."""
    header = {"alg": source.choice(("HS256", "RS256", "ES256")), "typ": "JWT", "kid": source.hex(8)}
    claims = {"sub": source.digits(8), "iat": source.randint(1_600_000_000, 1_800_000_000), "scope": source.word()}
    size = {"HS256": 32, "RS256": 256, "ES256": 64}[header["alg"]]
    return f"{_part(header)}.{_part(claims)}.{_unpadded(source.randbytes(size))}"


def _part(value: dict[str, Any]) -> str:
    return _unpadded(json.dumps(value, separators=(",", ":")).encode())


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@positive("jwt", 150)
def json_web_token(source: Source) -> Made:
    return anywhere(source, jwt(source))


def bearer_token(source: Source) -> str:
    """Return a credential of RFC 6750: opaque or a JWT."""
    return source.choice((source.token(), source.url_token(), jwt(source), source.base64(source.choice((24, 32, 33)))))


@positive("bearer", 170)
def bearer(source: Source) -> Made:
    token = bearer_token(source)
    scheme = source.choice(("Bearer", "Bearer", "bearer", "BEARER"))
    name = source.choice(
        ("Authorization: ", "authorization: ", "Proxy-Authorization: ", "", "Authorization=", "Authorization:")
    )
    return (
        in_text(source, f"{scheme} {token}", HEADER_PLACES)._replace(secrets=(token,))
        if not name
        else _header(source, name, f"{scheme} {token}", token)
    )


@positive("bearer_text", 110)
def bearer_in_text(source: Source) -> Made:
    token = bearer_token(source)
    templates = (
        "auth failed for Bearer {} on <host>",
        "sent Bearer {}",
        "got 'Bearer {}' where an API key belongs",
        '{"auth": "Bearer {}", "retries": <n>}',
        "headers={'accept': '*/*', 'authorization': 'Bearer {}'}",
        "Headers({'host': '<host>', 'authorization': 'Bearer {}', 'accept': '*/*'})",
        "upstream said 401 to bearer {}",
    )
    return in_text(source, token, templates)


@positive("basic", 150)
def basic(source: Source) -> Made:
    token = base64.b64encode(f"{source.user()}:{source.password()}".encode()).decode()
    name = source.choice(("Authorization: ", "authorization: ", "Proxy-Authorization: ", "Authorization:"))
    if source.chance(0.25):
        return in_text(
            source, token, ("auth 'Basic {}' refused", "{'Authorization': 'Basic {}'}", "using Basic {} against <host>")
        )
    return _header(source, name, f"{source.choice(('Basic', 'Basic', 'basic'))} {token}", token)


@positive("authorization_other", 170)
def other_schemes(source: Source) -> Made:
    secret, credential = source.choice(_SCHEMES)(source)
    if source.chance(0.2):
        value = {"headers": {"Authorization": credential, "Accept": "*/*"}, "status": 401}
        return Made(value, (secret,), ("Accept: */*", "status: 401"))
    return _header(
        source, source.choice(("Authorization: ", "authorization: ", "Proxy-Authorization: ")), credential, secret
    )


def _header(source: Source, name: str, credential: str, secret: str) -> Made:
    places = tuple(place for place in HEADER_PLACES if '"' not in place or '"' not in credential)
    made = in_text(source, name + credential, places)
    # The escaped end of a line in a dump of bytes may go with a credential of any form.
    kept = tuple(part for part in made.kept if not part.startswith("\\r"))
    return Made(made.value, (secret,), (*kept, name.strip()))


def _digest(source: Source) -> tuple[str, str]:
    response = source.hex(32)
    return response, (
        f'Digest username="{source.user()}", realm="api", nonce="{source.hex(16)}", '
        f'uri="/", qop=auth, nc=00000001, response="{response}"'
    )


def _aws(source: Source) -> tuple[str, str]:
    signature = source.hex(64)
    return signature, (
        f"AWS4-HMAC-SHA256 Credential=AKIA{source.text(BASE32, 16)}/20250312/eu-west-1/s3/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


def _simple(scheme: str) -> Any:
    def make(source: Source) -> tuple[str, str]:
        secret = source.token()
        return secret, f"{scheme}{secret}"

    return make


def _hawk(source: Source) -> tuple[str, str]:
    mac = source.base64(32)
    return mac, f'Hawk id="{source.word()}", ts="1741767247", nonce="{source.text(ALNUM, 6)}", mac="{mac}"'


def _oauth1(source: Source) -> tuple[str, str]:
    token = source.text(URLSAFE, 31) + "x"
    return (
        token,
        f'OAuth oauth_consumer_key="{source.word()}", oauth_token="{token}", oauth_signature_method="HMAC-SHA1"',
    )


def _negotiate(source: Source) -> tuple[str, str]:
    ticket = "YII" + source.base64(90)
    return ticket, f"Negotiate {ticket}"


_SCHEMES = (
    _digest,
    _aws,
    _hawk,
    _oauth1,
    _negotiate,
    _simple("Token "),
    _simple("token "),
    _simple("ApiKey "),
    _simple("Api-Key "),
    _simple("Token token="),
    _simple("Splunk "),
    _simple("SharedKey account:"),
    _simple("GenieKey "),
    _simple(""),
    _simple("SSWS "),
    _simple("Key "),
    _simple("NTLM "),
    _simple("Bot "),
)


SESSION_COOKIES = (
    "sessionid",
    "session",
    "PHPSESSID",
    "JSESSIONID",
    "connect.sid",
    "auth",
    "csrftoken",
    "remember_token",
    "ASP.NET_SessionId",
    "__Host-sid",
)


@positive("cookie", 140)
def cookie(source: Source) -> Made:
    secret = source.url_token()
    parts = [f"{source.choice(SESSION_COOKIES)}={secret}", "theme=dark", f"lang={source.choice(('de', 'en-US'))}"]
    source.shuffle(parts)
    jar = "; ".join(parts[: source.randint(1, 3)] if secret in parts[0] else parts)
    if source.chance(0.25):
        return Made(
            *source.choice(
                (
                    ({"cookies": {"sessionid": secret, "theme": "dark"}, "path": "/cart"}, (secret,), ("path: /cart",)),
                    ({"headers": {"cookie": jar, "accept": "*/*"}}, (secret,), ("accept: */*",)),
                    ({"Cookie": jar, "Host": "shop.example.com"}, (secret,), ("Host: shop.example.com",)),
                )
            )
        )
    return _header(source, source.choice(("Cookie: ", "cookie: ", "Cookie:")), jar, secret)


@positive("set_cookie", 120)
def set_cookie(source: Source) -> Made:
    secret = source.url_token()
    attributes = source.choice(
        ("; Path=/; HttpOnly", "; Max-Age=3600; Secure; SameSite=Lax", "; Domain=.example.com; Path=/", "")
    )
    line = f"{source.choice(SESSION_COOKIES)}={secret}{attributes}"
    if source.chance(0.25):
        return Made({"Set-Cookie": [line, "theme=dark; Path=/"], "Vary": "Accept"}, (secret,), ("Vary: Accept",))
    return _header(source, source.choice(("Set-Cookie: ", "set-cookie: ", "Set-Cookie:")), line, secret)


SECRET_HEADERS = (
    "Authorization",
    "authorization",
    "X-Api-Key",
    "x-api-key",
    "X-Auth-Token",
    "Cookie",
    "Set-Cookie",
    "Proxy-Authorization",
    "X-CSRF-Token",
    "X-Amz-Security-Token",
    "X-Vault-Token",
    "PRIVATE-TOKEN",
    "X-Goog-Api-Key",
    "Api-Key",
    "X-Access-Token",
    "Ocp-Apim-Subscription-Key",
    "X-Session-Token",
    "X-Shopify-Access-Token",
    "X-GitLab-Token",
)


def _header_value(source: Source, name: str) -> tuple[str, str]:
    secret = source.url_token()
    if "uthorization" in name:
        return secret, source.choice((f"Bearer {secret}", f"Token {secret}", secret))
    if "ookie" in name:
        return secret, f"sid={secret}; Path=/"
    return secret, secret


@positive("header_dict", 160)
def header_dict(source: Source) -> Made:
    name = source.choice(SECRET_HEADERS)
    secret, value = _header_value(source, name)
    others = dict(source.sample(sorted(NEUTRAL.items()), 3))
    headers = dict(source.sample([*others.items(), (name, value)], 4))
    kept = tuple(f"{key}: {item}" for key, item in others.items())
    if source.chance(0.3):
        return Made({key: [item] for key, item in headers.items()}, (secret,), tuple(others.values()))
    field = source.choice(("headers", "request_headers", "response", "meta"))
    return Made({field: headers, "status": 403}, (secret,), (*kept, "status: 403"))


@positive("header_pairs", 160)
def header_pairs(source: Source) -> Made:
    name = source.choice(SECRET_HEADERS)
    secret, value = _header_value(source, name)
    others = source.sample(sorted(NEUTRAL.items()), 2)
    pairs: list[tuple[Any, Any]] = source.sample([*others, (name, value)], 3)
    form = source.randint(0, 3)
    if form == 0:
        pairs = [(key.lower().encode(), item.encode()) for key, item in pairs]
    elif form == 1:
        pairs = [[key, item] for key, item in pairs]  # type: ignore[misc]
    kept = tuple(item for _, item in others)
    return Made({source.choice(("headers", "raw", "scope")): pairs}, (secret,), kept)


@positive("header_text", 110)
def header_dump(source: Source) -> Made:
    name = source.choice(SECRET_HEADERS)
    secret, value = _header_value(source, name)
    others = source.sample(sorted(NEUTRAL.items()), 2)
    lines = source.sample([*others, (name, value)], 3)
    kept = tuple(f"{key}: {item}" for key, item in others)
    form = source.randint(0, 3)
    if form == 0:
        text = "\r\n".join(f"{key}: {item}" for key, item in lines)
    elif form == 1:
        text, kept = repr(dict(lines)), tuple(item for _, item in others)
    elif form == 2:
        text, kept = repr(lines), tuple(item for _, item in others)
    else:
        text = "\n".join(f"< {key}: {item}" for key, item in lines)
    return Made(text, (secret,), kept)
