from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest

from obskit.record.error import describe
from obskit.record.fingerprint import fingerprint, template
from obskit.record.stack import forget
from tests.record.raised import caught, made, recursion, shapes, suppressed, with_cause, with_context

PLACES = "tests.record.raised:caught"


def hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def test_types_and_places_of_the_chain_are_hashed() -> None:
    """What is hashed stays the same from version to version: stored faults go by it."""
    expected = hashed(
        "builtins.RuntimeError", PLACES, "tests.record.raised:with_cause",
        "builtins.KeyError", "tests.record.raised:with_cause", "tests.record.raised:plain",
    )  # fmt: skip
    assert fingerprint(caught(with_cause)) == expected


def test_a_context_counts_unless_it_is_suppressed() -> None:
    """What Python prints of the chain is what tells faults apart."""
    expected = hashed("builtins.RuntimeError", PLACES, "tests.record.raised:suppressed")
    assert fingerprint(caught(suppressed)) == expected
    assert fingerprint(caught(with_context)) != fingerprint(caught(with_cause))


def test_a_recursions_depth_is_a_value() -> None:
    """Two depths are one fault, even where one is too deep to be remembered."""
    assert fingerprint(caught(recursion, 3)) == fingerprint(caught(recursion, 700))


def test_without_a_frame_of_the_application_the_message_tells() -> None:
    """Its values taken out."""
    assert fingerprint(ValueError("order 17")) == hashed("builtins.ValueError", "order *")


def test_only_the_innermost_places_count() -> None:
    """Fifty of them."""
    names = [f"f{number}" for number in range(60)]
    source = "".join(f"def {name}():\n    return {later}()\n" for name, later in pairwise(names))
    function = made(f"{source}def {names[-1]}():\n    return 1 / 0\ndef f():\n    return f0()\n", "/app/deep.py")
    expected = hashed("builtins.ZeroDivisionError", *(f"made:{name}" for name in names[-50:]))
    assert fingerprint(caught(function)) == expected


@pytest.mark.parametrize("shape", shapes())
def test_a_known_fault_has_the_fingerprint_of_a_new_one(shape: str) -> None:
    """Whatever is remembered says the same."""
    raising = shapes()[shape]
    forget()
    new = fingerprint(caught(raising))
    assert fingerprint(caught(raising)) == new
    assert describe(caught(raising))["fingerprint"] == new


def test_a_message_that_cannot_be_had_has_no_template() -> None:
    """Its type alone tells the fault then."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert template(Mute()) == ""
    assert fingerprint(Mute()) == fingerprint(Mute())
