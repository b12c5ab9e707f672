from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import pathlib
import types
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from obskit.protect.keys import Keys
from obskit.protect.plain import simplify
from obskit.protect.redactor import Redactor
from obskit.protect.values import Values


class Colour(enum.Enum):
    RED = "red"
    PAIR = ("r", 1)


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Whole(int):
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Shown:
    def __repr__(self) -> str:
        return "<shown>"


class Scalar:
    """What numpy's and pandas' values have in common."""

    def __init__(self, ndim: int, value: Any) -> None:
        self.ndim = ndim
        self._value = value

    def item(self) -> Any:
        return self._value

    def __repr__(self) -> str:
        return "Scalar"


class Raising:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


@dataclasses.dataclass
class Order:
    number: int
    hidden: str = dataclasses.field(default="x", repr=False)


class Pair(NamedTuple):
    a: int
    b: int


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Colour.RED, "red"),
        (Colour.PAIR, ("r", 1)),
        (Number.ONE, 1),
        (Whole(7), 7),
        (Text("text"), "text"),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        (2**63, "9223372036854775808"),
        (-(2**63) - 1, "-9223372036854775809"),
        (1 << 100_000, "an integer of 100001 bits"),
        (0.5, 0.5),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (Scalar(0, 3), 3),
        (Scalar(0, True), True),
        (Scalar(1, 3), "Scalar"),
        (Scalar(0, 1j), "Scalar"),
        (b"caf\xc3\xa9 \xff", "café \\xff"),
        (bytearray(b"ab"), "ab"),
        (memoryview(b"ab"), "ab"),
        (dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.UTC), "2026-01-02T03:04:05.000006+00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.time(3, 4), "03:04:00"),
        (dt.timedelta(minutes=1, milliseconds=500), 60.5),
        (decimal.Decimal("1.10"), "1.10"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (pathlib.PurePosixPath("/a/b"), "/a/b"),
        (ValueError("wrong"), "ValueError: wrong"),
        (types.MappingProxyType({"a": 1}), {"a": 1}),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.deque([1, 2]), [1, 2]),
        ((1, 2), [1, 2]),
        (Pair(1, 2), [1, 2]),
        (frozenset([1]), [1]),
        ({"a": 1}.keys(), ["a"]),
        (range(10**12), "range(0, 1000000000000)"),
        (Order(1), {"number": 1}),
        (Order, repr(Order)),
        (fractions.Fraction(1, 3), "Fraction(1, 3)"),
        (Shown(), "<shown>"),
        (1j, "1j"),
        (..., "Ellipsis"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_value_has_a_plain_form(value: Any, plain: Any) -> None:
    """The exact one, and of an exact type where the caller's is a subclass."""
    found = simplify(value)
    assert found == plain
    assert type(found) is type(plain)


@pytest.fixture
def failures() -> list[int]:
    return []


@pytest.fixture
def redactor(failures: list[int]) -> Redactor:
    return Redactor(Keys(), Values(), lambda: failures.append(1))


class RaisingLength(Sequence[int]):
    def __len__(self) -> int:
        raise RuntimeError("no length")

    def __getitem__(self, index: Any) -> Any:
        raise RuntimeError("no items")


class RaisingItems(Mapping[str, int]):
    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("no items")

    def __getitem__(self, key: str) -> int:
        raise KeyError(key)


class RaisingText(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class LyingClass:
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError("no class")


@pytest.mark.parametrize(
    "make",
    [Raising, RaisingLength, RaisingItems, RaisingText, LyingClass, lambda: Order(Raising())],  # type: ignore[arg-type]
)
def test_a_value_that_raises_costs_itself_alone(redactor: Redactor, failures: list[int], make: Any) -> None:
    """It is marked and counted, its neighbours stand."""
    value = make()
    shown = redactor.protect({"before": 1, "value": value, "after": "text"})
    assert (shown["before"], shown["after"]) == (1, "text")
    assert "[REDACTED:error]" in str(shown["value"])
    assert failures == [1]


def test_a_key_of_any_type_becomes_text(redactor: Redactor) -> None:
    """Also one whose text can't be had."""
    shown = redactor.protect({2: "a", None: "b", True: "c", Colour.RED: "d", (1, 2): "e", Raising(): "f"})
    assert shown == {"2": "a", "None": "b", "True": "c", "red": "d", "[1, 2]": "e", "(Raising)": "f"}


def test_an_iterator_is_not_consumed() -> None:
    """The application still gets every item."""
    numbers = iter([1, 2, 3])
    words = (word for word in ["a", "b"])
    assert "iterator" in simplify(numbers)
    assert "generator" in simplify(words)
    assert (list(numbers), list(words)) == ([1, 2, 3], ["a", "b"])


def test_the_callers_object_is_not_changed(redactor: Redactor) -> None:
    """What comes out is a copy."""
    given = {"password": "x", "list": [Colour.RED], "order": Order(1)}
    redactor.protect(given)
    assert given == {"password": "x", "list": [Colour.RED], "order": Order(1)}


def test_an_enum_whose_value_is_no_plain_one_is_shown(redactor: Redactor) -> None:
    """As text, or as its items, whatever its author put there."""

    class Odd(enum.Enum):
        SHOWN = Shown()
        SET = frozenset([1])

    shown = redactor.protect({"colour": Colour.PAIR, "odd": Odd.SHOWN, "set": Odd.SET, "number": Number.ONE})
    assert shown["odd"] == "<shown>"
    assert shown["set"] == [1]
    assert shown["number"] == 1
    assert shown["colour"] == ["r", 1]
