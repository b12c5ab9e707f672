"""Secrets in structures: header pairs, name/value dicts, command lines, models, containers, rows, bytes, keys."""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import http.client
import http.cookies
import json
import pathlib
import re
import types
import urllib.parse
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

import attrs
import httpx
import multidict
import numpy as np
import pydantic
import pydantic.v1
import requests
import starlette.datastructures
import werkzeug.datastructures

from tests.redaction.hostile import bodies
from tests.redaction.hostile.case import Hostile


@dataclasses.dataclass
class Account:
    user: str
    password: str
    note: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass
class Owner:
    account: Account
    tags: list[str]


@attrs.define
class Client:
    name: str
    client_secret: str
    unseen: str = attrs.field(default="", repr=False)


class Model(pydantic.BaseModel):
    user: str
    password: str
    api_token: pydantic.SecretStr
    raw: pydantic.SecretBytes
    unseen: str = pydantic.Field(default="", repr=False)


class Old(pydantic.v1.BaseModel):
    user: str
    api_key: str
    pin: pydantic.v1.SecretStr


class Nested(pydantic.BaseModel):
    models: dict[str, Model]


class Login(NamedTuple):
    user: str
    password: str


class Texts(str):
    __slots__ = ()


class Plain:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Named:
    def __init__(self, **fields: str) -> None:
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        return f"Named({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


def _message(secret: str) -> http.client.HTTPMessage:
    made = http.client.HTTPMessage()
    made["Host"] = "app.local"
    made["Authorization"] = f"Digest {secret}"
    return made


Shape = Callable[[str], Any]

# Each holds a secret that a name beside it gives away.
BY_NAME: dict[str, Shape] = {
    "dict": lambda s: {"password": s},
    "deep dict": lambda s: functools.reduce(lambda inner, n: {f"level{n}": [inner]}, range(5), {"password": s}),
    "list under the name": lambda s: {"passwords": [s, s]},
    "dict under the name": lambda s: {"credentials": {"value": s, "ttl": 60}},
    "bytes": lambda s: {"password": s.encode()},
    "bytearray": lambda s: {"api_key": bytearray(s.encode())},
    "memoryview": lambda s: {"client_secret": memoryview(s.encode())},
    "bytes key": lambda s: {b"password": s},
    "bytes both": lambda s: {b"x-api-key": s.encode()},
    "tuple key": lambda s: {("user", "password"): s},
    "str subclass": lambda s: {Texts("password"): Texts(s)},
    "header pairs": lambda s: [("Host", "app.local"), ("Authorization", f"Bearer {s}")],
    "header pairs, opaque": lambda s: [("X-Api-Key", s), ("Accept", "*/*")],
    "asgi headers": lambda s: [(b"host", b"app.local"), (b"authorization", f"token {s}".encode())],
    "asgi cookie": lambda s: ((b"cookie", f"sid={s}; theme=dark".encode()),),
    "json header pairs": lambda s: json.dumps([["Host", "a"], ["Authorization", s]]),
    "pairs in lists": lambda s: {"headers": [["accept", "*/*"], ["x-auth-token", s]]},
    "name and value": lambda s: {"name": "password", "value": s},
    "name and value list": lambda s: [{"name": "HOST", "value": "db"}, {"name": "DB_PASSWORD", "value": s}],
    "key and value": lambda s: {"key": "Authorization", "value": f"ApiKey {s}"},
    "Name and Value": lambda s: {"Name": "api-key", "Value": s},
    "header and value": lambda s: {"header": "X-Auth-Token", "value": s},
    "field and data": lambda s: {"field": "client_secret", "data": s},
    "attribute pairs": lambda s: {"attributes": [{"key": "password", "value": {"stringValue": s}}]},
    "argv": lambda s: ["mysql", "-u", "root", "--password", s, "--host", "db"],
    "argv with =": lambda s: ["tool", f"--token={s}", "--verbose"],
    "argv short": lambda s: ["curl", "-u", f"ann:{s}", "https://app.local"],
    "argv header": lambda s: ["curl", "-H", f"Authorization: Bearer {s}", "https://app.local"],
    "argv tuple": lambda s: ("login", "--api-key", s),
    "command line": lambda s: f"mysql -u root --password {s} --host db",
    "command line, short": lambda s: f"curl -u ann:{s} https://app.local/x",
    "environment": lambda s: f"PGPASSWORD={s} psql -h db app",
    "exported": lambda s: f'export CLIENT_SECRET="{s}"; run',
    "environ dict": lambda s: {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": s},
    "yaml": lambda s: f"db:\n  user: app\n  password: {s}\n  port: 5432\n",
    "toml": lambda s: f'[db]\nuser = "app"\npassword = "{s}"\n',
    "ini": lambda s: f"[db]\nuser=app\npasswd={s}\n",
    "xml": lambda s: f"<db><user>app</user><password>{s}</password></db>",
    "xml attribute": lambda s: f'<db user="app" password="{s}"/>',
    "php array": lambda s: f"array('user' => 'app', 'password' => '{s}')",
    "ruby hash": lambda s: f'{{:user=>"app", :password=>"{s}"}}',
    "go struct": lambda s: f"{{User:app Password:{s} Port:5432}}",
    "python repr": lambda s: repr({"user": "app", "password": s}),
    "python repr twice": lambda s: repr(repr({"user": "app", "password": s})),
    "sql": lambda s: f"UPDATE users SET password = '{s}', seen = 1 WHERE id = 7",
    "dsn": lambda s: f"host=db port=5432 user=app password={s} dbname=app",
    "odbc": lambda s: f"Server=db;Database=app;User Id=app;Password={s};Encrypt=yes",
    "url": lambda s: f"https://ann:{s}@app.local/x",
    "query": lambda s: f"GET /cb?page=2&access_token={s}&lang=en HTTP/1.1",
    "multipart": lambda s: f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{s}\r\n--b--',
    "bracketed names": lambda s: {"user[password]": s},
    "dotted names": lambda s: {"request.headers.authorization": s},
    "dataclass": lambda s: Account("ann", s, s),
    "dataclass in dataclass": lambda s: Owner(Account("ann", s), ["a"]),
    "attrs": lambda s: Client("app", s, s),
    "pydantic": lambda s: Model(user="ann", password=s, api_token=s, raw=s.encode(), unseen=s),
    "pydantic nested": lambda s: Nested(models={"a": Model(user="ann", password=s, api_token=s, raw=s.encode())}),
    "pydantic v1": lambda s: Old(user="ann", api_key=s, pin=s),
    "SecretStr": lambda s: {"anything": pydantic.SecretStr(s)},
    "SecretStr alone": pydantic.SecretStr,
    "namedtuple": lambda s: Login("ann", s),
    "SimpleNamespace": lambda s: types.SimpleNamespace(user="ann", password=s),
    "mappingproxy": lambda s: types.MappingProxyType({"password": s}),
    "OrderedDict": lambda s: collections.OrderedDict(password=s),
    "defaultdict": lambda s: collections.defaultdict(str, password=s),
    "UserDict": lambda s: collections.UserDict(password=s),
    "ChainMap": lambda s: collections.ChainMap({"a": 1}, {"password": s}),
    "deque of dicts": lambda s: collections.deque([{"password": s}]),
    "UserList of pairs": lambda s: collections.UserList([("password", s)]),
    "dict_items": lambda s: {"user": "ann", "password": s}.items(),
    "partial": lambda s: functools.partial(print, 1, password=s),
    "Match": lambda s: re.match(r"(?P<user>\w+):(?P<password>.+)", f"ann:{s}"),
    "HTTPMessage": _message,
    "httpx.Headers": lambda s: httpx.Headers([("Cookie", f"sid={s}"), ("X-Api-Key", s), ("X-Api-Key", s)]),
    "starlette.Headers": lambda s: starlette.datastructures.Headers({"authorization": s}),
    "werkzeug.Headers": lambda s: werkzeug.datastructures.Headers([("Set-Cookie", f"a={s}"), ("Set-Cookie", f"b={s}")]),
    "werkzeug.MultiDict": lambda s: werkzeug.datastructures.MultiDict([("password", s), ("password", s)]),
    "requests headers": lambda s: requests.structures.CaseInsensitiveDict({"Authorization": s}),
    "multidict": lambda s: multidict.CIMultiDict([("Proxy-Authorization", s), ("Host", "a")]),
    "QueryParams": lambda s: starlette.datastructures.QueryParams({"token": s, "page": "2"}),
    "SimpleCookie": lambda s: http.cookies.SimpleCookie(f"sid={s}; theme=dark"),
    "SplitResult": lambda s: urllib.parse.urlsplit(f"https://ann:{s}@app.local/?a=1"),
    "ParseResult": lambda s: urllib.parse.urlparse(f"https://app.local/?client_secret={s}"),
    "repr of an object": lambda s: Named(user="ann", password=s),
    "repr, angle brackets": lambda s: Plain(f"<Session user=ann token={s} at 0x7f>"),
    "numpy text": lambda s: {"password": np.str_(s)},
    "exception": lambda s: ValueError({"password": s}),
    "exception, two args": lambda s: ValueError("password", s),
    "set of pairs": lambda s: {("password", s)},
}  # fmt: skip


def _enum(text: str) -> enum.Enum:
    return enum.Enum("Made", {"A": text}).A  # type: ignore[attr-defined,no-any-return]


# Each holds a secret that its form gives away.
BY_FORM: dict[str, Shape] = {
    "dict key": lambda s: {s: 1},
    "nested dict key": lambda s: {"seen": {s: {"count": 2}}},
    "tuple as a key": lambda s: {("GET", s): 3},
    "bytes as a key": lambda s: {s.encode(): 1},
    "Counter": lambda s: collections.Counter([s, s]),
    "set": lambda s: {s, "other"},
    "frozenset in a list": lambda s: [frozenset([s])],
    "deque": lambda s: collections.deque([s]),
    "UserString": collections.UserString,
    "str subclass": Texts,
    "enum": _enum,
    "bytes": lambda s: s.encode(),
    "bytes with odd ones": lambda s: b"\xff\xfe " + s.encode() + b" \xf0 and so on",
    "utf-16 bytes": lambda s: f"{s} and so on".encode("utf-16"),
    "path": lambda s: pathlib.PurePosixPath("/srv") / s / "x",
    "object": lambda s: Plain(f"Thing({s})"),
    "object in tuple": lambda s: (1, [Plain(s)]),
    "numpy array": lambda s: np.array([s, "x"]),
    "numpy text": np.str_,
    "exception": lambda s: RuntimeError(f"refused {s}"),
    "exception group": lambda s: ExceptionGroup("several", [ValueError(s), TypeError("x")]),
    "pattern": lambda s: re.compile(re.escape(s).replace("\\", "")),
    "match": lambda s: re.match(".*", s, re.DOTALL),
    "partial": lambda s: functools.partial(print, s),
    "namedtuple": lambda s: Login(s, "-"),
    "dataclass": lambda s: Owner(Account(s, "-"), [s]),
    "generator's repr stays": lambda s: {"rows": (c for c in s), "seen": s},
}


def cases(random: Random) -> Iterator[Hostile]:
    """Yield the cases of this file."""
    for name, shape in BY_NAME.items():
        for _ in range(4):
            secret = bodies.password(random).replace("!", "x")
            yield Hostile(f"named: {name}", lambda shape=shape, secret=secret: shape(secret), (secret,))
    for name, shape in BY_FORM.items():
        for _ in range(5):
            # A path's parts hold no slash.
            body = bodies.vendor(random) if name == "path" else bodies.of_form(random)
            yield Hostile(f"formed: {name}", lambda shape=shape, text=body.text: shape(text), (body.core,))
    for _ in range(8):
        yield from _numbers(random)


def _numbers(random: Random) -> Iterator[Hostile]:
    class Whole(int):
        def __str__(self) -> str:
            return "whole"

    number = bodies.card(random)
    yield Hostile("card as an integer", lambda: {"n": int(number)}, (number,))
    yield Hostile("card as an int subclass", lambda: Whole(number), (number,))
    yield Hostile("card as a decimal", lambda: [Decimal(number)], (number,))
    yield Hostile("card as numpy's integer", lambda: np.int64(number), (number,))
    yield Hostile("card as an integer key", lambda: {int(number): 1}, (number,))
