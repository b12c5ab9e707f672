from __future__ import annotations

from typing import Any

import pytest

from tests.protect.subjects import make

HIDDEN = "[REDACTED:password]"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "password", "value": "hunter22"}, {"name": "password", "value": HIDDEN}),
        ({"key": "DB_PASSWORD", "value": "hunter22"}, {"key": "DB_PASSWORD", "value": HIDDEN}),
        ({"Name": "password", "Value": "hunter22", "type": "x"}, {"Name": "password", "Value": HIDDEN, "type": "x"}),
        ({"loc": ["body", "password"], "input": "hunter22"}, {"loc": ["body", "password"], "input": HIDDEN}),
        ({"header": "x-password", "content": "hunter22"}, {"header": "x-password", "content": HIDDEN}),
        ([{"k": "password", "v": "hunter22"}], [{"k": "password", "v": HIDDEN}]),
        (("password", "hunter22"), ["password", HIDDEN]),
        ([("user", "ann"), ("password", "hunter22")], [["user", "ann"], ["password", HIDDEN]]),
        ([["password", "hunter22"]], [["password", HIDDEN]]),
        ([(b"password", b"hunter22")], [["password", HIDDEN]]),
        (["--user", "ann", "--password", "hunter22"], ["--user", "ann", "--password", HIDDEN]),
        (["user", "ann", "password", "hunter22"], ["user", "ann", "password", HIDDEN]),
        (("password", 482913), ["password", HIDDEN]),
    ],
)
def test_a_value_is_judged_by_the_name_beside_it(value: Any, expected: Any) -> None:
    """Dicts that spell out names, pairs, arguments, names and values in turns."""
    assert make().protect({"x": value}) == {"x": expected}


@pytest.mark.parametrize(
    "value",
    [
        {"name": "ann", "value": "hunter22"},
        {"name": "password", "label": "hunter22"},
        {"name": "password", "value": "expired"},
        {"value": "hunter22"},
        ["password", "username"],
        ["password", "token", "email"],
        ["password", "required"],
        ["--password", "--verbose"],
        [["user", "ann"], ["id", "hunter22"]],
        ["the password", "of", "ann", "x1"],
        {"name": ["a"], "value": ["hunter22"]},
    ],
)
def test_values_beside_other_names_stay(value: Any) -> None:
    """Names beside names, words, lists of several things."""
    assert make().protect({"x": value}) == {"x": value}


def test_an_application_that_redacts_nothing_gets_pairs_as_they_are() -> None:
    """Without a policy nobody judges names."""
    from obskit.protect import policy

    assert policy.make(None, lambda: None).protect({"x": ("password", "hunter22")}) == {"x": ["password", "hunter22"]}
