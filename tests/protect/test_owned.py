"""Plain values are copied and serialised; whatever runs code of others, or has no end, is left."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import orjson
import pytest

from obskit.protect.owned import Within, filled, owned, serialised, serialised_event


@pytest.mark.parametrize(("value", "expected"), [
    ({"a": 1, "b": None}, b'{"a":1,"b":null}'), ({"a": math.inf}, None), ({"a": object()}, None),
    ({"a": "\ud800"}, None), (("pin", 1234), None), ({"a": [("pin", 1234)]}, None),
], ids=["null", "endless", "object", "surrogate", "pair", "pair within"])  # fmt: skip
def test_plain_values_can_be_kept_for_later(value: Any, expected: bytes | None) -> None:
    """What JSON can't say is left to the walk; a pair of a name and its value would be lost in a list."""
    assert serialised(value) == expected


@pytest.mark.parametrize("fields", [
    {}, {"a": 1, "b": "x", "c": None}, {"a": {"b": [1, {"c": 2}]}}, {"a": math.nan}, {"a": object()}, {"a": "\ud800"},
    {1: 2}, {f"n{n}": n for n in range(201)}, {"at": dt.date(2026, 1, 31)},
], ids=["none", "flat", "nested", "no number", "object", "surrogate", "odd key", "many", "date"])  # fmt: skip
def test_an_event_is_kept_as_its_parts_are(fields: dict[Any, Any]) -> None:
    """The short way of flat fields gives what the other one gives."""
    assert serialised_event("m", fields) == serialised(["m", fields])


def test_a_copy_has_no_container_in_common() -> None:
    """Another thread may change the original meanwhile."""
    inner: dict[str, Any] = {"list": [{"deep": 1}]}
    copy = filled({"a": inner}, Within(10))
    inner["list"][0]["deep"] = 2
    inner["late"] = 3
    assert copy == {"a": {"list": [{"deep": 1}]}}


def test_names_and_texts_that_may_name_are_noted() -> None:
    """The names of each dict below the fields; of lists the first of a pair, every other one, and options."""
    within = Within(10)
    filled({"a": {"b": 1, "c": {"d": 2}}, "e": ["pin", "1"], "f": ["run", "--pin", "1"], "g": ["x"]}, within)
    assert within.names == [("b", "c"), ("d",)]
    assert within.listed == ["pin", "--pin", "pin"]


def test_what_stands_in_many_places_is_not_written_without_end() -> None:
    """A small value can be endless as text."""
    value: Any = [1]
    for _ in range(30):
        value = [value, value]
    with pytest.raises(TypeError):
        owned(value, Within(200))
    assert orjson.loads(serialised([[1]] * 3) or b"") == [[1]] * 3
