from __future__ import annotations

from typing import Any

import pytest

import obskit
from tests.protect.subjects import make

Told = list[tuple[tuple[str, ...], str, str]]


def _told(value: Any, **policy: Any) -> Told:
    told: Told = []
    make(watch=lambda *what: told.append(what), **policy).record(value, 10_000)
    return told


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"message": "mail ann@shop.example"}, [(("message",), "email", "email")]),
        ({"context": {"password": "hunter22"}}, [(("context", "password"), "password", "key:password")]),
        ({"context": {"a": {"b": ["x", "4111111111111111"]}}}, [(("context", "a", "b", "1"), "card", "card")]),
        ({"context": {"n": 4111111111111111}}, [(("context", "n"), "card", "card")]),
        ({"context": {"ip": "8.8.4.17"}}, [(("context", "ip"), "ip", "key:ip")]),
        ({"context": {"x": "from 8.8.4.17"}}, [(("context", "x"), "ip", "ip")]),
        ({"context": {"x": obskit.secret("hunter22")}}, [(("context", "x"), "secret", "mark")]),
        ({"message": "password=hunter22"}, [(("message",), "password", "pair:password")]),
        ({"message": "order 17", "context": {"n": 1}}, []),
        ({"context": {"password": obskit.safe("hunter22")}}, []),
    ],
)
def test_who_watches_is_told_path_kind_and_rule(value: Any, expected: Told) -> None:
    """Once for each value that was replaced."""
    assert _told(value) == expected


def test_each_secret_of_a_text_is_told() -> None:
    """In the order in which they stand."""
    told = _told({"message": "ann@shop.example paid with 4111111111111111"})
    assert [kind for _, kind, _ in told] == ["email", "card"]


def test_a_teams_own_rules_are_told_by_their_kind() -> None:
    """Custom patterns and denied names."""
    told = _told(
        {"message": "ORD-17", "context": {"diagnosis": "flu"}}, custom={"order": r"ORD-\d+"}, deny=["diagnosis"]
    )
    assert told == [(("message",), "order", "custom:order"), (("context", "diagnosis"), "denied", "key:denied")]


def test_a_failure_is_told() -> None:
    """As an error, at its path."""

    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError("hunter22")

    assert _told({"context": {"x": Broken()}}) == [(("context", "x"), "error", "error")]


def test_the_secret_itself_is_never_told() -> None:
    """Neither in a path nor in a rule."""
    secrets = {"ann@shop.example": {"ghp_Q7w3E9r1T5y8U2i6O4p0A7s3D9f1G5h8J2k6": "password=granite-7harbor"},
               "password": "granite-7harbor", "note": "granite-7harbor"}  # fmt: skip
    told = repr(_told({"context": secrets, "message": "granite-7harbor"}))
    assert not [secret for secret in ("ann@", "ghp_", "granite") if secret in told]


def test_a_watch_that_raises_changes_nothing() -> None:
    """What is removed is the same, the failure is counted."""
    failures: list[int] = []

    def watch(*_: Any) -> None:
        raise RuntimeError("broken")

    shown = make(failed=lambda: failures.append(1), watch=watch).protect({"password": "hunter22", "n": 1})
    assert shown == {"password": "[REDACTED:password]", "n": 1}
    assert failures == [1]
