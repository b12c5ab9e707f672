"""Positive cases of other libraries' objects, as applications log them: headers, URLs, parsed arguments, requests."""

from __future__ import annotations

import argparse
import functools
import subprocess
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import attrs
import httpx
from starlette.datastructures import Headers, MutableHeaders
from werkzeug.datastructures import ImmutableMultiDict

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.names import snake_name
from tests.redaction.corpus.numbers import card_number
from tests.redaction.corpus.personal import email
from tests.redaction.corpus.source import Source


@attrs.define
class Settings:
    """A class of attrs."""

    host: str
    password: str


@positive("mapping_object", 130)
def mappings(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source)
    fields = {"user": "bob", name: hidden}
    shown: Any = source.choice(
        (
            OrderedDict(fields),
            UserDict(fields),
            MappingProxyType(fields),
            defaultdict(str, fields),
            ChainMap({"user": "bob"}, {name: hidden}),
            ImmutableMultiDict(list(fields.items())),
            Headers({"x-user": "bob", "authorization": f"Bearer {hidden}"}),
            MutableHeaders({"x-user": "bob", "cookie": f"sid={hidden}"}),
            httpx.Headers({"x-user": "bob", "x-api-key": hidden}),
            deque([fields]),
            (fields,),
            frozenset({(name, hidden), ("user", "bob")}),
        )
    )
    return Made({"value": shown, "attempt": 4211}, (hidden,), ("bob", "attempt: 4211"))


@positive("library_object", 130)
def library_objects(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source)
    url = f"https://bob:{hidden}@db1.internal/bob"
    shown: Any = source.choice(
        (
            argparse.Namespace(user="bob", **{name: hidden}),
            httpx.URL(f"https://db1.internal/bob?access_token={hidden}"),
            urlsplit(url),
            subprocess.CompletedProcess(["login", "bob", f"--password={hidden}"], 1),
            subprocess.CalledProcessError(1, ["login", "bob", "--token", hidden]),
            functools.partial(dict, "bob", **{name: hidden}) if source.chance(0.5) else Settings("bob", hidden),
            Settings("bob", hidden),
            {"request": Headers({"x-user": "bob", "authorization": f"Basic {hidden}"})},
        )
    )
    return Made({"value": shown, "attempt": 4211}, (hidden,), ("attempt: 4211",))


@positive("exception_object", 110)
def exceptions(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source)
    noted = ValueError("bob failed")
    noted.add_note(f"tried with {name}={hidden}")
    shown: Exception = source.choice(
        (
            noted,
            ExceptionGroup("bob", [ValueError(f"{name}={hidden}"), KeyError("n")]),
            KeyError({"user": "bob", name: hidden}),
            OSError(2, f"bob: No such file: https://bob:{hidden}@db1/x"),
            subprocess.CalledProcessError(1, f"login bob --password {hidden}"),
            ValueError(("bob", {name: hidden})),
        )
    )
    return Made({"error": shown, "attempt": 4211}, (hidden,), ("attempt: 4211",))


@positive("personal_collection", 90)
def personal_collections(source: Source) -> Made:
    value = source.choice((email(source), card_number(source, "mastercard")))
    shown: Any = source.choice(
        (
            {value},
            frozenset({value}),
            deque(["bob", value]),
            Counter([value, "bob"]),
            {("bob", value): 1},
            {"bob": {"seen": {value: 3}}},
            bytearray(f"bob {value}", "utf-8"),
            memoryview(f"bob {value}".encode()),
            [("bob", [value])],
            [value],
        )
    )
    return Made({"value": shown, "attempt": 4211}, (value,), ("attempt: 4211",))
