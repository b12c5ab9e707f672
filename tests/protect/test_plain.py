from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import io
import ipaddress
import pathlib
import re
import textwrap
import threading
import types
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

import obskit
from obskit.protect import policy
from obskit.protect.plain import MOST_ITEMS, shown, simplify
from obskit.protect.redactor import Redactor


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


class Part(float):
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]


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

    def total(self) -> int:
        return self.number


class Pair(NamedTuple):
    a: int
    b: int


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Colour.RED, "red"),
        (Colour.PAIR, ["r", 1]),
        (Number.ONE, 1),
        (Whole(7), 7),
        (Part(0.5), 0.5),
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
        (pathlib.PureWindowsPath("a"), "a"),
        (ipaddress.ip_address("192.0.2.1"), "192.0.2.1"),
        (ipaddress.ip_network("2001:db8::/32"), "2001:db8::/32"),
        (urllib.parse.urlsplit("https://u:p@h/x?q=1"), "https://u:p@h/x?q=1"),
        (urllib.parse.urlparse(b"https://h/x"), "https://h/x"),
        (urllib.parse.urldefrag("https://h/x#f"), "https://h/x#f"),
        (re.compile("a" * 300), f"re.compile({'a' * 300!r})"),
        (re.match("(?P<name>b+)", "bb"), {"match": "bb", "span": [0, 2], "groups": {"name": "bb"}}),
        (re.match("b" * 90, "b" * 90), {"match": "b" * 90, "span": [0, 90]}),
        (collections.UserString("text"), "text"),
        (ValueError("wrong"), "ValueError: wrong"),
        (types.MappingProxyType({"a": 1}), {"a": 1}),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.deque([1, 2]), [1, 2]),
        ((1, 2), [1, 2]),
        (Pair(1, 2), {"a": 1, "b": 2}),
        (frozenset([1]), [1]),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.values(), [1]),
        (range(10**12), "range(0, 1000000000000)"),
        (Order(1), {"number": 1}),
        (Order, f"{__name__}.Order"),
        (dict, "dict"),
        (len, "len"),
        (textwrap.dedent, "textwrap.dedent"),
        (Order(1).total, f"{__name__}.Order.total"),
        (textwrap, "textwrap"),
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
    return policy.make(obskit.Redaction(), lambda: failures.append(1))


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


class LyingRepr:
    def __repr__(self) -> str:
        return 7  # type: ignore[return-value]


class Recursing:
    def __repr__(self) -> str:
        return f"<{self!r}>"


class Proxy:
    def _get_current_object(self) -> Any:
        raise RuntimeError("outside of a request")


@pytest.mark.parametrize(
    "make",
    [
        Raising, RaisingLength, RaisingItems, RaisingText, LyingRepr, Recursing, Proxy,
        lambda: Order(Raising()),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_value_that_raises_costs_itself_alone(redactor: Redactor, failures: list[int], make: Any) -> None:
    """It is marked and counted, its neighbours stand."""
    value = make()
    found = redactor.protect({"before": 1, "value": value, "after": "text"})
    assert (found["before"], found["after"]) == (1, "text")
    assert "[REDACTED:error]" in str(found["value"])
    assert failures == [1]


class LyingClass:
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return str


def unhashable() -> Any:
    class Meta(type):
        def __hash__(cls) -> int:
            raise RuntimeError("no hash")

        def __getattribute__(cls, name: str) -> Any:
            raise RuntimeError("no attributes")

    class Unhashable(metaclass=Meta):
        def __repr__(self) -> str:
            return "<unhashable>"

    return Unhashable()


class LyingAttributes:
    def __getattr__(self, name: str) -> Any:
        return lambda *_: [("password", "x")]

    def __repr__(self) -> str:
        return "<lying>"


@pytest.mark.parametrize("make", [LyingClass, unhashable, LyingAttributes])
def test_what_an_object_says_of_its_class_is_not_believed(make: Any) -> None:
    """Its real class decides what it is shown as."""
    assert simplify(make()).startswith("<")


class Logging:
    calls = 0

    def __repr__(self) -> str:
        type(self).calls += 1
        obskit.get_logger("inner").info("once", me=Logging())
        obskit.get_logger("inner").info("twice", me=self)
        return "logging"


def test_a_repr_that_logs_its_own_kind_ends_soon(obskit_capture: Any) -> None:
    """A few calls deep, so that two log calls in it don't double without end."""
    Logging.calls = 0
    obskit.get_logger("outer").info("begin", me=Logging())
    assert obskit_capture.records[-1].context["me"] == "logging"
    assert Logging.calls < 10


def test_a_long_repr_is_cut_between_words() -> None:
    """A word is kept whole or not at all: half a secret would not be known for one."""

    class Long:
        def __repr__(self) -> str:
            return "secret-word " * 20_000

    text = simplify(Long())
    assert len(text) <= 100_001
    assert set(text.removesuffix("…").split()) == {"secret-word"}


def test_a_text_of_another_type_becomes_an_exact_one() -> None:
    """Also what a `repr` returns."""

    class Odd:
        def __repr__(self) -> str:
            return Text("odd")

    assert type(shown(Odd())) is str
    assert type(simplify(Odd())) is str


def test_marks_are_handed_on() -> None:
    """The redactor itself deals with them."""
    secret, safe = obskit.secret("x"), obskit.safe("y")
    assert simplify(secret) is secret
    assert simplify(safe) is safe
    assert simplify(enum.Enum("Held", {"A": secret}).A) is secret


def test_a_key_of_any_type_becomes_text(redactor: Redactor) -> None:
    """Also one whose text can't be had."""
    found = redactor.protect({2: "a", None: "b", True: "c", Colour.RED: "d", (1, 2): "e", Raising(): "f", b"k": "g"})
    assert found == {"2": "a", "None": "b", "True": "c", "red": "d", "[1, 2]": "e", "(Raising)": "f", "k": "g"}


def test_an_iterator_is_not_consumed() -> None:
    """The application still gets every item."""
    numbers = iter([1, 2, 3])
    words = (word for word in ["a", "b"])
    file = io.StringIO("line")
    lock = threading.Lock()
    assert "iterator" in simplify(numbers)
    assert "generator" in simplify(words)
    assert "StringIO" in simplify(file)
    assert "unlocked" in simplify(lock)
    assert (list(numbers), list(words), file.read()) == ([1, 2, 3], ["a", "b"], "line")
    assert lock.acquire(blocking=False)


def test_no_more_is_taken_than_shows_that_there_is_more() -> None:
    """Of a container of any size."""
    for many in (range(5000), dict.fromkeys(range(5000)), set(range(5000)), collections.deque(range(5000))):
        given = list(many) if isinstance(many, range) else many
        assert len(simplify(given)) == MOST_ITEMS + 1


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

    found = redactor.protect({"colour": Colour.PAIR, "odd": Odd.SHOWN, "set": Odd.SET, "number": Number.ONE})
    assert found["odd"] == "<shown>"
    assert found["set"] == [1]
    assert found["number"] == 1
    assert found["colour"] == ["r", 1]
