"""Secrets in the usual codes: percent, base64, hex, escapes, entities, quoted-printable, JSON in JSON."""

from __future__ import annotations

import base64
import html
import json
import quopri
from collections.abc import Callable, Iterator
from random import Random
from urllib.parse import quote, quote_plus, urlencode

from tests.redaction.hostile import bodies
from tests.redaction.hostile.bodies import Body
from tests.redaction.hostile.case import Hostile, Via


def _all_percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _some(random: Random, text: str, code: Callable[[str], str], share: float = 0.3) -> str:
    return "".join(code(c) if random.random() < share or not c.isalnum() else c for c in text)


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _b64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _printable(text: str) -> str:
    return quopri.encodestring(text.encode(), quotetabs=True).decode()


def _wrapped(text: str) -> str:
    coded = _b64(text)
    return "\n".join(coded[place : place + 76] for place in range(0, len(coded), 76))


# How each code turns text into text; those with a Random code a share of the characters.
CODES: dict[str, Callable[[Random, str], str]] = {
    "percent": lambda _, text: quote(text, safe=""),
    "percent-plus": lambda _, text: quote_plus(text),
    "percent-all": lambda _, text: _all_percent(text),
    "percent-some": lambda random, text: _some(random, text, lambda c: f"%{ord(c):02x}"),
    "percent-twice": lambda _, text: quote(quote(text, safe=""), safe=""),
    "percent-all-twice": lambda _, text: quote(_all_percent(text), safe=""),
    "base64": lambda _, text: _b64(text),
    "base64-json": lambda _, text: _b64(json.dumps({"data": text})),
    "base64-twice": lambda _, text: _b64(_b64(text)),
    "base64-wrapped": lambda _, text: _wrapped(f"{'first some words that are harmless, '}{text}"),
    "base64url": lambda _, text: _b64url(text),
    "base64url-sentence": lambda _, text: _b64url(f"the value is {text} today"),
    "hex": lambda _, text: text.encode().hex(),
    "hex-upper": lambda _, text: text.encode().hex().upper(),
    "hex-0x": lambda _, text: f"0x{text.encode().hex()}",
    "u-escape": lambda _, text: "".join(f"\\u{ord(c):04x}" for c in text),
    "u-escape-some": lambda random, text: _some(random, text, lambda c: f"\\u{ord(c):04X}"),
    "u-escape-twice": lambda random, text: _some(random, text, lambda c: f"\\\\u{ord(c):04x}"),
    "x-escape": lambda _, text: "".join(f"\\x{ord(c):02x}" for c in text),
    "x-escape-some": lambda random, text: _some(random, text, lambda c: f"\\x{ord(c):02x}"),
    "entity": lambda random, text: _some(random, text, lambda c: f"&#{ord(c)};"),
    "entity-hex": lambda random, text: _some(random, text, lambda c: f"&#x{ord(c):x};"),
    "entity-named": lambda _, text: html.escape(text).replace("@", "&commat;").replace("=", "&equals;"),
    "quoted-printable": lambda _, text: _printable(text),
    "quoted-printable-some": lambda random, text: _some(random, text, lambda c: f"={ord(c):02X}"),
}


def _json_deep(random: Random, depth: int) -> Hostile:
    secret, name = bodies.password(random), random.choice(("password", "clientSecret", "api_key", "Authorization"))
    mail = bodies.email(random)
    text = json.dumps({"user": {"id": 7, "contact": mail}, name: secret})
    for level in range(depth):
        text = json.dumps({"level": level, "body": text} if random.random() < 0.7 else [text, level])
    via: Via = random.choice(("field", "message"))
    return Hostile(f"json in json, {depth} deep", lambda: text, (secret, mail), via)


def _form_body(random: Random) -> Hostile:
    secret, mail = bodies.password(random), bodies.email(random)
    text = urlencode({"grant_type": "password", "username": mail, "password": secret, "scope": "all"})
    if random.random() < 0.5:
        text = quote(text, safe="")
    return Hostile("form body", lambda: text, (secret, mail))


def _inner_url(random: Random) -> Hostile:
    body = bodies.any_of(random)
    inner = f"https://app.local/cb?token={quote(body.core, safe='')}&page=2"
    text = f"https://login.local/?next={quote(inner, safe='')}"
    return Hostile("url in url", lambda: f"redirect to {text}", (body.core,), "message")


def _basic(random: Random) -> Hostile:
    secret = bodies.password(random)
    coded = _b64(f"ann:{secret}")
    text = random.choice((f"Authorization: Basic {coded}", f"bAsIc {coded}", f"'authorization': 'Basic {coded}'"))
    text = bodies.sentence(random, text)
    return Hostile("basic credentials", lambda: text, (secret, coded), "message")


def cases(random: Random) -> Iterator[Hostile]:
    """Yield the cases of this file."""
    for name, code in CODES.items():
        for _ in range(9):
            body = _fitting(random, name)
            text = bodies.sentence(random, code(random, body.text))
            via: Via = random.choice(("field", "message"))
            yield Hostile(f"coded: {name}", lambda text=text: text, (body.core,), via)
    for depth in (1, 2, 3, 4):
        for _ in range(8):
            yield _json_deep(random, depth)
    for make in (_form_body, _inner_url, _basic):
        for _ in range(10):
            yield make(random)


def _fitting(random: Random, code: str) -> Body:
    # Half an encoded pair is none: those codes that leave no word readable carry name and value together.
    return bodies.by_name(random) if code.startswith("percent") and random.random() < 0.4 else bodies.any_of(random)
