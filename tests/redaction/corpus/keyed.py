"""Positive cases by key: the name of a field tells that its value is a secret, in every spelling and structure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.names import (
    FOREIGN,
    JOINED,
    KEYS,
    PASSWORDS,
    RARE,
    SECRETS,
    TOKENS,
    lines,
    neighbours,
    telling,
)
from tests.redaction.corpus.numbers import card_number, iban, phone, ssn
from tests.redaction.corpus.personal import email
from tests.redaction.corpus.source import ALNUM, Source, spelled


def _shuffled(source: Source, fields: dict[str, Any]) -> dict[str, Any]:
    return dict(source.sample(list(fields.items()), len(fields)))


def _beside(source: Source, key: str, value: Any, secret: str) -> Made:
    others = neighbours(source, source.randint(1, 4))
    return Made(_shuffled(source, {**others, key: value}), (secret,), lines(others))


def _by_words(source: Source, names: Sequence[Sequence[str]], secret: str) -> Made:
    return _beside(source, spelled(source, source.choice(names)), secret, secret)


@positive("key_password", 180)
def password(source: Source) -> Made:
    return _by_words(source, PASSWORDS, source.choice((source.password(), source.awkward())))


@positive("key_secret", 140)
def secret(source: Source) -> Made:
    return _by_words(source, SECRETS, source.token())


@positive("key_token", 140)
def token(source: Source) -> Made:
    return _by_words(source, TOKENS, source.choice((source.token(), source.uuid(), source.hex(16))))


@positive("key_api_key", 140)
def api_key(source: Source) -> Made:
    return _by_words(source, KEYS, source.choice((source.token(), source.base64(32))))


@positive("key_rare", 170)
def rare(source: Source) -> Made:
    name = source.choice(RARE)
    return _by_words(source, (name,), source.digits(3) if name == ("cvv2",) else source.token())


@positive("key_foreign", 80)
def foreign(source: Source) -> Made:
    name, hidden = source.choice(FOREIGN), source.password()
    if source.chance(0.3):
        return Made(f"user=bob {name}={hidden} n=4211", (hidden,), ("user=bob", "n=4211"))
    if source.chance(0.3):
        return Made(f'{{"user": "bob", "{name}": "{hidden}", "n": 4211}}', (hidden,), ('"user": "bob"', '"n": 4211'))
    return _beside(source, name, hidden, hidden)


@positive("key_phone", 80)
def phone_under_a_key(source: Source) -> Made:
    d = source.digits
    names = "phone", "phone number", "mobile number", "telephone", "contact phone", "cell phone"
    hidden = source.choice(
        (
            f"({d(3)}) {d(3)}-{d(4)}",
            f"0{d(3)} {d(7)}",
            f"{d(3)}-{d(3)}-{d(4)}",
            f"0{d(2)}/{d(6)}",
            d(10),
            phone(source),
        )
    )
    return _by_words(source, [name.split() for name in names], hidden)


@positive("key_joined", 100)
def joined(source: Source) -> Made:
    hidden = source.token()
    return _beside(source, source.choice(JOINED), hidden, hidden)


@positive("key_personal", 180)
def personal(source: Source) -> Made:
    words, value = source.choice(
        (
            (("card", "number"), card_number(source, "visa")),
            (("credit", "card"), card_number(source, "amex")),
            (("cvv",), source.digits(3)),
            (("cvc",), source.digits(3)),
            (("card", "cvv"), source.digits(4)),
            (("security", "code"), source.digits(3)),
            (("ssn",), ssn(source)),
            (("ssn",), ssn(source).replace("-", "")),
            (("social", "security", "number"), ssn(source)),
            (("iban",), iban(source)),
            (("email",), email(source)),
            (("email", "address"), email(source)),
            (("user", "email"), email(source)),
            (("pin",), source.digits(4)),
            (("otp",), source.digits(6)),
            (("pin", "code"), source.digits(6)),
        )
    )
    made = _by_words(source, (words,), value)
    if value.isdigit() and source.chance(0.3) and not value.startswith("0"):
        return made._replace(value={key: int(item) if item == value else item for key, item in made.value.items()})
    return made


@positive("key_number", 70)
def number_under_a_key(source: Source) -> Made:
    hidden = int(source.digits(source.randint(6, 12)))
    return _beside(source, telling(source), hidden, str(hidden))


@positive("key_nested", 150)
def nested(source: Source) -> Made:
    hidden, key = source.password(), telling(source)
    others = neighbours(source, 2)
    inner = _shuffled(source, {key: hidden, **others})
    value = source.choice(
        (
            {"user": {"profile": inner}},
            {"request": {"body": {"login": inner}}},
            {"rows": [inner, {"n": 2}]},
            {"job": {"args": [1, inner], "kwargs": {}}},
            {"a": {"b": {"c": {"d": {"e": inner}}}}},
            {"config": {"databases": {"default": inner}}},
            [inner],
            {"batch": [[inner]]},
        )
    )
    return Made(value, (hidden,), lines(others))


@positive("key_list", 110)
def list_under_a_key(source: Source) -> Made:
    first, second = source.token(), source.token()
    key = source.choice(
        (
            "passwords",
            "tokens",
            "secrets",
            "api_keys",
            "accessTokens",
            "credentials",
            "refresh_tokens",
            "X-Api-Key",
            "token",
        )
    )
    held: Any = source.choice(([first, second], (first, second), [[first], [second]], {"0": first, "1": second}))
    others = neighbours(source, 2)
    return Made({key: held, **others}, (first, second), lines(others))


@positive("key_dict", 110)
def dict_under_a_key(source: Source) -> Made:
    hidden = source.token()
    key = source.choice(("credentials", "password", "secret", "api_key", "auth_token", "secrets"))
    held = source.choice(
        (
            {"value": hidden},
            {"current": hidden, "previous": hidden[::-1]},
            {"production": hidden},
            {"data": {"value": hidden}},
            {"items": [hidden]},
        )
    )
    others = neighbours(source, 2)
    return Made({key: held, **others}, (hidden,), lines(others))


@positive("key_name_value", 130)
def name_and_value(source: Source) -> Made:
    hidden, key = source.token(), telling(source)
    name, value = source.choice(
        (("name", "value"), ("Name", "Value"), ("key", "value"), ("Key", "Value"), ("name", "value"))
    )
    rows = [{name: "REGION", value: "eu-west-1"}, {name: key, value: hidden}, {name: "WORKERS", value: "4211"}]
    source.shuffle(rows)
    field = source.choice(("environment", "env", "variables", "fields", "parameters", "headers"))
    return Made({field: rows}, (hidden,), ("eu-west-1", "4211"))


@positive("key_pairs", 110)
def pairs(source: Source) -> Made:
    hidden, key = source.token(), telling(source)
    rows: list[Any] = [("page", "4211"), (key, hidden), ("region", "eu-west-1")]
    source.shuffle(rows)
    form = source.randint(0, 2)
    if form == 1:
        rows = [list(row) for row in rows]
    elif form == 2:
        rows = [(name.encode(), value.encode()) for name, value in rows]
    return Made({source.choice(("params", "form", "fields", "args")): rows}, (hidden,), ("4211", "eu-west-1"))


@positive("key_bytes", 80)
def bytes_value(source: Source) -> Made:
    hidden = source.token()
    others = neighbours(source, 2)
    value = source.choice(
        (
            {telling(source): hidden.encode(), **others},
            {telling(source).encode(): hidden.encode(), **others},
            {"body": f"grant_type=password&password={hidden}".encode(), **others},
            {"raw": json.dumps({"password": hidden, "n": 1}).encode(), **others},
        )
    )
    return Made(value, (hidden,), lines(others))


@positive("key_repeated", 80)
def repeated_elsewhere(source: Source) -> Made:
    hidden = source.choice(ALNUM) + source.token()
    others = neighbours(source, 2)
    text = source.fill(source.choice(("login with {} failed", "tried {} on <host>", "cmd: connect bob {} --tls", "{}")))
    return Made({telling(source): hidden, "detail": text.replace("{}", hidden), **others}, (hidden,), lines(others))
