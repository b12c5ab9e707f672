from __future__ import annotations

import copy
import pickle

import pytest
from opentelemetry import trace

from obskit.tracing.tracestate import EMPTY, TraceState, cleared, parse


def test_it_is_the_state_of_opentelemetry() -> None:
    """Code written against OpenTelemetry's API gets the class it knows."""
    state = parse(["a@b@c=1,d=2"])
    assert isinstance(state, trace.TraceState)
    assert dict(state) == {"a@b@c": "1", "d": "2"}
    assert state["d"] == "2"
    assert list(state.items()) == [("a@b@c", "1"), ("d", "2")]


def test_what_opentelemetry_changes_keeps_level_2_keys() -> None:
    """A sampler that adds its own member doesn't lose the others."""
    assert parse(["a@@b=1"]).add("ot", "th:8").to_header() == "ot=th:8,a@@b=1"


def test_update_moves_to_the_front() -> None:
    """A changed member comes first, the order of the others stays."""
    assert parse(["a=1,b=2,c=3"]).update("c", "4").to_header() == "c=4,a=1,b=2"


def test_delete() -> None:
    """A deleted member is gone; deleting an unknown one changes nothing."""
    state = parse(["a@=1,b=2"])
    assert state.delete("b").to_header() == "a@=1"
    assert state.delete("x") is state


@pytest.mark.parametrize(("key", "value"), [("A", "1"), ("", "1"), ("a", ""), ("a", "x,y"), ("a", "x "), ("@a", "1")])
def test_illegal_members_are_refused(key, value) -> None:
    """Neither adding nor updating makes a state illegal."""
    state = parse(["b=1"])
    assert state.add(key, value) is state
    assert state.update(key, value) is state
    assert TraceState([(key, value), ("b", "1")]).to_header() == "b=1"


def test_adding_a_known_key_changes_nothing() -> None:
    """Only `update` overwrites."""
    state = parse(["b=1"])
    assert state.add("b", "2") is state


def test_no_33rd_member() -> None:
    """A full state stays as it is, and can still be updated."""
    state = parse([",".join(f"k{number}=1" for number in range(32))])
    assert state.add("x", "1") is state
    assert state.update("x", "1") is state
    assert len(state.update("k5", "2")) == 32
    assert len(TraceState([(f"k{number}", "1") for number in range(40)])) == 32


def test_states_can_be_copied_and_pickled() -> None:
    """A SpanContext is sent between processes by some task queues."""
    state = parse(["a@=1"])
    assert pickle.loads(pickle.dumps(state)) == state == copy.deepcopy(state)


def test_from_header_and_default() -> None:
    """The constructors of OpenTelemetry's class give this one."""
    assert TraceState.from_header(["a@=1", "b=2"]).to_header() == "a@=1,b=2"
    assert TraceState.get_default() is EMPTY
    assert not EMPTY


def _protect(value: object, key: str | None) -> object:
    return "[REDACTED:x]" if key == "token" or "jane" in str(value) else value


def test_cleared_state_lacks_the_members_in_which_something_is_found() -> None:
    """A member goes for its key and for its value; the others keep their order."""
    state = TraceState([("vendor", "1"), ("token", "2"), ("a", "jane"), ("jane", "3"), ("rojo", "4")])
    assert list(cleared(state, _protect).items()) == [("vendor", "1"), ("rojo", "4")]


def test_cleared_state_is_the_same_where_nothing_is_found() -> None:
    """Nothing is copied for most."""
    state = TraceState([("vendor", "1")])
    assert cleared(state, _protect) is state
    assert cleared(EMPTY, _protect) is EMPTY
