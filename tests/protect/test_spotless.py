"""What needs no look is serialised at once, and nothing else is."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import uuid
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.protect.redactor import Redactor
from obskit.protect.spotless import Spotless
from obskit.protect.vocabulary import DOUBTFUL, DOUBTFUL_PAIRS, ENDINGS, PAIRS, WORDS
from obskit.protect.walk import Walk
from tests.protect.subjects import forget_re2, make
from tests.protect.test_glance import NAMES, VALUES
from tests.redaction.corpus.catalog import positives

LIMIT = 60_000
POLICIES = (make(), make(deny=["order.x"], allow=["a"]))


def spotless(redactor: Redactor) -> Spotless:
    """Return the redactor's own."""
    found = redactor.spotless
    assert found is not None
    return found


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """Return one of the default policy."""
    return make()


def walked(redactor: Redactor, message: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what the walk makes of the same record, without any short cut."""
    walk = Walk(redactor, LIMIT)
    parts = {"message": walk.part("message", message), "context": walk.part("context", deepcopy(fields))}
    return orjson.loads(orjson.dumps(walk.finished(parts)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("fields", [
    {}, {"order_id": "o-17", "amount": 129.95, "items": 3, "express": True},
    {"order": {"city": "Berlin", "geo": {"lat": 52.5}}}, {"at": dt.datetime(2026, 1, 31, tzinfo=dt.UTC)},
    {"price": decimal.Decimal("1.10")}, {"counts": [1, 2, 3]},
], ids=["none", "flat", "nested", "time", "decimal", "numbers"])  # fmt: skip
def test_plain_records_are_serialised_at_once(redactor: Redactor, fields: dict[str, Any]) -> None:
    """Message and fields come out as JSON, which the long way would have left as it is."""
    given = spotless(redactor).event("order accepted", fields, LIMIT)
    assert given is not None
    assert orjson.loads(given[0]) == "order accepted"
    assert orjson.loads(given[1]) == walked(redactor, "order accepted", fields).get("context")


@pytest.mark.parametrize("fields", [
    {"password": "x"}, {"a": {"token": 1}}, {"a": "ann@shop.example"}, {"a": "line\nline"}, {"a": math.nan},
    {"a": ["password", "hunter22"]}, {"name": "password", "value": "hunter22"}, {"a": {"Name": "x", "VALUE": "y"}},
    {"user": {"id": 1}}, {"request": {}}, {"error": 1}, {"a": object()}, {"a": "\ud800"}, {1: 2},
    {"a": 1 << 64}, {"a": 4111111111111111}, {"a": "x" * LIMIT}, {"a": {"b": {"c": [{"d": [[[[[1]]]]]}]}}},
    {f"k{n}": n for n in range(300)}, {"a": None},
], ids=[
    "telling name", "telling name within", "address", "escape", "no number", "listed", "neighbours",
    "neighbours within", "user", "request", "error", "object", "surrogate", "odd key", "large", "card", "long", "deep",
    "many", "none",
])  # fmt: skip
def test_everything_else_is_left_to_the_walk(redactor: Redactor, fields: dict[Any, Any]) -> None:
    """Whatever may need a look, or has to be made plain first, or is no field of the context."""
    for _ in range(2):
        assert spotless(redactor).event("order accepted", fields, LIMIT) is None


def test_a_suspicious_message_is_left_to_the_walk(redactor: Redactor) -> None:
    """It is looked at together with the fields."""
    assert spotless(redactor).event("mail ann@shop.example", {}, LIMIT) is None


SUSPECTS: list[dict[str, Any]] = [
    {"job_id": "10d210a9ecd0a9dbf183218566425e82"}, {"digest": "586840019158ce60", "items": 3},
    {"waited": 0.123456789012345, "rate": 0.5}, {"tags": ["basket", "fra-2"], "digest": "bad7762212337706"},
    {"pool": {"size": 10, "free": 2}, "digest": "586840019158ce60"},
]  # fmt: skip
WHAT_IS_THERE: list[dict[str, Any]] = [
    {"number": "4111 1111 1111 1111"}, {"number": 4111111111111111}, {"to": "ann@shop.example"},
    {"parts": ["one", "4111111111111111"]}, {"file": {"by": "ann@shop.example"}}, {"parts": ["password", "hunter22"]},
]  # fmt: skip


@pytest.mark.parametrize("fields", SUSPECTS, ids=["hex", "digits", "floats", "list", "dict"])
def test_what_only_looks_like_a_secret_is_serialised_at_once(redactor: Redactor, fields: dict[str, Any]) -> None:
    """The scan suspects it, the detectors find nothing in it: the long way leaves it as it is, too."""
    found = spotless(redactor).event("order accepted", fields, LIMIT)
    assert found is not None
    assert orjson.loads(found[1]) == walked(redactor, "order accepted", fields)["context"] == fields


@pytest.mark.parametrize("fields", WHAT_IS_THERE, ids=str)
@pytest.mark.parametrize("beside", SUSPECTS, ids=["hex", "digits", "floats", "list", "dict"])
def test_a_secret_beside_what_only_looks_like_one_is_left_to_the_walk(
    redactor: Redactor, fields: dict[str, Any], beside: dict[str, Any]
) -> None:
    """Each value is looked at, not only the first that is suspected."""
    assert spotless(redactor).event("order accepted", {**beside, **fields}, LIMIT) is None
    assert spotless(redactor).event("order accepted", {**fields, **beside}, LIMIT) is None


TELLING = sorted({*WORDS, *DOUBTFUL, *ENDINGS, *map("_".join, PAIRS), *map("_".join, DOUBTFUL_PAIRS)})
LISTS: list[Callable[[str, Any], list[Any]]] = [
    lambda name, value: [name, value], lambda name, value: [[name, value], ["city", "Berlin"]],
    lambda name, value: ["run", f"--{name}", value], lambda name, value: ["city", "Berlin", name, value],
    lambda name, value: ["run", name, value],
]  # fmt: skip


@pytest.mark.parametrize("value", ["kay9x", "Hunter22!", 1701234567], ids=str)
@pytest.mark.parametrize("shape", LISTS, ids=["pair", "pairs", "argument", "in turns", "odd"])
def test_a_name_in_a_list_counts_at_once(
    redactor: Redactor, shape: Callable[[str, Any], list[Any]], value: Any
) -> None:
    """Whatever the vocabulary calls telling, with what is suspected and without: the walk's own outcome, or none."""
    for name in TELLING:
        for fields in ({"row": shape(name, value)}, {"row": shape(name, value), "job_id": SUSPECTS[0]["job_id"]}):
            expected = walked(redactor, "order accepted", fields)["context"]
            found = spotless(redactor).event("order accepted", fields, LIMIT)
            assert found is None or orjson.loads(found[1]) == expected, name
            for _ in range(2):
                record = redactor.record({"message": "order accepted", "context": deepcopy(fields)}, LIMIT)
                assert record["context"] == expected, name


def test_most_telling_names_in_a_list_hide_what_stands_behind_them(redactor: Redactor) -> None:
    """Else the comparison above would compare nothing."""
    rows = [{"row": ["city", "Berlin", name, "kay9x"]} for name in TELLING]
    assert sum(walked(redactor, "m", row)["context"] != row for row in rows) > len(rows) // 2


def test_the_names_in_lists_are_not_remembered_without_end(redactor: Redactor) -> None:
    """Texts come from outside."""
    for number in range(6_000):
        assert spotless(redactor).event("m", {"row": [f"n{number}", "x"]}, LIMIT) is not None
        assert spotless(redactor).event("m", {"row": {f"n{number}": "x" * 300}}, LIMIT) is not None
    assert 0 < len(spotless(redactor).quiet) <= 4096


class Colour(enum.Enum):
    """An enum whose values are plain."""

    RED = "red"


@pytest.mark.parametrize("value", [uuid.UUID(int=7), Colour.RED], ids=["uuid", "enum"])
def test_what_the_serialiser_knows_itself_comes_out_as_the_walk_shows_it(redactor: Redactor, value: Any) -> None:
    """Two ways, one form."""
    given = spotless(redactor).event("m", {"a": value}, LIMIT)
    assert given is None or orjson.loads(given[1]) == walked(redactor, "m", {"a": value})["context"]


@settings(max_examples=400, deadline=None)
@given(message=st.sampled_from(["order created", "password", "mail ann@shop.example", "tab\there"]),
       fields=st.dictionaries(NAMES, VALUES, max_size=5))  # fmt: skip
def test_what_is_serialised_at_once_is_what_the_long_way_gives(message: str, fields: dict[str, Any]) -> None:
    """Whatever a record holds."""
    for redactor in POLICIES:
        for _ in range(2):
            given = spotless(redactor).event(message, fields, LIMIT)
            if given is not None:
                expected = walked(redactor, message, fields)
                assert orjson.loads(given[0]) == expected["message"]
                assert orjson.loads(given[1]) == expected["context"]


def test_no_secret_of_the_corpus_is_serialised_at_once(redactor: Redactor) -> None:
    """What the long way changes is never plain: as a message, as a field, deep in a field, in a list."""
    slipped = []
    for case in positives():
        text = case.value
        forms: list[tuple[str, dict[str, Any]]]
        if isinstance(text, str):
            forms = [(text, {}), ("m", {"a": text}), ("m", {"a": {"b": {"c": text}}}), ("m", {"a": [text, "b"]})]
        elif isinstance(text, dict):
            forms = [("m", text), ("m", {"a": text})]
        else:
            forms = [("m", {"a": text})]
        for message, fields in forms:
            given = spotless(redactor).event(message, fields, LIMIT)
            if given is not None:
                expected = walked(redactor, message, fields)
                if (orjson.loads(given[0]), orjson.loads(given[1])) != (expected["message"], expected["context"]):
                    slipped.append((message, fields))
    assert slipped == []


@pytest.mark.parametrize(("ip", "address", "shown"), [
    ("truncate", "8.8.4.17", "8.8.4.0"), ("truncate", "127.0.0.1", "127.0.0.1"), ("keep", "8.8.4.17", "8.8.4.17"),
    ("remove", "8.8.4.17", "[REDACTED:ip]"), ("truncate", "2001:4860:4860::8888", "2001:4860:4860::"),
])  # fmt: skip
def test_an_address_under_its_name_is_shortened_at_once(ip: Any, address: str, shown: str) -> None:
    """Every request has one."""
    redactor = make(ip=ip)
    fields = {"client.address": address, "order": "o-17"}
    for _ in range(2):
        given = spotless(redactor).event("m", fields, LIMIT)
    assert given is not None
    assert orjson.loads(given[1]) == {**fields, "client.address": shown} == walked(redactor, "m", fields)["context"]


@pytest.mark.parametrize("fields", [
    {"client.address": "ann@shop.example"}, {"client.address": 7},
    {"client.address": "1.1.1.1", "a": "ann@shop.example"},
    {"client.address": "1.1.1.1", "a": {"password": "x"}}, {"client.address": "1.1.1.1", "password": "x"},
], ids=["no address", "number", "secret beside", "secret within", "telling name beside"])  # fmt: skip
def test_an_address_hides_nothing_beside_it(redactor: Redactor, fields: dict[str, Any]) -> None:
    """What else there is, is looked at as ever."""
    for _ in range(2):
        assert spotless(redactor).event("m", fields, LIMIT) is None


def test_a_path_of_a_policy_counts_at_once(redactor: Redactor) -> None:
    """What is nested is walked where names count by their paths."""
    by_path = make(deny=["context.total", "order.total"])
    assert spotless(by_path).event("m", {"total": 1}, LIMIT) is None
    assert spotless(by_path).event("m", {"order": {"total": 1}}, LIMIT) is None
    assert spotless(by_path).event("m", {"sum": 1}, LIMIT) is not None
    assert spotless(redactor).event("m", {"total": 1}, LIMIT) is not None


def test_names_of_the_policys_own_count_in_lists_and_blocks() -> None:
    """The walk knows them there; this does not, and leaves them to it."""
    denying = make(deny=["shoesize"])
    assert spotless(denying).event("m", {"a": ["shoesize", "44abc"]}, LIMIT) is None
    assert spotless(denying).event("m", {"a": "b"}, LIMIT) is not None
    by_path = make(deny=["user.id"])
    assert spotless(by_path).several("m", [{"id": "alice"}, {}], LIMIT) is None


@pytest.mark.parametrize("pattern", [r"^sekret\d{4}$", r"(^|\s)zz\d{4}", r"qq\d{3}$"])
def test_the_edges_of_a_custom_pattern_are_those_of_the_value(pattern: str) -> None:
    """In JSON there is a quote where the pattern expects the end."""
    text = {"^": "sekret1234", "(": "zz1234", "q": "qq123"}[pattern[0]]
    assert spotless(make(custom={"own": pattern})).event("m", {"a": text}, LIMIT) is None


def test_a_tuple_is_left_to_the_walk(redactor: Redactor) -> None:
    """It may be a pair of a name and its value."""
    assert spotless(redactor).event("m", {"a": ("pin", 1234)}, LIMIT) is None


def test_no_secret_of_the_corpus_is_serialised_at_once_without_re2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The prefilter of the standard library is as careful."""
    forget_re2(monkeypatch)
    plain = make()
    slipped = []
    for case in positives()[::3]:
        for message, fields in (("m", {"a": case.value}), ("m", {"a": [case.value, "b"]})):
            given = spotless(plain).event(message, fields, LIMIT)
            if given is not None and orjson.loads(given[1]) != walked(plain, message, fields)["context"]:
                slipped.append(fields)
    assert slipped == []


def test_a_policy_that_denies_messages_serialises_nothing_at_once() -> None:
    """Each is for the walk."""
    assert make(deny=["message"]).spotless is None


def test_without_redaction_plain_records_are_serialised_at_once() -> None:
    """Their limits hold all the same."""
    off = Redactor(None, None, lambda: None)
    assert spotless(off).event("m", {"password": "x"}, LIMIT) == (b'"m"', b'{"password":"x"}')
    assert spotless(off).event("m", {"a": math.nan}, LIMIT) is None
    assert spotless(off).event("m", {"a": [1] * 300}, LIMIT) is None


def test_names_without_end_are_not_remembered_without_end(redactor: Redactor) -> None:
    """Names can come from outside."""
    found = spotless(redactor)
    for number in range(6000):
        found.event("m", {f"name_{number}": 1}, LIMIT)
    assert len(found.shapes) <= 4096
    assert len(found.harmless) <= 4096


def test_walks_lists_where_a_detector_is_off() -> None:
    """What tells a name in a list is a detector: without it nothing but the walk does, on each of the ways."""
    redactor = make(detectors=["email"])
    fields = {"scope": [["X-Amz-Security-Token", "xPy_O1TwXleZ_Y4wUOrngmcc"], ["Accept", "application/json"]]}
    assert redactor.spotless is not None
    assert redactor.spotless.event("m", fields, 1000) is None
    shown = redactor.record({"message": "m", "context": fields}, 1000)
    assert shown["context"]["scope"][0][1] == "[REDACTED:token]"
