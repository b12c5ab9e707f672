"""Lines of JSON of any shape through `obskit redact`."""

from __future__ import annotations

import json
import random
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.commands.redact_lines import Lines
from obskit.settings.load import load

MAIL = "jo@shop.example"
WORDS = st.text(st.sampled_from('abcxyz é\n"\\'), max_size=8)
NAMES = st.text(st.sampled_from("abcxyz"), min_size=1, max_size=4).map(lambda name: f"f_{name}")
LEAVES = (
    WORDS | st.none() | st.booleans() | st.integers(-999, 999) | st.floats(-9, 9).map(lambda number: round(number, 3))
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=5))
LINES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=6) | st.lists(VALUES, min_size=1, max_size=6)


def lines() -> Lines:
    policy = load({}, {"OBSKIT_SERVICE": "test"}).redaction
    assert policy is not None

    def failed() -> None:
        raise AssertionError

    return Lines(policy, failed)


ONE = lines()


def planted(value: Any, rng: random.Random) -> Any:
    """Return a copy in which one place holds an address."""
    if isinstance(value, dict) and value:
        name = rng.choice(list(value))
        return {**value, name: planted(value[name], rng)}
    if isinstance(value, list) and value:
        at = rng.randrange(len(value))
        return [*value[:at], planted(value[at], rng), *value[at + 1 :]]
    return MAIL


def put(value: Any) -> Any:
    """Return a value with the marker where the address is."""
    if isinstance(value, dict):
        return {name: put(item) for name, item in value.items()}
    if isinstance(value, list):
        return [put(item) for item in value]
    return "[REDACTED:email]" if value == MAIL else value


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from([None, 2]), st.booleans())
def test_a_structure_without_secrets_comes_out_as_it_was(value: Any, indent: int | None, ascii_only: bool) -> None:
    """Byte for byte, whatever blanks and escapes its writer likes."""
    line = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":") if indent else None).encode() + b"\n"
    assert ONE.redact(line) == line
    assert ONE.found() == []


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_a_secret_at_any_place_goes_and_its_neighbours_stay(value: Any, rng: random.Random) -> None:
    """One find is told, and everything else is equal."""
    line = planted(value, rng)
    assert orjson.loads(ONE.redact(orjson.dumps(line))) == put(line)
    assert [find.kind for find in ONE.found()] == ["email"]


@pytest.mark.parametrize("seed", range(8))
def test_wide_and_deep_structures_lose_nothing(seed: int) -> None:
    """Some hundred names, some thousand items, dozens of levels, in any mixture."""
    rng = random.Random(seed)

    def grown(depth: int) -> Any:
        if depth == 0 or rng.random() < 0.15:
            return rng.choice(["word", 7, None, MAIL, True, 1.5])
        if rng.random() < 0.5:
            return [grown(depth - 1) for _ in range(rng.choice([1, 2, 3]))]
        return {f"f{number}": grown(depth - 1) for number in range(rng.choice([1, 2]))}

    value: Any = {"wide": [grown(4) for _ in range(2100)], "many": {f"f_{n}": grown(2) for n in range(1300)}}
    for level in range(30):
        value = {"in": value, "beside": grown(3)} if level % 2 else [grown(2), value]
    out = ONE.redact(orjson.dumps(value))
    assert orjson.loads(out) == put(value)
    assert len(ONE.found()) == orjson.dumps(value).count(MAIL.encode())
