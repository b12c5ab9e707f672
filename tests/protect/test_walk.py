from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import obskit
from obskit.protect.redactor import Redactor
from tests.protect.subjects import make

ERROR = "[REDACTED:error]"


@pytest.fixture
def failures() -> list[int]:
    """Count what failed."""
    return []


@pytest.fixture
def redactor(failures: list[int]) -> Redactor:
    """Return that of the default policy."""
    return make(failed=lambda: failures.append(1))


def test_texts_together_have_so_many_characters(redactor: Redactor) -> None:
    """What is beyond is cut, and named by its path."""
    record = redactor.record({"message": "m", "context": {"a": "x" * 50, "b": {"c": "y" * 500}, "d": "z"}}, 200)
    assert record["context"]["a"] == "x" * 50
    assert record["context"]["b"]["c"].endswith("y…")
    assert record["truncated"][0] == "context.b.c"


def test_a_secret_at_the_edge_of_what_is_kept_goes(redactor: Redactor) -> None:
    """No part of it stays, although its end is cut off."""
    for size in range(60, 130, 3):
        record = redactor.record({"message": "x" * 50 + " mail ann.lee.of.the.shop@shop.example and more " * 5}, size)
        assert "ann" not in record["message"], size


def test_the_deepest_containers_are_cut(redactor: Redactor) -> None:
    """A dict in a dict in a dict has an end."""
    value: Any = "x"
    for _ in range(100):
        value = {"a": value}
    record = redactor.record({"context": value}, 10_000)
    assert "…" in repr(record["context"])
    assert record["truncated"]


def test_long_containers_are_cut(redactor: Redactor) -> None:
    """A thousand items are kept."""
    record = redactor.record({"context": {"a": list(range(5000)), "b": {str(n): n for n in range(5000)}}}, 1_000_000)
    assert len(record["context"]["a"]) == len(record["context"]["b"]) == 1000
    assert record["truncated"] == ["context.a", "context.b"]


def test_no_more_than_twenty_paths_are_named(redactor: Redactor) -> None:
    """The list of what was cut has an end, too."""
    record = redactor.record({"context": {f"a{n}": [list(range(1001))] for n in range(50)}}, 10_000_000)
    assert len(record["truncated"]) == 20


def test_a_cycle_is_said_to_be_one(redactor: Redactor) -> None:
    """In dicts and in lists; what merely stands twice is shown twice."""
    loop: dict[str, Any] = {"n": 1}
    loop["self"] = loop
    items: list[Any] = [1]
    items.append(items)
    twice = {"x": 1}
    assert redactor.protect({"a": loop, "b": items, "c": [twice, twice]}) == {
        "a": {"n": 1, "self": "(cycle)"}, "b": [1, "(cycle)"], "c": [{"x": 1}, {"x": 1}],
    }  # fmt: skip


def test_no_key_is_longer_than_so_many_characters(redactor: Redactor) -> None:
    """Names can come from outside."""
    (key,) = redactor.protect({"k" * 10_000: 1})
    assert len(key) <= 257


@pytest.mark.parametrize(
    ("key", "shown"),
    [(1, "1"), (None, "None"), (True, "True"), (("a", 1), "['a', 1]"), (b"raw", "raw"), (1.5, "1.5")],
)
def test_keys_of_any_type_become_text(redactor: Redactor, key: Any, shown: str) -> None:
    """As JSON needs it."""
    assert redactor.protect({key: "x"}) == {shown: "x"}


def test_a_secret_as_a_key_goes(redactor: Redactor) -> None:
    """Of any type."""
    assert redactor.protect({"ann@shop.example": 1, b"4111111111111111": 2}) == {
        "[REDACTED:email]": 1, "[REDACTED:card]": 2,
    }  # fmt: skip


def test_two_keys_that_become_one_are_no_failure(redactor: Redactor, failures: list[int]) -> None:
    """The last stays."""
    assert redactor.protect({"ann@shop.example": 1, "bob@shop.example": 2}) == {"[REDACTED:email]": 2}
    assert failures == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"password": "hunter22"}, {"password": "[REDACTED:password]"}),
        ({"password": {"value": "hunter22"}}, {"password": {"value": "[REDACTED:password]"}}),
        ({"password": ["one77", "two77"]}, {"password": ["[REDACTED:password]"] * 2}),
        ({"password": ("hunter22",)}, {"password": ["[REDACTED:password]"]}),
        ({"password": b"hunter22"}, {"password": "[REDACTED:password]"}),
        ({"password": 4711}, {"password": "[REDACTED:password]"}),
        ({"password": None}, {"password": None}),
        ({"password": True}, {"password": True}),
        ({"password": ""}, {"password": ""}),
        ({"password": "********"}, {"password": "********"}),
        ({"token": {"access": "t-1", "type": "bearer", "expires_in": 3600}},
         {"token": {"access": "[REDACTED:token]", "type": "bearer", "expires_in": 3600}}),
        ({"cookies": {"sid": "9f8e7d", "theme": "dark"}},
         {"cookies": {"sid": "[REDACTED:cookie]", "theme": "[REDACTED:cookie]"}}),
        ({"credentials": {"username": "ann", "password": "hunter22"}},
         {"credentials": {"username": "ann", "password": "[REDACTED:password]"}}),
        ({"tokens": 512, "secret": [1, 2]}, {"tokens": 512, "secret": [1, 2]}),
    ],
)  # fmt: skip
def test_what_a_telling_key_holds_goes_leaf_by_leaf(redactor: Redactor, value: Any, expected: Any) -> None:
    """Harmless neighbours, counts and empty values stay."""
    assert redactor.protect(value) == expected


def test_globs_over_paths_hold_inside_of_containers() -> None:
    """A path is that of the keys, without the places in lists."""
    redactor = make(allow=["billing.token"], deny=["user.*.nick"])
    assert redactor.protect({"billing": {"token": "t1"}, "token": "t2", "user": {"x": {"nick": "n"}, "nick": "m"}}) == {
        "billing": {"token": "t1"}, "token": "[REDACTED:token]",
        "user": {"x": {"nick": "[REDACTED:denied]"}, "nick": "m"},
    }  # fmt: skip


@pytest.mark.parametrize("value", ["none", "x", "yes", "flu", 0, 512, 1.5, True, False])
def test_what_is_denied_goes_whatever_it_is(value: Any) -> None:
    """Whether there is a diagnosis tells something, too."""
    assert make(deny=["diagnosis"]).protect({"diagnosis": value}) == {"diagnosis": "[REDACTED:denied]"}


class Unshowable:
    """Raises when it is shown."""

    def __repr__(self) -> str:
        raise RuntimeError("broken")


class Breaking(dict[str, Any]):
    """Raises when it is read."""

    def items(self) -> Any:
        raise RuntimeError("broken")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("broken")


def test_a_value_that_raises_is_replaced_alone(redactor: Redactor, failures: list[int]) -> None:
    """Its neighbours stand, the failure is counted."""
    assert redactor.protect({"x": Unshowable(), "y": [Unshowable(), 1], "z": "fine"}) == {
        "x": ERROR, "y": [ERROR, 1], "z": "fine",
    }  # fmt: skip
    assert len(failures) == 2


def test_a_key_that_raises_is_named_by_its_type(redactor: Redactor) -> None:
    """The value stands."""
    assert redactor.protect({Unshowable(): 1}) == {"(Unshowable)": 1}


def test_a_dict_that_lies_of_itself_is_read_all_the_same(redactor: Redactor) -> None:
    """Its own code is not asked."""
    assert redactor.protect({"x": Breaking(a=1, password="hunter22")}) == {
        "x": {"a": 1, "password": "[REDACTED:password]"}
    }


def test_a_detector_that_raises_hides_the_text(
    redactor: Redactor, failures: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text could be a secret; others stand."""
    finder = redactor.finder
    assert finder is not None
    find = type(finder).find

    def broken(self: Any, text: str) -> Any:
        if "broken" in text:
            raise RuntimeError("broken")
        return find(self, text)

    monkeypatch.setattr(type(finder), "find", broken)
    assert redactor.protect({"x": "a broken text", "y": "fine words"}) == {"x": ERROR, "y": "fine words"}
    assert redactor.text("a broken text") == ERROR
    assert failures == [1, 1]


def test_a_judge_of_names_that_raises_hides_the_value(
    redactor: Redactor, failures: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands under a name that could not be judged."""
    keys = redactor.keys
    assert keys is not None

    def broken(self: Any, key: str) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(type(keys), "judge", broken)
    shown = redactor.protect({"x": {"password": "hunter22"}})
    assert "hunter22" not in repr(shown) and ERROR in repr(shown)
    assert failures


def test_a_mark_that_raises_hides_the_value(failures: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a key, in a text, and where it is repeated."""
    redactor = make(failed=lambda: failures.append(1))

    def broken(kind: str, secret: str) -> str:
        raise RuntimeError("broken")

    redactor.mark = broken  # type: ignore[assignment]
    shown = redactor.protect({"password": "granite-7harbor", "x": "mail ann@shop.example", "y": "fine"})
    assert shown == {"password": ERROR, "x": ERROR, "y": "fine"}
    assert len(failures) == 2


def test_a_failure_beyond_one_value_hides_every_part(failures: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what was found once can't be removed elsewhere, nobody knows where it stands."""
    from obskit.protect.repeated import Repeated

    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(Repeated, "removed", broken)
    redactor = make(failed=lambda: failures.append(1))
    shown = redactor.record({"message": "granite-7harbor", "context": {"password": "granite-7harbor"}}, 10_000)
    assert "granite" not in repr(shown)
    assert failures


def test_marks_hold_at_any_depth(redactor: Redactor) -> None:
    """Also inside of objects, under any name, and against each other."""
    value = {
        "a": [obskit.secret("x")], "password": obskit.safe("shown"),
        "b": {"c": obskit.safe({"token": "t", "m": ["a@b.example"]})},
        "d": obskit.secret(obskit.safe("x")),
    }  # fmt: skip
    assert redactor.protect(value) == {
        "a": ["[REDACTED:secret]"], "password": "shown", "b": {"c": {"token": "t", "m": ["a@b.example"]}},
        "d": "[REDACTED:secret]",
    }  # fmt: skip


def test_interrupts_pass(redactor: Redactor) -> None:
    """Only failures are swallowed."""

    class Interrupting:
        def __repr__(self) -> str:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redactor.protect({"x": Interrupting()})


@pytest.mark.parametrize("value", [0, -1, 10**11, 1234567890123456, 1 << 62, 4.1e15])
def test_numbers_that_are_no_card_stay_numbers(redactor: Redactor, value: float) -> None:
    """They are looked at all the same."""
    assert redactor.protect({"n": value}) == {"n": value}
