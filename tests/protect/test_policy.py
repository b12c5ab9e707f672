from __future__ import annotations

from typing import Any

import pytest

from obskit.protect import policy
from obskit.protect.policy import digest
from obskit.settings.options import Redaction
from tests.protect.subjects import forget_re2, make


def test_without_a_policy_nothing_is_removed_and_limits_hold() -> None:
    """What `redaction=False` means."""
    redactor = policy.make(None, lambda: None)
    assert redactor.text("ann@shop.example") == "ann@shop.example"
    assert redactor.protect({"password": "x1"}) == {"password": "x1"}
    record = redactor.record({"message": "x" * 1000}, 200)
    assert len(record["message"]) <= 201 and record["truncated"] == ["message"]


def test_each_argument_reaches_its_part() -> None:
    """Globs, kinds, addresses, own patterns, the key of pseudonyms."""
    redactor = make(
        allow=["next_token"], deny=["diagnosis"], detectors=["email"], ip="remove", custom={"order": r"ORD-\d+"},
        pseudonym_key="k",
    )  # fmt: skip
    shown = redactor.protect(
        {"next_token": "t1", "diagnosis": "flu", "ip": "8.8.4.17", "x": "ORD-17 ann@b.example 4111111111111111"}
    )
    assert shown["next_token"] == "t1"
    assert shown["diagnosis"].startswith("[denied:")
    assert shown["ip"].startswith("[ip:")
    assert shown["x"].startswith("[order:") and "[email:" in shown["x"] and "4111111111111111" in shown["x"]


@pytest.mark.parametrize("key", ["k", b"k"])
def test_a_key_may_be_text_or_bytes(key: Any) -> None:
    """The same digits come of both."""
    assert make(pseudonym_key=key).text("ann@b.example") == make(pseudonym_key="k").text("ann@b.example")


def test_without_re2_the_same_secrets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fall-back is slower, not narrower."""
    text = "ann@shop.example password: hunter22, card 4111 1111 1111 1111, Cookie: a=b9; id ORD-17 from 8.8.4.17"
    expected = make(custom={"order": r"ORD-\d+"}).text(text)
    forget_re2(monkeypatch)
    assert make(custom={"order": r"ORD-\d+"}).text(text) == expected
    assert expected.count("[REDACTED:") == 5


def test_a_digest_is_sixteen_digits_and_the_same_each_time() -> None:
    """In every process of a service."""
    assert digest(Redaction()) == digest(Redaction())
    assert len(digest(Redaction())) == 16
    assert digest(None) == "off"


@pytest.mark.parametrize(
    "arguments",
    [
        {"allow": ["a"]},
        {"deny": ["a"]},
        {"detectors": ["email"]},
        {"detectors": []},
        {"ip": "keep"},
        {"custom": {"order": "ORD"}},
        {"custom": {"order": "ORDER"}},
        {"pseudonym_key": "k"},
    ],
)
def test_a_digest_changes_with_the_policy(arguments: dict[str, Any]) -> None:
    """With each of its arguments."""
    assert digest(Redaction(**arguments)) != digest(Redaction())


def test_a_digest_changes_with_the_built_in_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of an older obskit are known for such."""
    before = digest(Redaction())
    monkeypatch.setattr(policy, "RULES", policy.RULES + 1)
    assert digest(Redaction()) != before


def test_a_digest_tells_nothing_of_the_key() -> None:
    """Who guesses keys can't check them against a segment's header."""
    assert digest(Redaction(pseudonym_key="one")) == digest(Redaction(pseudonym_key="two"))


def test_the_order_of_kinds_does_not_count() -> None:
    """It changes nothing of what is removed."""
    assert digest(Redaction(detectors=["card", "email"])) == digest(Redaction(detectors=["email", "card"]))
    first = Redaction(custom={"a": "x", "b": "y"})
    assert digest(first) == digest(Redaction(custom={"b": "y", "a": "x"}))
