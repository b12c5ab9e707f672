"""The accelerator and the stages of the Python beside it give the same bytes, wherever it takes a record at all."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import obskit_speedups
from obskit.line import speedups
from obskit.line.fused import Fused
from obskit.protect.redactor import Redactor
from tests.protect.subjects import forget_re2
from tests.protect.test_spotless import LISTS, SUSPECTS, TELLING, WHAT_IS_THERE
from tests.redaction.corpus.catalog import negatives, positives
from tests.speedups.subjects import IDS, INFO, LINE_BYTES, STATIC, UNIT, WHEN, Subject, alone, examples, stages, subject

POLICIES: dict[str, dict[str, Any]] = {
    "default": {},
    "custom": {"custom": {"badge": r"BADGE-[0-9]{4}"}},
    "by_path": {"deny": ["context.order.note", "order_id"]},
    "few": {"detectors": ["email"]},
    "pseudonyms": {"pseudonym_key": "k" * 32},
}


@cache
def _subject(name: str = "default") -> Subject:
    return subject(**POLICIES[name])


def _agree(found: Subject, message: Any, fields: dict[str, Any], **given: Any) -> bool:
    """Assert that both ways agree; returns whether the accelerator took the record."""
    line = alone(found, message, fields, **given)
    if line is not None:
        assert line == stages(found.redactor, message, fields, **given)
    return line is not None


@cache
def _texts() -> list[str]:
    return [case.value for case in (*positives()[::20], *negatives()[::20]) if isinstance(case.value, str)]


class _Number(int):
    pass


class _Text(str):
    __slots__ = ()


NAMES = st.sampled_from([
    "order_id", "amount", "items", "größe", "status_code", "http.response.status_code", "password", "name", "value",
    "Key", "user", "request", "error", "event", 'q"x', "with space", "n" * 300, "", "pin", "keyboard", "\ud800",
])  # fmt: skip
TEXTS = (
    st.sampled_from(["order accepted", "", "EUR", "é ü 訂單", "\U0001f600", "a\tb", '"q"', "\\", "null", "\ud800",
                     "\x7f", "\u202e", "x" * 70_000])
    | st.deferred(lambda: st.sampled_from(_texts()))
    | st.text(max_size=20)
    | st.uuids().map(str)
)  # fmt: skip
SCALARS = TEXTS | st.integers(-(2**66), 2**66) | st.integers(-999, 999) | st.floats() | st.booleans() | st.none()
ODD = st.sampled_from([
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.date(2026, 1, 1), decimal.Decimal("1.50"), uuid.UUID(int=7), _Number(3),
    _Text("x"), b"raw", {1: 2}, set(), object, 1 + 2j,
])  # fmt: skip
VALUES = st.recursive(
    SCALARS | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=examples(800), deadline=None)
@given(
    policy=st.sampled_from(sorted(POLICIES)), message=TEXTS, fields=st.dictionaries(NAMES, VALUES, max_size=5),
    level=st.integers(1, 60), logger=st.sampled_from(["", "shop", "shop.orders", "ann@shop.example", 'a"b']),
)  # fmt: skip
def test_gives_the_line_of_the_stages(
    policy: str, message: str, fields: dict[str, Any], level: int, logger: str
) -> None:
    """Random records with odd names, near-secrets, escapes, nesting and odd types, under every policy."""
    found = _subject(policy)
    line = alone(found, message, fields, level=level, logger=logger)
    assert line is None or line == stages(found.redactor, message, fields, level=level, logger=logger)


@pytest.mark.parametrize("policy", POLICIES)
def test_never_leaves_a_secret_of_the_corpus(policy: str) -> None:
    """Every case as a message, as a field, below one and in a list: redacted where the stages redact it."""
    found = _subject(policy)
    taken = 0
    for case in (*positives()[::4], *negatives()[::4]):
        value = case.value
        if isinstance(value, str):
            taken += _agree(found, value, {})
            taken += _agree(found, "m", {"note": {"inner": value}})
            taken += _agree(found, "m", {"status_code": value})
        for fields in ({"value": value}, {"list": [{"a": value}]}, value if isinstance(value, dict) else {}):
            taken += _agree(found, "m", fields)
    # Nearly all of the harmless, and half of them without a text.
    assert taken > 2000


@settings(max_examples=examples(2000), deadline=None)
@given(
    st.floats()
    | st.decimals(-(10**9), 10**9, places=4).map(float)
    | st.integers(-(10**18), 10**18).map(lambda n: n / 1e6)
)
def test_writes_numbers_as_orjson_does(number: float) -> None:
    """Every float that is written at all has orjson's shortest form."""
    line = alone(_subject(), "m", {"amount": number})
    assert line is None or line.endswith(b'"amount":%b}}' % orjson.dumps(number))


def test_takes_what_records_are_made_of() -> None:
    """The plain records of applications don't go to Python: else nothing would be faster."""
    for fields in (
        {}, {"order_id": "o-17", "amount": 129.95, "express": True, "none": None, "items": 3},
        {"http.response.status_code": 200, "path": "/orders/17"}, {"größe": "ü"},
        {"order": {"id": "o-17", "customer": {"no": 5, "address": {"city": "Berlin", "geo": {"lat": 52.5}}}}},
        {"numbers": [1, 2, 3], "pair": (1.5, False)}, {f"field_{n}": n for n in range(200)},
        {"tags": ["new", "paid", "fra-2"]}, *SUSPECTS,
    ):  # fmt: skip
        assert _agree(_subject(), "order accepted", fields), fields


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "hunter22"}, {"name": "password", "value": "hunter22"}, {"tags": ["password", "hunter22"]},
        {"a": "\u202e"},
        {"deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}}, {"many": list(range(500))},
        {"nan": float("nan")},
        {"big": 2**70}, {"user": {"id": 5}}, {"a": _Text("x")}, {"a": "\ud800"}, {"x": "y" * 70_000},
        {f"n{n}": n for n in range(201)},
        {"a": "two\nlines"},
        *({**beside, **fields} for beside in SUSPECTS for fields in WHAT_IS_THERE),
    ],
)  # fmt: skip
def test_leaves_to_python_what_is_not_plain(fields: dict[str, Any]) -> None:
    """Telling names, texts in lists, what is deep, large, or no JSON: the way of all stages, with its own bytes."""
    found = _subject()
    assert alone(found, "m", fields) is None
    given = (WHEN, INFO, "m", "shop", UNIT, IDS, dict(fields), b"")
    assert found.quick(*given) == found.pure(*given)


@pytest.mark.parametrize("shape", LISTS, ids=["pair", "pairs", "argument", "in turns", "odd"])
def test_leaves_a_telling_name_in_a_list_to_python(shape: Callable[[str, Any], list[Any]]) -> None:
    """Also once the name was met, and beside what is only suspected."""
    for name in TELLING:
        for value in ("kay9x", 1701234567):
            for beside in ({}, SUSPECTS[0]):
                for _ in range(2):
                    fields = {"row": shape(name, value), **beside}
                    _agree(_subject(), "order accepted", fields)


@settings(max_examples=examples(300), deadline=None)
@given(st.integers(-(2**70), 2**70) | st.integers(0, 2**63 - 1))
def test_writes_the_time_as_python_does(when: int) -> None:
    """Any nanosecond from 1970 on that 64 bits hold, to the microsecond; what lies outside is Python's."""
    found = _subject()
    given = (when, INFO, "m", "shop", UNIT, IDS, {"a": 1}, b"")
    line = found.alone(*given)
    assert line == (found.pure(*given) if 0 <= when < 2**63 else None)


def test_gives_the_sampling_block_and_the_limit_their_places() -> None:
    """The block is last; a record whose values are longer than a line allows is left."""
    found = _subject()
    block = b',"sampling":{"rate":0.25,"reason":"head"}'
    given = (WHEN, INFO, "m", "shop", b"", b"", {"a": 1}, block)
    line = found.alone(*given)
    assert line == found.pure(*given)
    assert line.endswith(block + b"}")
    room = LINE_BYTES - 1024 - len('"m"{"a":""}')
    assert [alone(found, "m", {"a": "-" * length}) is None for length in (room, room + 1)] == [False, True]


def test_goes_without_a_scanner_where_a_pattern_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A custom detector that may match anywhere has no pattern for the automaton: Python's prefilter is asked."""
    anything = subject(custom={"odd": r"(?<=x)odd"}).redactor
    assert speedups.scanner(obskit_speedups, anything.finder) is None
    monkeypatch.setattr(speedups, "scanner", lambda *_: None)
    found = subject()
    taken = [_agree(found, "m", {"note": text}) for text in ("plain", "ann@shop.example", "password=hunter22")]
    assert taken == [True, False, False]


def test_asks_python_about_letters_outside_of_ascii() -> None:
    """The automaton reads ASCII: about other letters RE2, or `re`, is asked, once for the whole record."""
    found = _subject()
    assert alone(found, "m", {"a": "ü"}) is not None
    assert alone(found, "m", {"a": "пароль=hunter22"}) is None


def test_agrees_without_re2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the prefilter is one of plain `re`."""
    forget_re2(monkeypatch)
    found = subject()
    taken = [_agree(found, text, {"note": text}) for text in _texts()[::3]]
    assert sum(taken) > 50


def test_is_not_made_where_nothing_is_redacted() -> None:
    """Without detectors there is no scan to be faster about: the one in Python stays."""
    redactor = Redactor(None, None, lambda: None)
    pure = Fused(STATIC, redactor, LINE_BYTES)
    assert speedups.accelerated(obskit_speedups, pure, redactor) is pure
