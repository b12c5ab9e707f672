"""Positive cases of failures and objects: tracebacks, exceptions, `repr`s, dataclasses, pydantic models."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from enum import Enum
from types import SimpleNamespace
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.credentials import bearer_token, jwt
from tests.redaction.corpus.names import neighbours, snake_name
from tests.redaction.corpus.network import public_ipv4
from tests.redaction.corpus.numbers import card_number, iban, phone, ssn
from tests.redaction.corpus.personal import email
from tests.redaction.corpus.source import Source

HEAD = "Traceback (most recent call last):\n"


def _frame(source: Source, line: str) -> str:
    place = source.choice(("run", "handle", "<module>", "connect"))
    return f'  File "/srv/app/{source.service()}.py", line {source.randint(1, 900)}, in {place}\n    {line}\n'


def said(source: Source) -> tuple[str, str]:
    """Return a message that holds a secret of some kind, and the secret."""
    address, card, token, password = (
        email(source),
        card_number(source, "mastercard"),
        bearer_token(source),
        source.password(),
    )
    return source.choice(
        (
            (f"no account for {address}", address),
            (f"card {card} was declined", card),
            (f"401 for Authorization: Bearer {token}", token),
            (f"could not connect to postgresql://app:{token.replace('/', 'x')}@db1:5432/shop", token.replace("/", "x")),
            (f"login failed (user=bob, password={password})", password),
            (f"invalid payload: {{'user': 'bob', 'password': '{password}'}}", password),
            (f"bad key: api_key={token}", token),
            (f"token expired: {(signed := jwt(source))}", signed),
            (f"transfer to {(account := iban(source))} refused", account),
        )
    )


@positive("traceback_message", 150)
def in_message(source: Source) -> Made:
    message, secret = said(source)
    name = source.choice(
        (
            "ValueError",
            "app.errors.LoginFailed",
            "sqlalchemy.exc.OperationalError",
            "requests.exceptions.HTTPError",
            "KeyError",
        )
    )
    frames = "".join(_frame(source, line) for line in source.sample(PLAIN_LINES, 3))
    tail = source.choice(
        (
            "",
            "\n\nDuring handling of the above exception, another exception occurred:\n\n"
            + HEAD
            + _frame(source, "raise")
            + "RuntimeError: gave up",
        )
    )
    return Made(f"{HEAD}{frames}{name}: {message}{tail}", (secret,), (HEAD + frames, *((tail,) if tail else ())))


PLAIN_LINES = (
    "return self.get_response(request)",
    'password = request.form["password"]',
    "conn = connect(dsn)",
    "token = self._token",
    "raise LoginFailed(user)",
    "self.assert_valid(token=token)",
    "session.execute(statement, parameters)",
    "result = await call(*args)",
    "if not check_password(user, password):",
    "client = Client(api_key=settings.api_key)",
)


@positive("traceback_source", 130)
def in_source_line(source: Source) -> Made:
    secret, name = source.choice((source.token(), source.password())), snake_name(source)
    literal = source.choice((f'"{secret}"', f"'{secret}'"))
    line = source.choice(
        (
            f'conn = connect(host="db1", {name}={literal})',
            f"{name} = {literal}",
            f"client = Client({name}={literal}, retries=3)",
            f"self.{name} = {literal}",
            f"{name}: str = {literal}",
            f'params = {{"user": "bob", "{name}": {literal}}}',
            f'headers["{name}"] = {literal}',
            f'engine = create_engine("postgresql://bob:{secret.replace("@", "x")}@db1/shop")',
            f'os.environ["{name.upper()}"] = {literal}',
            f'requests.get(url, auth=("bob", {literal}))',
            f'login("bob", password={literal})',
        )
    )
    secret = secret.replace("@", "x") if "create_engine" in line else secret
    before, after = _frame(source, "app.run()"), "\nConnectionError: db1 is gone"
    carets = source.choice(("", "    ^^^^^^^^^^^^^^\n"))
    return Made(f"{HEAD}{before}{_frame(source, line)}{carets}{after[1:]}", (secret,), (HEAD + before, after[1:]))


@positive("exception", 130)
def exception(source: Source) -> Made:
    message, secret = said(source)
    kinds: tuple[type[Exception], ...] = (ValueError, RuntimeError, LookupError, ConnectionError, OSError)
    error = source.choice(kinds)(message)
    return Made({"error": error, "attempt": 4211}, (secret,), ("attempt: 4211", type(error).__name__))


@positive("exception_arguments", 90)
def exception_arguments(source: Source) -> Made:
    hidden, plain = source.password(), source.token()
    error = source.choice(
        (
            ValueError({"user": "bob", "password": hidden}),
            RuntimeError("login", {"api_key": hidden, "region": "bob"}),
            KeyError(f"password={hidden} for bob"),
            ConnectionError("bob", f"smtp://bob:{plain}@mail1"),
        )
    )
    return Made(
        {"error": error, "attempt": 4211},
        (plain if isinstance(error, ConnectionError) else hidden,),
        ("bob", "attempt: 4211"),
    )


class Account:
    """An object whose `repr` tells everything."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def __repr__(self) -> str:
        return f"Account({', '.join(f'{name}={value!r}' for name, value in self.fields.items())})"


@positive("repr_text", 140)
def repr_in_text(source: Source) -> Made:
    hidden, name = source.choice((source.password(), source.token(), source.awkward())), snake_name(source)
    others = neighbours(source, 2)
    fields = dict(source.sample([*others.items(), (name, hidden)], 3))
    shown = source.choice(
        (
            repr(Account(**fields)),
            repr(SimpleNamespace(**fields)),
            f"<Account {' '.join(f'{key}={value!r}' for key, value in fields.items())}>",
            f"{{{', '.join(f'{key}: {value!r}' for key, value in fields.items())}}}",
            f"OrderedDict({list(fields.items())!r})",
        )
    )
    before, after = source.choice((("", ""), ("created ", ""), ("got ", " from cache 4211"), ("unexpected: ", "!")))
    return Made(
        before + shown + after,
        (hidden,),
        (*(part for part in (before, after) if part.strip()), *(repr(value) for value in others.values())),
    )


@positive("object", 140)
def objects(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source)
    shown: Any = source.choice(
        (
            Account(user="bob", **{name: hidden}),
            SimpleNamespace(user="bob", **{name: hidden}),
            make_dataclass("Login", ["user", name])("bob", hidden),
            Login("bob", hidden),
            Credentials("bob", hidden),
            Model(user="bob", password=hidden, nested={"api_key": hidden}),
            Held(Account(user="bob", **{name: hidden})),
        )
    )
    return Made({"value": shown, "attempt": 4211}, (hidden,), ("bob", "attempt: 4211"))


@dataclass
class Login:
    """A form as an application may hold it."""

    user: str
    password: str
    roles: list[str] = field(default_factory=lambda: ["reader"])


class Credentials(NamedTuple):
    """A pair of which only the second part is secret."""

    user: str
    password: str


class Model(BaseModel):
    """A request body."""

    user: str
    password: str
    nested: dict[str, str]


@dataclass
class Held:
    """An object within an object."""

    account: Account


class Kept(BaseModel):
    """A model that says itself what is secret."""

    user: str
    key_material: SecretStr


class Plan(Enum):
    """An enumeration whose value is personal."""

    CONTACT = "owner@willow-river.com"


@positive("personal_object", 90)
def personal_objects(source: Source) -> Made:
    value = source.choice((email(source), card_number(source, "visa"), iban(source), ssn(source), phone(source)))
    shown: Any = source.choice(
        (
            Account(user="bob", contact=value),
            SimpleNamespace(user="bob", notes=f"asked for {value}"),
            ValueError(f"bob cannot use {value}"),
            {"bob": {value}},
            {value: "bob"},
            {"bob": (1, [value])},
            Kept(user="bob", key_material=SecretStr(value)),
        )
    )
    return Made({"value": shown, "attempt": 4211}, (value,), ("bob", "attempt: 4211"))


@positive("validation_input", 80)
def validation_input(source: Source) -> Made:
    hidden = source.password()
    return Made(
        *source.choice(
            (
                (
                    "1 validation error for Login\npassword\n  String should have at most 8 characters "
                    f"[type=string_too_long, input_value='{hidden}', input_type=str]",
                    (hidden,),
                    ("1 validation error for Login", "String should have at most 8 characters"),
                ),
                (
                    {
                        "detail": [
                            {
                                "loc": ["body", "password"],
                                "msg": "String should have at most 8 characters",
                                "input": hidden,
                            }
                        ]
                    },
                    (hidden,),
                    ("String should have at most 8 characters",),
                ),
                (f"invalid password: '{hidden}' (4211)", (hidden,), ("(4211)",)),
                (
                    "1 validation error for Login\n  Field required [type=missing, "
                    f"input_value={{'user': 'bob', 'password': '{hidden}'}}, input_type=dict]",
                    (hidden,),
                    ("'bob'", "input_type=dict"),
                ),
            )
        )
    )


@positive("address_in_traceback", 60)
def address_in_traceback(source: Source) -> Made:
    address = public_ipv4(source)
    frames = _frame(source, "sock.connect(address)")
    return Made(
        f"{HEAD}{frames}ConnectionRefusedError: [Errno 111] Connect call failed ('{address}', 5432)",
        (address,),
        (HEAD + frames, "', 5432)"),
    )
