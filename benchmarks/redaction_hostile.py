"""Texts of any length that make a redactor slow: one character, near-misses of what it looks for, many real finds."""

from __future__ import annotations

import json
import random

from benchmarks import redaction_records

PROSE = "plain prose"
_SENTENCE = (
    "the parcel left our hall before noon and nobody saw it again until a driver brought it back with one corner "
    "bent so we wrapped the lamp anew while somebody else counted shelves near a window that would not close in winter"
)
_ONE = {
    "a": "a",
    "A": "A",
    "1": "1",
    "-": "-",
    "@": "@",
    "{": "{",
    "[": "[",
    "(": "(",
    "<": "<",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "=": "=",
    ":": ":",
    "/": "/",
    ".": ".",
    ",": ",",
    "%": "%",
    "&": "&",
    "+": "+",
    "_": "_",
    "*": "*",
    "blank": " ",
    "new line": "\n",
    "tab": "\t",
    "NUL": "\0",
    "é": "é",
    "full-width a": "\uff41",
    "zero-width blank": "\u200b",
    "soft hyphen": "\u00ad",
    "smile": "\U0001f642",
}
# What begins like a secret and is none, or ends before it is one.
_NEAR = {
    "email a@": "a@",
    "email a.a.": "a.a.",
    "email a@b": "ann@host ",
    "email at": "ann at host ",
    "card": "4111 1111 1111 1112 ",
    "card digits": "411111111111111",
    "digits-": "1-",
    "digits blank": "1 ",
    "ssn": "123-45-",
    "ssn named": "ssn ",
    "phone": "+49 ",
    "phone long": "+49 (30) 1 ",
    "phone named": "call ",
    "iban": "DE00 0000 ",
    "iban letters": "DE89A",
    "jwt": "eyJ",
    "jwt dots": "eyJhbGciOiJ9.",
    "bearer": "Bearer ",
    "basic": "Basic a ",
    "header": "Authorization: ",
    "header cookie": "Cookie: a=b; ",
    "set-cookie": "Set-Cookie: ",
    "password": "password",
    "password=": "password=",
    "password: ": "password: ",
    "password said": "password is ",
    "a=b&": "a=b&",
    "a=": "a=",
    "key": "key ",
    "secret ": "secret ",
    "passwords words": "the password was wrong ",
    "pair placeholder": "token=$TOKEN ",
    "pair in quotes": '"password":',
    "pair open quote": 'password="',
    "pair nested": '{"a":{"password":',
    "pair escaped": '\\"password\\":\\"',
    "json": '{"a":',
    "json list": "[[1,",
    "json text": '"{\\"a\\":',
    "pem": "-----BEGIN ",
    "pem open": "-----BEGIN PRIVATE KEY-----\n",
    "url": "https://",
    "url user": "https://user:",
    "url users": "https://a:b",
    "url query": "https://h/?a=",
    "://": "://",
    ":a@": ":a@",
    "ip": "1.2.3.",
    "ip long": "1.2.3.4.",
    "ip6": "f:",
    "ip6 ::1": "::1 ",
    "ip6 near": "fe80::1:",
    "escape u": "\\u00",
    "escape u0061": "\\u0061",
    "escape x": "\\x41",
    "percent": "%41",
    "percent twice": "%2541",
    "base64": "QUJD",
    "base64 long": "aGVsbG8gd29ybGQg",
    "hex": "deadbeef",
    "entity": "&lt;",
    "entity open": "&#",
    "sql": "insert into t (password) values (",
    "sql set": "set password = ",
    "option": "--password ",
    "options": "curl -u ",
    "pipe": "echo a | sudo ",
    "program": "mysql -h db ",
    "markup": "<password>",
    "markup attribute": '<a name="password" value="',
    "pairs": "('password', ",
    "said code": "123456 is ",
    "separated": "p-a-s-s-",
    "spaced": "p a s s ",
    "mark": "[REDACTED:",
    "mark whole": "[REDACTED:email]",
}
_FINDS = {
    "finds: email": "ann{}@example.com ",
    "finds: password": "password=Tr0ub4dor{} ",
    "finds: card": "4111 1111 1111 1111, ",
    "finds: ip": "203.0.113.77 and ",
    "finds: url": "https://ann:pa55{}word@db.example.com/x ",
    "finds: bearer": "Bearer abcdefGH{}ijklmnop ",
    "finds: iban": "GB82 WEST 1234 5698 7654 32, ",
    "finds: ssn": "ssn 123-45-6789, ",
    "finds: phone": "+49 30 1234567, ",
    "finds: json": '{{"password": "Tr0ub4dor{}"}},',
    "finds: cookie": "Cookie: session=abcdef0123{}; a=b\n",
}


def texts(length: int) -> dict[str, str]:
    """Return the texts by their names, plain prose first, each of this many characters."""
    found = {PROSE: _prose(length), "log lines": _log_lines(length)}
    found |= {name: _repeated(unit, length) for name, unit in {**_ONE, **_NEAR}.items()}
    found |= {name: _numbered(unit, length) for name, unit in _FINDS.items()}
    return found | _of_vendors(length)


def _prose(length: int) -> str:
    dice, known = random.Random(8), _SENTENCE.split()
    words: list[str] = []
    while sum(map(len, words)) < length:
        words += dice.choices(known, k=length // 20 + 1)
    return " ".join(words)[:length]


def _log_lines(length: int) -> str:
    """Return nothing hostile at all: what a service logs, with digits and signs."""
    events = redaction_records.with_traceback(200)
    return _repeated("\n".join(json.dumps(redaction_records.record(event)) for event in events), length)


def _numbered(unit: str, length: int) -> str:
    # No two finds need be equal.
    return "".join(unit.format(number) for number in range(length // len(unit.format("")) + 1))[:length]


def _of_vendors(length: int) -> dict[str, str]:
    from obskit.protect.tokens import TOKENS

    whole = [token.example for token in TOKENS]
    return {
        "tokens: beginnings": _repeated("".join(text[: len(text) // 3] for text in whole), length),
        "tokens: all but the last": _repeated(" ".join(text[:-1] for text in whole), length),
        "tokens: run together": _repeated("".join(whole), length),
        "finds: tokens": _repeated(" ".join(whole) + " ", length),
    }


def _repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]
