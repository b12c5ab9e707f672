from __future__ import annotations

import collections.abc
import datetime as dt
import decimal
import enum
import json
import uuid
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import obskit
from obskit.testing import capture


class Raising:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Logging:
    def __repr__(self) -> str:
        obskit.get_logger("inner").info("from repr", me=self)
        return "logging"


class Colour(enum.Enum):
    RED = ("r", 1)


@dataclass
class Order:
    number: int
    password: str


def cycle() -> list[Any]:
    made: list[Any] = [1]
    made.append(made)
    return made


def nest(depth: int) -> Any:
    made: Any = "core"
    for _ in range(depth):
        made = {"in": [made]}
    return made


HOSTILE = {
    "bytes": b"\xff\x00abc",
    "nan": float("nan"),
    "infinity": float("-inf"),
    "huge integer": 10**5000,
    "65 bits": 1 << 64,
    "lone surrogate": "a\ud800b",
    "surrogate key": {"\udfff": 1},
    "cycle": cycle(),
    "deep": nest(100),
    "wide": {f"k{n}": n for n in range(10_000)},
    "megabytes": "x" * 10_000_000,
    "escapes": "\x00\x1b\u2028" * 20_000,
    "repr raises": Raising(),
    "repr logs": Logging(),
    "exotic keys": {None: 1, 2.5: 2, (1, 2): 3, b"k": 4, Raising(): 5},
    "set": {1, 2},
    "generator": (n for n in range(3)),
    "decimal": decimal.Decimal("1.10"),
    "time": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    "uuid": uuid.UUID(int=1),
    "enum": Colour.RED,
    "dataclass": Order(1, "hunter2"),
    "exception": ValueError("v"),
    "class": dict,
}


@pytest.fixture(scope="module")
def schema() -> Any:
    return jsonschema.Draft202012Validator(json.loads((files("obskit") / "record" / "schema.json").read_text()))


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_value_yields_one_valid_line_within_limits(obskit_capture: Any, schema: Any, name: str) -> None:
    """Whatever is given, the line is there, valid, at most 64 KiB long, and nothing is raised."""
    obskit.get_logger("t").info("hostile", value=HOSTILE[name], after="kept")
    line = next(found for found in obskit_capture.records if found.message == "hostile")
    schema.validate(dict(line))
    assert len(orjson.dumps(line)) <= 65_536
    assert obskit.stats().internal_errors == 0


def test_limits_name_what_they_cut(obskit_capture: Any) -> None:
    """`truncated` holds the path of the value that did not fit."""
    obskit.get_logger("t").info("x", big="y" * 100_000, small=1)
    line = obskit_capture.records[0]
    assert line.truncated[0] == "context.big"


def test_a_generator_is_not_consumed(obskit_capture: Any) -> None:
    """Logging never changes what it is given."""
    values = (n for n in range(3))
    given_dict = {"password": "p", "n": [1]}
    obskit.get_logger("t").info("x", values=values, d=given_dict)
    assert list(values) == [0, 1, 2]
    assert given_dict == {"password": "p", "n": [1]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.none(), inner) | st.tuples(inner),
    max_leaves=20,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(fields=st.dictionaries(st.text(min_size=1), JSON, max_size=5), message=st.text() | JSON)
def test_any_structure_yields_one_valid_line(schema: Any, fields: dict[str, Any], message: Any) -> None:
    """Arbitrary nested data comes out as a schema-valid line."""
    with capture() as seen:
        obskit.get_logger("t").log(20, message, **{f"f_{k}": v for k, v in fields.items()})
        assert obskit.stats().internal_errors == 0
    assert len(seen.records) == 1
    schema.validate(dict(seen.records[0]))


def test_a_sequence_without_end_is_cut(obskit_capture: Any) -> None:
    """Only as much is taken as is kept."""

    class Sequence(collections.abc.Sequence[int]):
        def __len__(self) -> int:
            return 10**9

        def __getitem__(self, place: Any) -> Any:
            return place

    obskit.get_logger("t").info("x", value=Sequence())
    assert len(obskit_capture.records[0].context["value"]) == 1000
    assert obskit_capture.records[0].truncated == ["context.value"]


def test_a_secret_at_the_cut_of_a_stack_trace_is_not_halved(obskit_capture: Any) -> None:
    """Wherever the middle is taken out of a long trace, no part of a secret is left."""
    for size in range(15_900, 16_100, 7):
        try:
            raise ValueError("x" * size + " password=hunter2hunter2 " + "y" * 40_000)
        except ValueError as error:
            obskit.capture_exception(error)
    assert "hunter2" not in str(obskit_capture.records)


def test_a_value_marked_safe_stays_so_in_a_line_that_is_cut(obskit_capture: Any) -> None:
    """Cutting looks at nothing a second time."""
    obskit.get_logger("t").info("x", contact=obskit.safe("press@shop.example"), big="é" * 60_000)
    assert obskit_capture.records[0].context["contact"] == "press@shop.example"


def test_an_event_of_any_type_becomes_the_message(obskit_capture: Any) -> None:
    """A dict with a lone surrogate too."""
    obskit.get_logger("t").info({"a": "\ud800"})
    assert obskit_capture.records[0].message == '{"a":"?"}'
