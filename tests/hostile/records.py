"""Random records: plain and odd values, telling and harmless names, secrets and what only looks like one."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import json
import pathlib
import urllib.parse
import uuid
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import obskit
from tests.redaction.corpus.credentials import jwt
from tests.redaction.corpus.names import NEIGHBOURS, telling
from tests.redaction.corpus.numbers import card_number, grouped, iban, phone, ssn
from tests.redaction.corpus.personal import email
from tests.redaction.corpus.source import WORDS, Source
from tests.redaction.corpus.vendors import VENDORS

_VENDORS = sorted(VENDORS)
_TRIGGERS = (
    "password", "token", "secret", "api_key", "authorization", "Bearer ", "Basic ", "eyJ", "AKIA", "ghp_", "xoxb-",
    "sk_live_",
    "-----BEGIN ", "://", "@", "user:pw@", "=", ": ", "--password", "Cookie: ", "card", "iban", "ssn", "pwd=",
    "Set-Cookie",
    "name", "value", "key", "null", "NaN", "[REDACTED:password]", "[REDACTED:x", "[email:", "\\", '"', "'", "{",
    "}", "[", "]",
    "%40", "&#64;", "\\u0040", "\\x40", "\\n", "1.2.3.4", "10.0.0.1", "::1", "2001:db8::1", "4111", "+49 ",
    "\u0661\u0662\u0663",
    "\uff20", "\u200b", "\u00ad", "\u2028", "\x00", "\x1b[31m", "\x7f", "\x9b", "\ud800", "\U0001f600", "\u00e9",
    "\n", "\t", ",",
)  # fmt: skip
# Names and their kin, as keys of neighbours are called.
_LABELS = (
    "name",
    "key",
    "header",
    "field",
    "param",
    "k",
    "label",
    "Name",
    "KEY",
    "id",
    "value",
    "val",
    "v",
    "Value",
    "data",
)
_ODD_NAMES = (
    "", " ", "a.b", "a b", "\u043f\u0430\u0440\u043e\u043b\u044c", "pass\u200bword", "n" * 300, "$", "0",
    "\x1b[31m", "\u00e9t\u00e9",
    "password=", "token:", "user_id", "card_type", "message", "level", "timestamp", "context", "status",
    "http.response.status_code",
    "tokens_used", "auth_method", "secretary", "passage", "key_count", "session", "ip", "client_ip", "email",
    "phone", "version",
)  # fmt: skip


class Colour(enum.Enum):
    RED = "red"
    TOKEN = "token"


class Level(enum.IntEnum):
    LOW = 1


class Pair(NamedTuple):
    name: str
    value: Any


@dataclasses.dataclass
class Account:
    user: Any
    password: Any = None


class Text(str):
    __slots__ = ()


class Whole(int):
    pass


class Fields(dict[str, Any]):
    pass


class Shown:
    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


class Records:
    """Draws records.

    Args:
        random: Where the choices come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._source = Source(random.getrandbits(32))
        self._leaves: tuple[Callable[[], Any], ...] = (
            self._plain, self._plain, self._number, self._text, self._text, self._odd, self.secret, self._near,
        )  # fmt: skip
        self._containers: tuple[Callable[[int], Any], ...] = (
            self._dict, self._dict, self._list, self._pairs, self._neighbour, self._turns,
            self._arguments, self._holder,
        )  # fmt: skip

    def fields(self) -> dict[str, Any]:
        """Return the fields of one record: any, or quiet ones with one thing among them that need not be quiet."""
        return self._wild() if self._chance(0.5) else self._quiet()

    def _quiet(self) -> dict[str, Any]:
        found = {name: self._calm(2) for name in self._random.sample(WORDS, self._random.randint(0, 4))}
        if self._chance(0.85):
            name = self._random.choice((self._random.choice(WORDS), self._random.choice(_LABELS)))
            found[name] = self._almost()
        if self._chance(0.2):
            found[self._random.choice(_LABELS)] = self._random.choice((telling(self._source), self._source.word()))
            found[self._random.choice(_LABELS)] = self._random.choice(
                (self._source.password(), self._source.word(), 4711)
            )
        return found

    def _calm(self, depth: int) -> Any:
        """Return what nothing is to be done about."""
        if depth and self._chance(0.3):
            inner = [self._calm(depth - 1) for _ in range(self._random.randint(0, 3))]
            return inner if self._chance(0.4) else dict(zip(self._random.sample(WORDS, len(inner)), inner, strict=True))
        return self._random.choice((self._plain, self._words, lambda: self._random.randint(-(10**6), 10**6)))()

    def _almost(self) -> Any:
        """Return something quiet but for one thing, which only its place tells of."""
        source = self._source
        # A name that only some policies deny is known by no form of its own.
        name = "amber" if self._chance(0.2) else telling(source)
        secret, word = source.password(), source.word()
        made = self._random.choice((
            lambda: {"name": name, "value": secret}, lambda: {"key": name, "val": secret, word: 1},
            lambda: [name, secret],
            lambda: {"Name": name, "Value": secret}, lambda: [word, 1, name, secret],
            lambda: [(name, secret), (word, 1)],
            lambda: [[name, secret], [word, 1]], lambda: {name: secret}, lambda: {name: 4711},
            lambda: {name: [word, secret]},
            lambda: {name: {word: secret}}, lambda: {word: {name: secret}}, lambda: [f"--{name}", secret],
            lambda: ["run", f"--{name}", secret], lambda: [f"-{name[0]}", secret],
            lambda: f'\\"{name}\\": \\"{secret}\\"',
            lambda: f"{name}\n=\n{secret}", lambda: [f"{name}=", secret], lambda: [f"{name}:", word],
            lambda: (name, secret),
            lambda: [secret, name], lambda: {word: [name, 4711]}, lambda: [[[name, secret]]],
            lambda: {"name": word, "value": name},
            lambda: [word, word], lambda: {"id": name, "data": {"value": secret}}, lambda: {word: f"{name}",
            "v": secret},
            lambda: f"{name}\t{secret}", lambda: f"{word}\\{name}={secret}", lambda: f"\\u0070assword={secret}",
            lambda: f"pass\\u0077ord={secret}", lambda: f"{name}&#61;{secret}", lambda: f"{name}%3D{secret}",
            lambda: json.dumps({name: secret}), lambda: json.dumps([name, secret]), lambda: repr([(name, secret)]),
            lambda: None, lambda: [None], lambda: {word: None}, lambda: float("nan"), lambda: [float("inf")],
            lambda: {word: float("-inf")}, lambda: [2**63], lambda: {word: 2**64 - 1}, lambda: 10**11,
            lambda: {word: 10**11},
            lambda: [int(card_number(source, "visa"))], lambda: {word: {word: int(card_number(source, "visa"))}},
            lambda: {"": 1}, lambda: {"k" * 257: 1}, lambda: {"k" * 256: 1}, lambda: {f"{word}.{name}": secret},
            lambda: {email(source): 1}, lambda: {"10.11.12.13": 1}, lambda: "8.8.8.8", lambda: ["8.8.8.8"],
            lambda: {"ip": "8.8.8.8"},
            lambda: {f"x_{word}": word, name: None}, lambda: {name: True}, lambda: {name: ""}, lambda: {name: word},
            lambda: dt.datetime(2026, 1, 2, tzinfo=dt.UTC), lambda: [decimal.Decimal("4.5")],
            lambda: {word: dt.date(2026, 1, 2)},
            lambda: [word] * 201, lambda: {f"{word}{n}": n for n in range(201)},
            lambda: _deep(word, self._random.randint(6, 18)),
            lambda: "x" * 70_000, lambda: ["x" * 1000] * 70, lambda: [[]] * 9, lambda: "\u00e9" * 33_000,
        ))()  # fmt: skip
        return made if self._chance(0.7) else {word: made} if self._chance(0.5) else [made]

    def _wild(self) -> dict[str, Any]:
        many = self._random.choice((0, 1, 1, 2, 2, 3, 4, 6, 12))
        found = {self.name(): self.value(self._random.choice((0, 0, 1, 1, 2, 3))) for _ in range(many)}
        if found and self._chance(0.1):
            # A secret that stands again where no name tells of it.
            found["again"] = f"of {next(iter(found.values()))}"
        return {name: value for name, value in found.items() if name not in _TAKEN}

    def message(self) -> Any:
        """Return an event: text, as a rule."""
        if self._chance(0.1):
            return self.value(1)
        return self._random.choice((self._words, self._words, self._words, self._text, self._near, self.secret))()

    def name(self) -> str:
        """Return a field's name."""
        choice = self._random.random()
        if choice < 0.5:
            return self._random.choice((self._random.choice(WORDS), self._random.choice(NEIGHBOURS)[0]))
        if choice < 0.75:
            return telling(self._source)
        if choice < 0.9:
            return self._random.choice((*_LABELS, *_ODD_NAMES))
        return self._random.choice((self._text, self.secret))()[:400]

    def blocks(self) -> dict[str, Any]:
        """Return what the schema has places for, filled with what fits there and what does not."""
        asked = {name: self._random.choice((self._calm(0), self.value(0))) for name in self._random.sample(_ASKED, 3)}
        whom = {name: self._random.choice((self._calm(0), self.value(0))) for name in self._random.sample(_WHOM, 2)}
        found = {"request": self._random.choice((asked, asked, self.value(1))), "user": whom}
        return {name: value for name, value in found.items() if self._chance(0.6)}

    def value(self, depth: int) -> Any:
        """Return anything, at most so deep."""
        if depth <= 0 or self._chance(0.3):
            return self._random.choice(self._leaves)()
        return self._random.choice(self._containers)(depth - 1)

    def secret(self) -> str:
        """Return a secret of some form, alone."""
        source = self._source
        makers: tuple[Callable[[], str], ...] = (
            lambda: email(source), lambda: jwt(source), lambda: phone(source), lambda: ssn(source),
            lambda: iban(source),
            lambda: card_number(source, "visa"), lambda: grouped(card_number(source, "mastercard"), " "),
            lambda: VENDORS[source.choice(_VENDORS)](source), source.password, source.token, source.awkward,
            source.uuid,
        )  # fmt: skip
        return self._random.choice(makers)()

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _words(self) -> str:
        return " ".join(self._random.choices(WORDS, k=self._random.randint(0, 6)))

    def _plain(self) -> Any:
        return self._random.choice((None, True, False, 0, 1, -7, 2.5, "", "ok", self._words()))

    def _number(self) -> Any:
        digits = card_number(self._source, "visa")
        card = int(digits)
        return self._random.choice((
            card, card + 1, -card, float(card), Whole(card), str(card + 1), decimal.Decimal(card), 10**11 - 1, 10**11,
            2**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**400, 1e308, -0.0, float("nan"), float("inf"), 5e-324,
            1e15, 1e16, int(self._source.digits(9)), int(self._source.digits(10)), int(self._source.digits(15)),
            digits.translate(_ARABIC),
        ))  # fmt: skip

    def _text(self) -> str:
        pieces = [self._random.choice((self._piece, self._piece, self._words, self.secret))() for _ in range(3)]
        return self._random.choice(("", " ", "=", ": ", ", ", "\n", '"', "&")).join(pieces)

    def _piece(self) -> str:
        return self._random.choice(_TRIGGERS)

    def _near(self) -> str:
        """Return a text with a secret in it, well wrapped, or with what is nearly one."""
        secret, name = self.secret(), telling(self._source)
        if self._chance(0.4):
            cut = self._random.randint(1, max(len(secret) - 1, 1))
            secret = self._random.choice(
                (secret[:cut], secret[cut:], secret[:cut] + " " + secret[cut:], secret.swapcase())
            )
        if self._chance(0.1):
            secret = secret.translate(_ARABIC)
        form = self._random.choice(_FORMS)
        return form(name, secret)

    def _odd(self) -> Any:
        text = self._random.choice((self._words, self._near, self.secret))()
        return self._random.choice((
            lambda: dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.UTC), lambda: dt.datetime(2026, 1, 2),  # noqa: DTZ001
            lambda: dt.date(2026, 1, 2),
            lambda: dt.timedelta(seconds=1.5), lambda: dt.time(1, 2), lambda: uuid.UUID(self._source.uuid()),
            lambda: Colour.TOKEN,
            lambda: Level.LOW, lambda: decimal.Decimal("1.10"), lambda: text.encode("utf-8", "replace"),
            lambda: Text(text),
            lambda: Shown(text), lambda: ValueError(text), lambda: obskit.safe(text),
            lambda: obskit.secret(text), lambda: Colour,
            lambda: pathlib.PurePosixPath(text.replace("\x00", "")), lambda: Account(text, text),
            lambda: bytearray(b"ab"), lambda: ...,
            lambda: {text}, lambda: frozenset((1,)), lambda: collections.deque((text, 1)),
            lambda: urllib.parse.quote(text, errors="replace"),
        ))()  # fmt: skip

    def _dict(self, depth: int) -> Any:
        made: dict[Any, Any] = {}
        for _ in range(self._random.choice((0, 1, 2, 3, 5))):
            made[self._key()] = self.value(depth)
        return made if self._chance(0.9) else Fields(made)

    def _key(self) -> Any:
        if self._chance(0.9):
            return self.name()
        return self._random.choice(
            (1, "1", None, "None", True, 2.5, b"password", ("a", 1), Colour.TOKEN, Text("token"), 2**64)
        )

    def _list(self, depth: int) -> Any:
        made = [self.value(depth) for _ in range(self._random.choice((0, 1, 2, 3)))]
        return made if self._chance(0.7) else tuple(made)

    def _pairs(self, depth: int) -> Any:
        form = self._random.choice((list, tuple, lambda pair: Pair(*pair)))
        return [form((self.name(), self.value(depth))) for _ in range(self._random.randint(1, 3))]

    def _neighbour(self, depth: int) -> Any:
        first, second = self._random.sample(_LABELS, 2)
        made = {first: self._random.choice((self.name, self._words))(), second: self.value(depth)}
        return {**made, self.name(): self.value(0)} if self._chance(0.3) else made

    def _turns(self, depth: int) -> Any:
        made: list[Any] = []
        for _ in range(self._random.randint(1, 3)):
            made += [self.name(), self.value(0)]
        return made

    def _arguments(self, depth: int) -> Any:
        return [
            "run",
            f"--{telling(self._source)}",
            self.secret(),
            f"-p{self.secret()}",
            f"--{self.name()}={self.secret()}",
        ]

    def _holder(self, depth: int) -> Any:
        inner = self.value(depth)
        return self._random.choice((
            lambda: Account(inner, self.secret()), lambda: obskit.safe(inner), lambda: obskit.secret(inner),
            lambda: (inner,),
            lambda: json.dumps(inner, default=repr, skipkeys=True), lambda: repr(inner),
            lambda: {"in": {"in": {"in": inner}}}, lambda: [inner, inner],
            lambda: json.dumps(json.dumps({self.name(): self.secret()})),
            lambda: collections.OrderedDict(a=inner, password=inner),
        ))()  # fmt: skip


def _deep(word: str, depth: int) -> Any:
    made: Any = word
    for _ in range(depth):
        made = {word: made}
    return made


_ASKED = ("method", "path", "route", "status_code", "duration_ms", "disconnected", "query", "headers", "amber")
_WHOM = ("id", "ip", "session_id")
# Names of `Logger.info` itself, and those that the schema has a place for: they have tests of their own.
_TAKEN = frozenset(("event", "exc_info", "stack_info", "user", "request", "error", "logger"))
_ARABIC = {48 + digit: 0x660 + digit for digit in range(10)}
_FORMS: tuple[Callable[[str, str], str], ...] = (
    lambda name, secret: f"{name}={secret}",
    lambda name, secret: f"{name}: {secret}",
    lambda name, secret: f"{name}='{secret}', other=1",
    lambda name, secret: f"the {name} is {secret} now",
    lambda name, secret: f"{name} {secret}",
    lambda name, secret: json.dumps({name: secret}),
    lambda name, secret: json.dumps({"a": json.dumps({name: secret})}),
    lambda name, secret: repr({name: secret}),
    lambda name, secret: f"?a=1&{name}={urllib.parse.quote(secret, errors='replace')}&b=2",
    lambda name, secret: f"https://user:{secret}@host.example/path?{name}=1",
    lambda name, secret: f"curl -H '{name}: {secret}' https://host.example",
    lambda name, secret: f"Authorization: Bearer {secret}",
    lambda name, secret: f"<{name}>{secret}</{name}>",
    lambda name, secret: f"SET {name} = '{secret}';",
    lambda name, secret: f"{name}\\u003d{secret}",
    lambda name, secret: f'\\"{name}\\":\\"{secret}\\"',
    lambda name, secret: f"line\n{name}\t{secret}\nline",
    lambda name, secret: f"{secret} {secret}",
    lambda name, secret: f"({secret})",
    lambda name, secret: f"{name}[0]={secret}",
    lambda name, secret: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in f"{name}={secret}"),
    lambda name, secret: f"{name}=\u200b{secret}",
)
