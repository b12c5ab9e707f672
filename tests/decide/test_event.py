"""Telling events apart."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.decide import event


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order 17 failed", "order 4711 failed"),
        ("took 0.25 s", "took 12.5 s"),
        ("at 0xdeadbeef", "at 0x7f00"),
        ("GET /orders/17 500", "GET /orders/18 500"),
        ("unit 0193ab3c-77aa-7bcd-8abc-0123456789ab", "unit ffffffff-ffff-ffff-abcd-ffffffffffff"),
        ("no user ann@example.org", "no user bob@example.com"),
        ("no user 'ann'", "no user 'bob smith'"),
        ('no user "ann"', 'no user "bob"'),
        ('{"order": 17}', '{"order": 18}'),
        (ValueError("no 17"), ValueError("no 18")),
        (b"a", b"b"),
        (1, 250),
        ({"order": 17}, {"order": 18}),
    ],
)
def test_values_make_no_other_event(one: object, other: object) -> None:
    """Texts that differ in numbers, ids, addresses or quoted text are one event."""
    assert event.kind(one) == event.kind(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order failed", "order shipped"),
        ("can't open, won't wait", "can't close, won't wait"),
        ('{"event": "login"}', '{"event": "logout"}'),
        (ValueError("no stock"), ValueError("no money")),
        (ValueError("no"), KeyError("no")),
        ({"order": 17}, {"user": 17}),
        ("x", b"x"),
        (1, 1.0),
    ],
)
def test_words_make_another_event(one: object, other: object) -> None:
    """Texts that differ in their words are events of their own."""
    assert event.kind(one) != event.kind(other)


class Hostile:
    """Raises wherever it is asked."""

    def __str__(self) -> str:
        raise ValueError

    def __getattribute__(self, name: str) -> Any:
        raise ValueError


class Text(str):
    """A text with methods of its own."""

    __slots__ = ()

    def __str__(self) -> str:
        raise ValueError

    def __len__(self) -> int:
        raise ValueError

    def __getitem__(self, key: Any) -> str:
        raise ValueError

    __hash__ = None  # type: ignore[assignment]


def nameless() -> object:
    """Return an object of a class that does not tell its name."""

    class Named(type):
        def __getattribute__(cls, name: str) -> Any:
            raise ValueError

    class Nameless(metaclass=Named):
        pass

    return Nameless()


@pytest.mark.parametrize("make", [Hostile, lambda: Text("order 17"), nameless], ids=["object", "text", "class"])
def test_what_an_object_raises_reaches_nobody(make: Callable[[], object]) -> None:
    """An event that can't be asked what it is is an event all the same."""
    hostile = make()
    assert isinstance(event.kind(hostile), str)
    assert isinstance(event.example(hostile), str)


def test_a_subclass_of_text_is_its_text() -> None:
    """A text of another class is the same event, and the same message."""
    assert event.kind(Text("order 17")) == event.kind("order 18")
    assert event.example(Text("order 17")) == "order 17"


def test_an_object_that_asks_again_gets_an_answer() -> None:
    """A __str__ that logs its own object does not go on for ever."""
    asked = []

    class Again:
        def __str__(self) -> str:
            asked.append(event.kind(self))
            return "again"

    assert "again" in event.kind(Again())
    assert len(asked) == 1


def test_a_long_text_is_not_cut_in_its_values() -> None:
    """Of a long text a summary shows leading words only; what looks like part of a secret is not among them."""
    secret = "QUJD" * 100
    assert event.example(f"upload failed for token={secret}") == "upload failed for … (424 characters)"
    assert event.example(secret) == "… (400 characters)"
    assert event.example("x" * event.LONGEST) == "x" * event.LONGEST


@given(st.text(max_size=400))
def test_any_text_is_an_event(text: str) -> None:
    """Every text has a kind and an example, both within bounds."""
    assert len(event.kind(text)) <= event.LONGEST
    assert len(event.example(text)) <= event.LONGEST


@pytest.mark.parametrize("part", ["a", "'", '"', "@", "a@", "@a", '"a', "1", "a ", "a-", "_", "é", "ab-", "\0", "'@1"])
def test_no_text_takes_long(part: str) -> None:
    """A text of megabytes takes no longer than its beginning."""
    text = part * 5_000_000
    begun = time.process_time()
    for _ in range(100):
        event.kind(text)
    assert time.process_time() - begun < 0.5
