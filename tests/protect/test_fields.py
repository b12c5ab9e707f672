from __future__ import annotations

import argparse
import collections
import dataclasses
import functools
import sqlite3
import types
from typing import Any

import attrs
import pydantic
import pydantic.v1
import pytest
import sqlalchemy

import obskit
from obskit.protect import policy
from obskit.protect.marks import Secret
from obskit.protect.plain import simplify


@dataclasses.dataclass
class Account:
    user: str
    password: str
    note: str = dataclasses.field(default="unseen", repr=False)


@dataclasses.dataclass
class Own:
    value: str
    size: int

    def __repr__(self) -> str:
        return f"Own({self.size})"


@dataclasses.dataclass
class Masked:
    value: str

    def __repr__(self) -> str:
        return "Masked(***)"


@dataclasses.dataclass(repr=False)
class Unshown:
    value: str


@dataclasses.dataclass(slots=True)
class Unset:
    a: int
    b: int = dataclasses.field(init=False)


@attrs.define
class Client:
    user: str
    key: str = attrs.field(repr=False)
    pin: str = attrs.field(repr=lambda _: "***")


@attrs.define
class MaskedClient:
    value: str

    def __repr__(self) -> str:
        return "MaskedClient()"


class Model(pydantic.BaseModel):
    user: str
    password: pydantic.SecretStr
    raw: pydantic.SecretBytes
    unseen: str = pydantic.Field(default="x", repr=False)


class Old(pydantic.v1.BaseModel):
    user: str
    password: pydantic.v1.SecretStr


class MaskedModel(pydantic.BaseModel):
    value: str
    size: int

    def __repr__(self) -> str:
        return f"MaskedModel(size={self.size})"


class Computed(pydantic.BaseModel):
    a: int

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def broken(self) -> int:
        raise RuntimeError("no value")


class Loose(pydantic.BaseModel, extra="allow"):
    a: int


@pydantic.dataclasses.dataclass
class Checked:
    a: int
    password: pydantic.SecretStr


class Duck:
    """What other libraries' models have in common with pydantic's."""

    __fields__ = {"a": None, "broken": None, "absent": None}  # noqa: RUF012 - as theirs

    def __init__(self) -> None:
        self.a = 1

    @property
    def broken(self) -> int:
        raise RuntimeError("no value")


Point = collections.namedtuple("Point", ["user", "password"])  # noqa: PYI024 - the plain kind is meant


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Account("ann", "pw"), {"user": "ann", "password": "pw"}),
        (Own("hidden", 3), {"size": 3}),
        (Masked("hidden"), "Masked(***)"),
        (Unset(1), {"a": 1}),
        (Client("ann", "k", "1"), {"user": "ann", "pin": "***"}),
        (MaskedClient("hidden"), "MaskedClient()"),
        (MaskedModel(value="hidden", size=3), {"size": 3}),
        (Computed(a=1), {"a": 1}),
        (Loose(a=1, password="pw"), {"a": 1, "password": "pw"}),  # type: ignore[call-arg]
        (pydantic.RootModel[list[int]]([1]), {"root": [1]}),
        (Point("ann", "pw"), {"user": "ann", "password": "pw"}),
        (types.SimpleNamespace(password="pw"), {"password": "pw"}),
        (argparse.Namespace(password="pw"), {"password": "pw"}),
        (functools.partial(print, 1, password="pw"), {"function": print, "args": [1], "keywords": {"password": "pw"}}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_object_is_shown_by_its_fields(value: Any, plain: Any) -> None:
    """By name, so that names are judged; what its author keeps out of the `repr` stays out."""
    assert simplify(value) == plain


def test_a_class_that_has_no_repr_shows_nothing() -> None:
    """Its author asked for none."""
    assert "hidden" not in simplify(Unshown("hidden"))


@pytest.mark.parametrize(
    "value",
    [
        Model(user="ann", password=pydantic.SecretStr("pw"), raw=pydantic.SecretBytes(b"pw")),
        Old(user="ann", password=pydantic.v1.SecretStr("pw")),
        Checked(1, pydantic.SecretStr("pw")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_models_secrets_are_respected(value: Any) -> None:
    """They become marks of obskit's own; fields without a `repr` are left out."""
    found = simplify(value)
    assert isinstance(simplify(found["password"]), Secret)
    assert simplify(found["password"]).reveal() == "pw"
    assert "unseen" not in found
    assert "pw" not in str(policy.make(obskit.Redaction(), lambda: None).protect({"value": value}))


def test_whatever_holds_a_secret_value_is_a_secret() -> None:
    """Whoever made it; it is not asked for the value."""

    class Vault:
        def get_secret_value(self) -> str:
            raise RuntimeError("from afar")

    assert isinstance(simplify(Vault()), Secret)


def test_a_field_that_raises_costs_itself_alone() -> None:
    """One that is not there is left out."""
    found = simplify(Duck())
    assert found.keys() == {"a", "broken"}
    assert found["a"] == 1
    with pytest.raises(ValueError, match="not to be had"):
        simplify(found["broken"])


def test_a_row_of_a_database_is_shown_by_its_columns() -> None:
    """SQLAlchemy's and sqlite3's."""
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.connect() as connection:
        row = connection.execute(sqlalchemy.text("select 1 as a, 'pw' as password")).one()
    engine.dispose()
    assert simplify(row) == {"a": 1, "password": "pw"}
    plain = sqlite3.connect(":memory:")
    plain.row_factory = sqlite3.Row
    assert simplify(plain.execute("select 1 as a, 'pw' as password").fetchone()) == {"a": 1, "password": "pw"}
    plain.close()


def test_what_pydantic_refused_is_not_shown() -> None:
    """A password that is too short is one all the same."""

    class Form(pydantic.BaseModel):
        password: str = pydantic.Field(min_length=20)

    with pytest.raises(pydantic.ValidationError) as caught:
        Form(password="hunter2-short")
    found = simplify(caught.value)
    assert found["message"] == "Form"
    assert found["errors"][0]["loc"] == ("password",)
    assert "hunter2" not in str(found)
