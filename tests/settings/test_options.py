"""The option objects on their own."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from obskit.settings.options import Journal, Redaction, Sampling


def test_wrong_values_are_told_not_raised() -> None:
    """Making an option never raises for a value; `mistakes` lists all of them."""
    option = Journal(path=3, max_bytes=-1, fsync="never", units=None)  # type: ignore[arg-type]
    assert [mistake.name for mistake in option.mistakes()] == ["path", "max_bytes", "fsync", "units"]


def test_defaults_are_without_mistakes() -> None:
    """Options as they come are fine."""
    for option in (Journal(), Sampling(), Redaction()):
        assert option.mistakes() == ()


def test_options_can_not_be_changed() -> None:
    """Options are frozen."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Sampling().rate = 0.5  # type: ignore[misc]


def test_unknown_field_is_an_error_at_once() -> None:
    """A field that an option doesn't have can't be given."""
    with pytest.raises(TypeError):
        Sampling(fast=1)  # type: ignore[call-arg]


def test_given_fields_are_remembered() -> None:
    """An option knows which fields its caller gave, by place or by name."""
    assert Journal("here", max_age=3).given == {"path", "max_age"}
    assert Sampling().given == frozenset()


@pytest.mark.parametrize("option", [Journal("here", max_age=3), Sampling(0.5), Redaction(allow=["a"])])
def test_copies_equal_their_original(option: Any) -> None:
    """Copying and pickling keeps the values and what was given."""
    for other in (copy.copy(option), copy.deepcopy(option), pickle.loads(pickle.dumps(option))):
        assert other == option
        assert other.given == option.given


def test_key_stands_in_no_repr() -> None:
    """The repr and the mistakes of a Redaction don't show its key."""
    assert "hunter2" not in repr(Redaction(pseudonym_key="hunter2"))
    (mistake,) = Redaction(pseudonym_key=["hunter2"]).mistakes()  # type: ignore[arg-type]
    assert mistake.value == "[REDACTED:pseudonym_key]"
