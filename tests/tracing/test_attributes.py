from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from obskit.tracing.attributes import clean, fill, put, text_of


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError("no text")


class BrokenMapping(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        yield "a"

    def __len__(self) -> int:
        raise RuntimeError


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL, logger="obskit.tracing")


def test_hostile_values_become_their_type() -> None:
    """An object without a text doesn't raise."""
    assert clean(Hostile(), None) == "<Hostile>"
    assert clean([1, Hostile()], None) == (1, "<Hostile>")
    assert text_of(Hostile()) == "<unprintable Hostile>"


def test_cycles_end() -> None:
    """A list that holds itself is cut off."""
    cycle: list[Any] = []
    cycle.append(cycle)
    cleaned = clean(cycle, None)
    for _ in range(16):
        (cleaned,) = cleaned
    assert cleaned == "<list>"


def test_a_cyclic_mapping_ends() -> None:
    """A dict that holds itself is cut off."""
    cycle: dict[str, Any] = {}
    cycle["again"] = cycle
    assert "<dict>" in str(clean(cycle, None))


def test_attributes_that_cannot_be_read() -> None:
    """A mapping that raises, or no mapping at all, is left out."""
    target: dict[str, Any] = {"kept": 1}
    assert fill(target, BrokenMapping(), 10, None) == 0
    assert fill(target, ["no", "mapping"], 10, None) == 0  # type: ignore[arg-type]
    assert fill(target, BrokenMapping(), 0, None) == 0
    assert target == {"kept": 1}


def test_the_given_mapping_stays_as_it_is() -> None:
    """Cleaning never changes what the caller owns."""
    given: dict[Any, Any] = {"a": [1], 5: "x", "long": "text"}
    fill({}, given, 1, 2)
    assert given == {"a": [1], 5: "x", "long": "text"}


def test_the_kept_value_does_not_follow_the_caller() -> None:
    """A list that the caller changes later stays as it was given."""
    target: dict[str, Any] = {}
    items = [1]
    put(target, "a", items, None, None)
    items.append(2)
    assert target == {"a": (1,)}


def test_nested_strings_are_cut() -> None:
    """The limit on length holds at any depth."""
    assert clean({"a": ["12345"]}, 3) == {"a": ("123",)}
