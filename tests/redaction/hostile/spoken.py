"""Secrets in what is said: positional arguments, exceptions, notes, and twice in one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pydantic

from tests.redaction.hostile import bodies
from tests.redaction.hostile.case import Hostile

# A template, and the arguments that a secret is put among.
TEMPLATES: tuple[tuple[str, Callable[[str], tuple[Any, ...]]], ...] = (
    ("password %s", lambda s: (s,)),
    ("password=%s", lambda s: (s,)),
    ("password: %r", lambda s: (s,)),
    ("user %s password %s", lambda s: ("ann", s)),
    ("user=%s&password=%s&page=%d", lambda s: ("ann", s, 2)),
    ("the new password is %s", lambda s: (s,)),
    ("secret is %s, ttl %d", lambda s: (s, 60)),
    ("api key: %20s|", lambda s: (s,)),
    ("token -> %.200s", lambda s: (s,)),
    ("%s: password=%s (%d%%)", lambda s: ("login", s, 5)),
    ("%(user)s has %(password)s", lambda s: ({"user": "ann", "password": s},)),
    ("passwd %(value)s", lambda s: ({"value": s},)),
    ("login %s", lambda s: ({"user": "ann", "password": s},)),
    ("headers %s", lambda s: ({"Authorization": f"Bearer {s}"},)),
    ("headers %r and more", lambda s: ([("x-api-key", s)],)),
    ("argv %s", lambda s: (["login", "--password", s],)),
    ("connecting to %s", lambda s: (f"postgres://app:{s}@db/app",)),
    ("got %s", lambda s: (f"client_secret={s}",)),
    ("body %s", lambda s: (f'{{"password": "{s}"}}'.encode(),)),
    ("PASSWORD='%s'", lambda s: (s,)),
    ("Authorization: Bearer %s", lambda s: (s,)),
    ("Authorization: %s", lambda s: (f"ApiKey {s}",)),
    ("Cookie: %s", lambda s: (f"sid={s}",)),
    ("password for %s is %s", lambda s: ("ann", s)),
    ("secret", lambda s: (s,)),
    ("password %d", lambda s: (s,)),
    ("password %s %s", lambda s: (s,)),
    ("retry %d: access_token=%s", lambda s: (3, s)),
    ("got secret_key %s from %s", lambda s: (s, "vault")),
    ("config %s", lambda s: (pydantic.SecretStr(s),)),
)


class Told(Exception):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def __str__(self) -> str:
        return self.text


class Short(pydantic.BaseModel):
    user: str
    password: str = pydantic.Field(max_length=3)


def _noted(text: str) -> BaseException:
    error = ValueError("wrong")
    error.add_note(text)
    return error


def _caused(text: str) -> BaseException:
    error = ValueError("outer")
    error.__cause__ = KeyError(text)
    return error


def _in_context(text: str) -> BaseException:
    error = ValueError("outer")
    error.__context__ = RuntimeError(text)
    return error


def _refused(text: str) -> BaseException:
    try:
        Short(user="ann", password=text)
    except pydantic.ValidationError as error:
        return error
    raise AssertionError("pydantic takes it")


ERRORS: dict[str, Callable[[str], BaseException]] = {
    "message": RuntimeError,
    "first of two": lambda text: ValueError(text, 7),
    "its own text": Told,
    "KeyError": KeyError,
    "OSError": lambda text: OSError(13, "denied", text),
    "note": _noted,
    "cause": _caused,
    "context": _in_context,
    "group": lambda text: ExceptionGroup("several", [ValueError("a"), RuntimeError(text)]),
    "group of groups": lambda text: ExceptionGroup("outer", [ExceptionGroup("inner", [RuntimeError(text)])]),
    "bytes": lambda text: ValueError(text.encode()),
    "UnicodeDecodeError": lambda text: UnicodeDecodeError("utf-8", text.encode(), 0, 1, f"bad start of {text}"),
}


def _once_more(random: Random) -> Iterator[Hostile]:
    secret = bodies.password(random)
    name = random.choice(("password", "api_key", "client_secret", "access_token"))
    shapes: dict[str, Callable[[], dict[str, Any]]] = {
        "beside": lambda: {name: secret, "note": f"could not use {secret} here"},
        "before": lambda: {"first": f"tried {secret}", name: secret},
        "nested": lambda: {"request": {"body": {name: secret}}, "reply": [f"{secret} refused"]},
        "in a list": lambda: {name: secret, "argv": ["login", secret]},
        "as a key": lambda: {name: secret, "seen": {secret: 1}},
        "in a url": lambda: {"auth": {name: secret}, "url": f"https://app.local/{secret}/x"},
        "in an object": lambda: {name: secret, "thing": Told(f"refused {secret}")},
        "in text first": lambda: {"said": f"{name}={secret}", "note": f"again {secret}!"},
        "as bytes": lambda: {name: secret, "raw": f"data {secret}".encode()},
        "under a header": lambda: {"headers": {"X-Api-Key": secret}, "line": f"key {secret} sent"},
    }
    for shape, make in shapes.items():
        yield Hostile(f"once more: {shape}", make, (secret,), "fields")
    event = f"login with {secret} failed"
    yield Hostile("once more: in the message", lambda: {"event": event, name: secret}, (secret,), "fields")


def cases(random: Random) -> Iterator[Hostile]:
    """Yield the cases of this file."""
    for template, given in TEMPLATES:
        for _ in range(3):
            secret = bodies.password(random).replace("!", "x")
            made = (template, *given(secret))
            yield Hostile(f"argument: {template}", lambda made=made: made, (secret,), "args")
    for name, error in ERRORS.items():
        for _ in range(5):
            body = bodies.any_of(random)
            text = bodies.sentence(random, body.text)
            yield Hostile(f"raised: {name}", lambda error=error, text=text: error(text), (body.core,), "exception")
            yield Hostile(f"given: {name}", lambda error=error, text=text: error(text), (body.core,))
    for _ in range(5):
        secret = bodies.password(random)
        yield Hostile("raised: pydantic", lambda secret=secret: _refused(secret), (secret,), "exception")
        yield Hostile("given: pydantic", lambda secret=secret: _refused(secret), (secret,))
        yield Hostile("raised: a dict", lambda secret=secret: ValueError({"password": secret}), (secret,), "exception")
        yield from _once_more(random)
