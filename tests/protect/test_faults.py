from __future__ import annotations

from typing import Any

import pytest

from obskit.protect.plain import simplify


class Custom(Exception):
    def __str__(self) -> str:
        return "custom text"


def with_cause() -> BaseException:
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner
    except ValueError as outer:
        outer.add_note("a note")
        return outer


def in_circles() -> BaseException:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    return one


@pytest.mark.parametrize(
    ("error", "plain"),
    [
        (ValueError("wrong"), "ValueError: wrong"),
        (ValueError(), "ValueError"),
        (KeyError("k"), "KeyError: 'k'"),
        (Custom("password", "pw"), "Custom: custom text"),
        (ValueError("password", "pw"), {"type": "ValueError", "args": ("password", "pw")}),
        (ValueError({"password": "pw"}), {"type": "ValueError", "args": ({"password": "pw"},)}),
        (
            with_cause(),
            {"type": "ValueError", "message": "outer", "notes": ["a note"], "causes": ["KeyError: 'inner'"]},
        ),
        (in_circles(), {"type": "ValueError", "message": "one", "causes": ["ValueError: two"]}),
    ],
)
def test_an_exception_as_a_value_says_what_it_knows(error: BaseException, plain: Any) -> None:
    """As text where its message says it all, else its arguments, notes and causes by name."""
    assert simplify(error) == plain


def test_a_group_holds_its_exceptions() -> None:
    """They are described in their turn."""
    inner = ValueError("a"), TypeError("b")
    found = simplify(ExceptionGroup("several", inner))
    assert found == {"type": "ExceptionGroup", "message": "several", "exceptions": list(inner)}


def test_an_exceptions_own_attributes_are_not_believed() -> None:
    """Notes that are none are left out."""
    error = ValueError("wrong")
    error.__notes__ = 7  # type: ignore[assignment]
    assert simplify(error) == "ValueError: wrong"
