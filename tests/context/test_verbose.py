from __future__ import annotations

import gc

import pytest

from obskit.context.scope import Scope
from obskit.context.verbose import VerboseUnits


class Listener:
    """What the standard library's side would be told."""

    def __init__(self) -> None:
        self.heard: list[bool] = []
        self.units = VerboseUnits(self.heard.append)


@pytest.fixture
def listener() -> Listener:
    return Listener()


def test_the_last_one_that_ends_is_told_of(listener: Listener) -> None:
    """As long as one is alive the answer is yes."""
    first, second = Scope(), Scope()
    for act, unit in ((listener.units.add, first), (listener.units.add, second), (listener.units.discard, first)):
        act(unit)
    assert listener.heard == [True, True, True]
    listener.units.discard(second)
    assert listener.heard[-1] is False


def test_a_unit_that_never_ends_is_let_go_with_its_last_reference(listener: Listener) -> None:
    """In a cycle too."""
    unit = Scope()
    unit.fields["itself"] = unit
    listener.units.add(unit)
    del unit
    gc.collect()
    assert (listener.heard, len(listener.units)) == ([True, False], 0)


def test_one_that_ends_twice_or_was_never_verbose_is_no_news(listener: Listener) -> None:
    """Ending costs nothing then."""
    unit = Scope()
    listener.units.add(unit)
    listener.units.discard(unit)
    listener.units.discard(unit)
    listener.units.discard(Scope())
    assert listener.heard == [True, False]


@pytest.mark.parametrize("inside", [True, False])
def test_a_forked_child_keeps_its_own_unit_only(listener: Listener, inside: bool) -> None:
    """Units of threads that do not exist there would never end."""
    mine, other = Scope(), Scope()
    listener.units.add(mine)
    listener.units.add(other)
    listener.units.forget(mine if inside else None)
    assert (len(listener.units), listener.heard[-1]) == (int(inside), inside)


@pytest.mark.parametrize("ends", [True, False])
def test_whoever_is_overtaken_does_not_have_the_last_word(ends: bool) -> None:
    """Between the look and the word another thread, or a finaliser, can begin or end a unit."""
    first, other = Scope(), Scope()
    said: list[bool] = []
    overtaken = False

    def hear(alive: bool) -> None:
        nonlocal overtaken
        if alive is not ends and not overtaken:
            overtaken = True
            (units.add if ends else units.discard)(other if ends else first)
        said.append(alive)

    units = VerboseUnits(hear)
    units.add(first)
    if ends:
        units.discard(first)
    assert overtaken
    assert said[-1] is ends
