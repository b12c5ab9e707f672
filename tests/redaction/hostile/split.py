"""Secrets in pieces: grouped otherwise than usual, spelled out, broken over lines."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from textwrap import wrap

from tests.redaction.hostile import bodies
from tests.redaction.hostile.case import Hostile

SEPARATORS = (" ", "-", ".", "/", "_", "\n", "\t", "  ", " - ", "\u00a0", "\u2009", "\u2013", "\u2011", "\u00b7")
_MAIL = (
    ("(at)", "(dot)"), (" (at) ", " (dot) "), ("[at]", "[dot]"), (" [at] ", " [dot] "), (" AT ", " DOT "), (" @ ", "."),
    ("{at}", "{dot}"), (" @ ", " . "), ("<at>", "<dot>"), (" at ", " dot "), ("(@)", "."), ("[@]", "[.]"),
    ("_at_", "_dot_"),
)  # fmt: skip


def _card(random: Random, separator: str) -> Hostile:
    if random.random() < 0.25:
        number = bodies.card(random, "37", 15)
        groups = [number[:4], number[4:10], number[10:]]
    else:
        number = bodies.card(random)
        groups = wrap(number, random.choice((4, 4, 4, 8, 2)))
    text = bodies.sentence(random, f"card {separator.join(groups)}")
    return Hostile(f"card split by {separator!r}", lambda: text, (number,), random.choice(("field", "message")))


def _iban(random: Random) -> Hostile:
    number = bodies.iban(random)
    separator = random.choice((" ", "-", ".", "\u00a0", "_", "\n"))
    text = bodies.sentence(random, separator.join(wrap(number, 4)))
    if random.random() < 0.3:
        text = text.lower()
    return Hostile(f"iban split by {separator!r}", lambda: text, (number,), "message")


def _ssn(random: Random) -> Hostile:
    number = bodies.ssn(random)
    joint = random.choice((" ", ".", "/", "\u2013", " - "))
    text = bodies.sentence(random, f"SSN {number.replace('-', joint)}")
    return Hostile(f"ssn split by {joint!r}", lambda: text, (number,), "message")


def _phone(random: Random) -> Hostile:
    number = bodies.phone(random)
    country = 2 if number.startswith("+1") else 3
    rest = number[country:]
    separator = random.choice((" ", "-", ".", "/", " - ", "\u00a0"))
    text = f"{number[:country]}{separator}({rest[:3]}){separator}{rest[3:6]}{separator}{rest[6:]}"
    if random.random() < 0.3:
        text = f"{number[:country]} (0) {rest[:3]}{separator}{rest[3:]}"
    text = bodies.sentence(random, f"call {text}")
    return Hostile(f"phone split by {separator!r}", lambda: text, (number,), "message")


def _mail(random: Random, at: str, dot: str) -> Hostile:
    address = bodies.email(random)
    local, _, host = address.partition("@")
    spelled = f"{local}{at}{host.replace('.', dot)}"
    text = random.choice(("contact {}", "mail: {}", "reach me via {} please", "from {} today")).format(spelled)
    return Hostile(f"mail with {at!r}", lambda: text, (local,), random.choice(("field", "message")))


def _broken(random: Random) -> Hostile:
    body = random.choice((bodies.vendor, bodies.vendor, bodies.of_form))(random)
    while body.kind in ("email", "userinfo"):
        body = bodies.of_form(random)
    joint = random.choice(("\n", "\r\n", "\\\n", "\n    ", "\r\n\t", '"\n    "', '" + "', "' '"))
    place = random.randint(len(body.text) // 3, 2 * len(body.text) // 3)
    text = f"value: {body.text[:place]}{joint}{body.text[place:]} end"
    return Hostile(f"{body.kind} broken by {joint!r}", lambda: text, (body.core,))


def _long_broken(random: Random) -> Hostile:
    token = bodies.jwt(random) if random.random() < 0.5 else bodies.run(random, 150)
    joint = random.choice(("\n    ", "\r\n ", "\n\t"))
    text = f"Authorization: Bearer {joint.join(wrap(token, 60))}\nHost: app.local"
    return Hostile(f"header folded by {joint!r}", lambda: text, (token,))


def _key(random: Random) -> Hostile:
    armour = bodies.pem(random)
    body = "".join(armour.split("\n")[1:-1])
    shape = random.choice(("escaped", "one line", "indented", "without end", "crlf", "quoted", "listed"))
    texts = {
        "escaped": armour.replace("\n", "\\n"),
        "one line": armour.replace("\n", " "),
        "indented": armour.replace("\n", "\n      "),
        "without end": "\n".join(armour.split("\n")[:-1]),
        "crlf": armour.replace("\n", "\r\n"),
        "quoted": armour.replace("\n", "\n> "),
        "listed": armour.replace("\n", '", "'),
    }
    return Hostile(f"private key, {shape}", lambda: texts[shape], (body,), random.choice(("field", "message")))


def _lines(random: Random) -> Hostile:
    # A key's lines as the items of a list.
    armour = bodies.pem(random)
    return Hostile("private key as a list of lines", lambda: armour.split("\n"), tuple(armour.split("\n")[1:-1]))


def cases(random: Random) -> Iterator[Hostile]:
    """Yield the cases of this file."""
    for separator in SEPARATORS:
        for _ in range(4):
            yield _card(random, separator)
    for at, dot in _MAIL:
        for _ in range(3):
            yield _mail(random, at, dot)
    for make, many in (
        (_iban, 16),
        (_ssn, 10),
        (_phone, 16),
        (_broken, 50),
        (_long_broken, 10),
        (_key, 21),
        (_lines, 3),
    ):
        for _ in range(many):
            yield make(random)
