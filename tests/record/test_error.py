from __future__ import annotations

from typing import Any

from obskit.record.error import describe
from obskit.record.fingerprint import fingerprint, template


def caught(function: Any, *args: Any) -> BaseException:
    try:
        function(*args)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def parse(value: str) -> int:
    return int(value)


def test_the_same_fault_has_one_fingerprint_whatever_its_values() -> None:
    """Two messages of one fault are one group."""
    assert fingerprint(caught(parse, "a")) == fingerprint(caught(parse, "b17"))


def test_another_place_or_type_is_another_fault() -> None:
    """Type and in-application frames tell faults apart."""

    def elsewhere(value: str) -> int:
        return parse(value)

    assert len({fingerprint(e) for e in (caught(parse, "a"), caught(elsewhere, "a"), caught(parse, None))}) == 3


def test_the_cause_chain_is_told() -> None:
    """Causes come nearest first, with type and message."""

    def outer() -> None:
        try:
            parse("x")
        except ValueError as error:
            raise RuntimeError("no order") from error

    block = describe(caught(outer))
    assert block["type"] == "RuntimeError"
    assert [cause["type"] for cause in block["causes"]] == ["ValueError"]
    assert "direct cause" in block["stack_trace"]


def test_an_exception_that_cannot_be_shown_is_described_all_the_same() -> None:
    """A `__str__` that raises costs the message only."""

    class Hostile(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

        @property
        def code(self) -> str:
            raise RuntimeError("no")

    block = describe(Hostile())
    assert block["message"] == "(str() of it raised RuntimeError)"
    assert block["type"].endswith("Hostile")


def test_facts_of_the_applications_own_exceptions_are_taken() -> None:
    """Code, category, severity and retryable stand in the block where the exception has them."""

    class Declined(Exception):
        code = "card_declined"
        retryable = False

    block = describe(Declined("x"))
    assert (block["code"], block["retryable"]) == ("card_declined", False)


def test_the_template_of_a_message_has_no_values() -> None:
    """Numbers, ids, addresses and quoted text are taken out."""
    one = template(ValueError("user 17 at a@b.example, id 3f2c9a7712345678, key 'x'"))
    two = template(ValueError("user 9 at c@d.example, id 99aabbccddeeff00, key 'yy'"))
    assert one == two
    assert "17" not in one


def test_a_cycle_of_causes_ends() -> None:
    """Exceptions that are each other's cause are described once each."""
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert len(describe(first)["causes"]) == 1
