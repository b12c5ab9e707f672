"""Secrets with characters that show nothing or look like others."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from random import Random

from tests.redaction.hostile import bodies
from tests.redaction.hostile.case import Hostile, Via

INVISIBLE = {
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "left-to-right mark": "\u200e",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "variation selector": "\ufe0f",
    "NUL": "\x00",
    "bell": "\x07",
    "escape sequence": "\x1b[31m",
    "colour reset": "\x1b[0m",
    "delete": "\x7f",
    "C1 control": "\x9b",
    "Mongolian separator": "\u180e",
    "tag": "\U000e0041",
    "Hangul filler": "\u3164",
    "combining grapheme joiner": "\u034f",
}


def _sprinkled(random: Random, text: str, odd: str) -> str:
    places = set(random.sample(range(1, len(text)), max(1, min(3, len(text) // 8))))
    return "".join(odd + c if place in places else c for place, c in enumerate(text))


def _between_all(_: Random, text: str, odd: str) -> str:
    return odd.join(text)


def full_width(text: str) -> str:
    """Return the full-width form of a text."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _styled(text: str, letters: int, digits: int) -> str:
    out = []
    for c in text:
        if "a" <= c <= "z":
            out.append(chr(letters + 26 + ord(c) - ord("a")))
        elif "A" <= c <= "Z":
            out.append(chr(letters + ord(c) - ord("A")))
        else:
            out.append(chr(digits + int(c)) if c in "0123456789" else c)
    return "".join(out)


def _alike(text: str) -> str:
    # Cyrillic letters that nobody can tell from Latin ones.
    return text.translate(str.maketrans("aeopcyx", "аеорсух"))


LOOKALIKES: dict[str, Callable[[str], str]] = {
    "full-width": full_width,
    "full-width digits": lambda text: "".join(full_width(c) if c.isdigit() else c for c in text),
    "full-width signs": lambda text: "".join(c if c.isalnum() else full_width(c) for c in text),
    "bold": lambda text: _styled(text, 0x1D400, 0x1D7CE),
    "monospace": lambda text: _styled(text, 0x1D670, 0x1D7F6),
    "sans": lambda text: _styled(text, 0x1D5A0, 0x1D7E2),
    "decomposed": lambda text: unicodedata.normalize("NFD", f"caf\u00e9 {text}"),
}


def _word(random: Random, odd: str) -> Hostile:
    secret = bodies.password(random)
    name = _sprinkled(random, random.choice(("password", "api_key", "client_secret", "authorization")), odd)
    made: dict[str, object] = {name: secret, "kept": 1}
    return Hostile("disguised key", lambda: dict(made), (secret,))


def _alike_word(random: Random) -> Hostile:
    secret = bodies.password(random)
    text = f"{_alike(random.choice(('password', 'passphrase', 'api_key', 'secret')))}={secret}"
    text = bodies.sentence(random, text)
    return Hostile("homoglyph key", lambda: text, (secret,), "message")


def _case_of(random: Random, text: str) -> str:
    return "".join(c.upper() if random.random() < 0.5 else c.lower() for c in text)


def _mixed(random: Random) -> Hostile:
    secret = bodies.run(random, 24)
    lead = random.choice(("password=", "authorization: bearer ", "api-key: ", "x-api-key=", "passphrase: ", "secret="))
    text = bodies.sentence(random, _case_of(random, lead) + secret)
    return Hostile("mixed case", lambda: text, (secret,), "message")


_NAMES = (
    "PASSWORD", "PassWord", "passWord", "X-API-KEY", "x_Api_Key", "ACCESSTOKEN", "clientSECRET", "PRIVATE-KEY",
    "AUTHORIZATION", "Set-COOKIE", "DBPassword", "db.PASSWORD", "refreshTOKEN", "CardNumber", "aPiKeY", "pAsSwOrD",
)  # fmt: skip


def _mixed_key(random: Random) -> Hostile:
    secret, name = bodies.password(random), random.choice(_NAMES)
    return Hostile("mixed-case key", lambda: {name: secret, "kept": True}, (secret,))


def cases(random: Random) -> Iterator[Hostile]:
    """Yield the cases of this file."""
    for name, odd in INVISIBLE.items():
        for _ in range(5):
            body = bodies.any_of(random)
            via: Via = random.choice(("field", "message"))
            text = bodies.sentence(random, _sprinkled(random, body.text, odd))
            yield Hostile(f"invisible: {name}", lambda text=text: text, (body.core,), via)
        body = bodies.any_of(random)
        text = _between_all(random, body.text, odd)
        yield Hostile(f"invisible everywhere: {name}", lambda text=text: text, (body.core,))
        yield _word(random, odd)
    for name, like in LOOKALIKES.items():
        for _ in range(6):
            body = bodies.any_of(random)
            text = bodies.sentence(random, like(body.text))
            yield Hostile(f"look-alike: {name}", lambda text=text: text, (body.core,))
    for _ in range(10):
        yield _alike_word(random)
        yield _mixed(random)
    for _ in range(24):
        yield _mixed_key(random)
