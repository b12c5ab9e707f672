"""Any value that Hypothesis can think of, by any way in: one valid line."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.doors import LOGGER, LOGS, SPANS, log, troubles
from tests.hostile.naughty import EVERY
from tests.hostile.objects import METHODS, OBJECTS, SUBCLASSES, raising
from tests.hostile.written import Written

OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
SELDOM = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

Tone = enum.Enum("Tone", ["LOW", "HIGH"])


@dataclasses.dataclass
class Held:
    value: Any


_texts = st.text() | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Co"])) | st.sampled_from(EVERY)
_plain = (
    st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | st.floats() | _texts | st.binary()
    | st.complex_numbers() | st.decimals() | st.fractions() | st.uuids() | st.dates() | st.times() | st.timedeltas()
    | st.datetimes(timezones=st.none() | st.timezones(no_cache=False)) | st.sampled_from(Tone) | st.ip_addresses()
)  # fmt: skip
_keys = (
    st.none() | st.booleans() | st.integers() | _texts | st.binary() | st.floats() | st.tuples(st.integers(), st.text())
)
_plain_values = st.recursive(
    _plain, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(_keys, inner, max_size=6), max_leaves=25
)

# What makes a value, rather than the value: Hypothesis looks at what it draws.
Make = Callable[[], Any]
_makers: st.SearchStrategy[Make] = (
    _plain.map(lambda value: lambda: value)
    | st.sampled_from(sorted(OBJECTS)).map(OBJECTS.__getitem__)
    | st.sampled_from(sorted(SUBCLASSES)).map(SUBCLASSES.__getitem__)
    | st.lists(st.sampled_from(METHODS), min_size=1, max_size=6).map(lambda names: lambda: raising(*names))
)


def _listed(form: Callable[[list[Any]], Any]) -> Callable[[list[Make]], Make]:
    return lambda makers: lambda: form([make() for make in makers])


def _named(form: Callable[[dict[Any, Any]], Any]) -> Callable[[dict[Any, Make]], Make]:
    return lambda makers: lambda: form({name: make() for name, make in makers.items()})


def _within(inner: st.SearchStrategy[Make]) -> st.SearchStrategy[Make]:
    several, one = st.lists(inner, max_size=5), st.lists(inner, min_size=1, max_size=1)
    return st.one_of(
        several.map(_listed(list)),
        several.map(_listed(tuple)),
        several.map(_listed(collections.deque)),
        one.map(_listed(lambda items: Held(items[0]))),
        one.map(_listed(iter)),
        several.map(_listed(lambda items: ValueError(*items))),
        one.map(_listed(lambda items: ExceptionGroup("x", [ValueError(*items), KeyError(1)]))),
        st.dictionaries(_keys, inner, max_size=5).map(_named(dict)),
        st.dictionaries(_texts, inner, max_size=3).map(_named(collections.OrderedDict)),
    )


_values: st.SearchStrategy[Make] = st.recursive(_makers, _within, max_leaves=12)
_fields = st.dictionaries(_texts.map(lambda name: f"f{name}"), _values, max_size=5)
_ways: st.SearchStrategy[tuple[str, Callable[[Any], object]]] = st.sampled_from(sorted((LOGS | SPANS).items()))


def test_any_fields_leave_one_valid_line(written: Written) -> None:
    """Whatever they are called and whatever they hold, all of them are there."""

    @OFTEN
    @given(_values, _fields)
    def logged(message: Make, fields: dict[str, Make]) -> None:
        log.info(message(), **{name: make() for name, make in fields.items()})
        line = written.line()
        assert "truncated" in line or len(line.get("context", ())) <= len(fields)

    logged()


def test_plain_values_come_out_as_their_json(written: Written) -> None:
    """What JSON has a form for is the same when it is read."""
    harmless = (
        st.none() | st.booleans() | st.integers(-(2**63), 10**11) | st.floats(allow_nan=False, allow_infinity=False)
    )
    values = st.recursive(
        harmless, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner)
    )

    @OFTEN
    @given(values)
    def logged(value: Any) -> None:
        log.info("plain", amber=value)
        assert written.line()["context"]["amber"] == value

    logged()


def test_any_value_leaves_one_valid_line_by_any_way_in(written: Written) -> None:
    """A field, a message, an argument, a block, an error or a span."""

    @OFTEN
    @given(_plain_values.map(lambda value: lambda: value) | _values, _ways)
    def sent(make: Make, way: tuple[str, Callable[[Any], object]]) -> None:
        assert troubles(written, make, dict([way])) == []

    sent()


def test_any_template_and_arguments_leave_one_valid_line(written: Written) -> None:
    """Templates that do not fit what they are given among them."""
    pieces = st.sampled_from(("%s", "%d", "%r", "%(a)s", "%", "%%", "%5.2f", "%*d", "password ", "=", "{}")) | _texts
    templates = st.lists(pieces, max_size=6).map("".join)

    @SELDOM
    @given(templates, st.lists(_values, min_size=1, max_size=3))
    def logged(template: str, values: list[Make]) -> None:
        log.info(template, *[make() for make in values])
        assert written.line()["logger"] == LOGGER

    logged()


def test_any_time_has_the_form_of_its_standard(written: Written) -> None:
    """ISO 8601, which gives the same time when it is read."""

    @SELDOM
    @given(st.datetimes(timezones=st.none() | st.timezones() | st.just(dt.UTC)))
    def logged(value: dt.datetime) -> None:
        log.info("time", value=value, within=[value])
        context = written.line()["context"]
        assert context["value"] == context["within"][0] == value.isoformat()
        assert dt.datetime.fromisoformat(context["value"]) == value.replace(tzinfo=_fixed(value))

    logged()


def _fixed(value: dt.datetime) -> dt.tzinfo | None:
    offset = value.utcoffset()
    return None if offset is None else dt.timezone(offset)
