from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.protect.glance import Busy, gather
from obskit.protect.redactor import Redactor
from tests.protect.subjects import make

HARMLESS = {"a", "b", "order", "name", "value"}


def test_a_plain_value_is_copied_and_its_texts_are_gathered() -> None:
    """A change of the original afterwards is not seen."""
    texts: list[str] = []
    given_value = {"a": "x", "b": {"order": ["y", 1, 1.5, None, True]}}
    copy = gather(given_value, texts, HARMLESS)
    assert copy == given_value
    given_value["b"]["order"].append("z")  # type: ignore[index]
    given_value["a"] = "changed"
    assert copy == {"a": "x", "b": {"order": ["y", 1, 1.5, None, True]}}
    assert [text for text in texts if text.strip("=\n")] == ["x", "y"]


class Text(str):
    """A text that may do anything."""

    __slots__ = ()


class Number(int):
    """A number that may do anything."""


@pytest.mark.parametrize(
    "value",
    [
        {"a": ("x",)},
        {"a": {1, 2}},
        {"a": b"x"},
        {"a": Ellipsis},
        {"a": Text("x")},
        {"a": Number(1)},
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": 10**11},
        {"a": -(1 << 64)},
        {"a": 4111111111111111},
        {1: "x"},
        {Text("a"): "x"},
        {"unknown": "x"},
        {"a": {"name": "x", "value": "x"}},
        {"a": {str(n): 1 for n in range(300)}},
        {"a": [1] * 300},
        {"a": [[[[[[[[[[1]]]]]]]]]]},
        "text",
        1,
        None,
        type("Own", (dict,), {})(),
    ],
    ids=repr,
)
def test_what_needs_a_walk_is_left_to_it(value: Any) -> None:
    """Other types, large and odd numbers, names that are not judged yet, dicts that spell out names, depth, length."""
    with pytest.raises(Busy):
        gather(value, [], HARMLESS)


def test_names_that_are_not_judged_are_named() -> None:
    """So that they are judged once."""
    with pytest.raises(Busy) as caught:
        gather({"a": 1, "new": 2, "newer": 3}, [], HARMLESS)
    assert caught.value.names == ("new", "newer")


class Walking(Redactor):
    """A redactor that never takes the quick way."""

    __slots__ = ()

    def _nothing_to_do(self, record: dict[str, Any], limit: int) -> bool:
        return False


@pytest.fixture(scope="module")
def walking() -> Walking:
    """Return one of the default policy."""
    quick = make()
    return Walking(quick.keys, quick.finder, lambda: None)


QUICK = make()
NAMES = st.sampled_from(["a", "order", "user", "password", "name", "value", "status", "email", "ip", "path", "x.y", ""])
LEAVES = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats()
    | st.sampled_from(["", "x", "order 17", "ann@shop.example", "password", "hunter22", "--password", "8.8.4.17",
                       "password: hunter22", "pass%77ord", "é", "\ud800", "key=", "token"])
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=10
)


@settings(max_examples=200, deadline=None)
@given(message=st.sampled_from(["order created", "password", "mail ann@shop.example", "x" * 2900]),
       context=st.dictionaries(NAMES, VALUES, max_size=5), limit=st.sampled_from([3_000, 10_000]))  # fmt: skip
def test_the_quick_way_and_the_walk_give_the_same_record(
    walking: Walking, message: str, context: dict[str, Any], limit: int
) -> None:
    """Whatever a record holds, and however little may be kept of it."""
    record = {"timestamp": "t", "message": message, "context": context, "user": {"id": 7}}
    quick = [QUICK.record(deepcopy(record), limit) for _ in range(2)]
    assert repr(quick[0]) == repr(quick[1]) == repr(walking.record(deepcopy(record), limit))


@pytest.mark.parametrize("value", [
    {"a": {f"x{n}": [1] * 150 for n in range(150)}}, {"a": [[None] * 150] * 150}, {"a": {"b": ["y" * 100] * 150}},
], ids=["fields", "items", "texts"])  # fmt: skip
def test_the_quick_way_keeps_to_the_limit(value: dict[str, Any]) -> None:
    """Numbers and names take room, too."""
    for _ in range(2):
        record = QUICK.record({"message": "m", "context": deepcopy(value)}, 10_000)
        assert "truncated" in record
        assert len(repr(record)) < 30_000


def test_the_callers_containers_are_not_those_of_the_record() -> None:
    """Another thread may change them while the line is written."""
    inner: dict[str, Any] = {"order": ["x"]}
    for _ in range(2):
        record = QUICK.record({"message": "m", "context": inner}, 10_000)
        assert record["context"] == inner
        assert record["context"] is not inner and record["context"]["order"] is not inner["order"]
