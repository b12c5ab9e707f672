from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import TraceState as ApiState

from obskit.tracing.probability import Told, alone, read, write
from obskit.tracing.tracestate import MOST_MEMBERS, TraceState, parse

THRESHOLDS = st.none() | st.integers(0, (1 << 56) - 1)
OTHERS = st.lists(st.from_regex(r"[a-su-z][a-z0-9]{0,4}:[A-Za-z0-9._-]{0,20}", fullmatch=True), max_size=14)
MEMBERS = st.lists(
    st.tuples(
        st.from_regex(r"[a-np-z][a-z0-9]{0,3}", fullmatch=True), st.from_regex(r"[!#-+\-.-<>-~]{1,9}", fullmatch=True)
    ),
    max_size=MOST_MEMBERS,
    unique_by=lambda pair: pair[0],
)
_MEMBER = re.compile(r"[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]")


def told(value: str) -> Told:
    return read(parse([f"a=1,ot={value},b=2"]))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("th:8", Told(1 << 55, None, (), sound=True)),
        ("th:0", Told(0, None, (), sound=True)),
        ("rv:00000000000001;th:c", Told(3 << 54, 1, (), sound=True)),
        ("p:8;th:8;r:62", Told(1 << 55, None, ("p:8", "r:62"), sound=True)),
        ("p:8", Told(None, None, ("p:8",), sound=True)),
        ("th", Told(None, None, ("th",), sound=True)),
    ],
)
def test_reading(value, expected) -> None:
    """`th` and `rv` are read, in whatever order they stand; what is others' is kept."""
    assert told(value) == expected


@pytest.mark.parametrize("value", ["th:", "th:xyz", "th:123456789012345", "th:8;th:8", "th:8;th:c"])
def test_a_malformed_threshold_counts_for_nothing(value) -> None:
    """A threshold that is none, or stands twice, is not known; what else the member says still counts."""
    assert told(f"{value};rv:00000000000001;x:1") == Told(None, 1, ("x:1",), sound=False)


@pytest.mark.parametrize("value", ["rv:", "rv:1", "rv:123456789abcdg", "rv:00000000000001;rv:00000000000001"])
def test_malformed_randomness_counts_for_nothing(value) -> None:
    """The same with the randomness."""
    assert told(f"th:8;{value};x:1") == Told(1 << 55, None, ("x:1",), sound=False)


def test_no_state_says_nothing() -> None:
    """A state without the member, and the empty one, say nothing."""
    assert read(TraceState()) == read(parse(["a=1"])) == read(ApiState()) == Told(None, None, (), sound=True)


def test_the_member_of_a_new_trace() -> None:
    """A new trace says its threshold, and its randomness only where that is not the trace id's."""
    assert alone(0xFD70A400000000, None).to_header() == "ot=th:fd70a4"
    assert alone(1 << 55, 3 << 54).to_header() == "ot=th:8;rv:c0000000000000"


def test_a_changed_member_comes_first_and_nothing_else_changes() -> None:
    """W3C Trace Context, section 3.5: who changes a member moves it to the front; the others keep their order."""
    state = parse(["a=1,ot=x:y;th:8;rv:ffffffffffffff,b=2"])
    assert write(state, read(state)._replace(threshold=None)).to_header() == "ot=rv:ffffffffffffff;x:y,a=1,b=2"
    assert state.to_header() == "a=1,ot=x:y;th:8;rv:ffffffffffffff,b=2"


def test_a_member_with_nothing_to_say_goes() -> None:
    """Without sub-keys there is no member."""
    assert write(parse(["a=1,ot=th:8,b=2"]), Told(None, None, (), sound=True)).to_header() == "a=1,b=2"


def test_the_last_one_of_a_full_state_gives_way() -> None:
    """At 32 members the right-most is removed, as W3C Trace Context asks."""
    state = parse([",".join(f"k{number}=1" for number in range(32))])
    header = write(state, Told(1 << 55, None, (), sound=True)).to_header()
    assert header.split(",") == ["ot=th:8", *(f"k{number}=1" for number in range(31))]


def test_a_threshold_without_room_is_left_out() -> None:
    """Of a member that others have filled to 256 characters nothing of theirs is lost, and no wrong threshold stays."""
    full = "x:" + "y" * 250
    state = parse([f"ot={full},a=1"])
    assert write(state, Told(0xFD70A400000000, None, (full,), sound=True)).to_header() == f"ot={full},a=1"


@given(threshold=THRESHOLDS, randomness=THRESHOLDS, others=OTHERS, members=MEMBERS)
def test_what_is_written_is_read_again(threshold, randomness, others, members) -> None:
    """Within W3C's limits what was said is what is read, and other vendors' members stay."""
    said = Told(threshold, randomness, tuple(others), sound=True)
    header = write(TraceState(members), said).to_header()
    found = header.split(",") if header else []
    assert len(found) <= MOST_MEMBERS
    assert all(_MEMBER.fullmatch(member) for member in found)
    again = read(parse([header]))
    if again.threshold is None and threshold is not None:
        assert len(";".join(others)) > 200
        assert again.randomness in (randomness, None)
    else:
        assert again == said
    kept = [f"{key}={value}" for key, value in members]
    assert [member for member in found if not member.startswith("ot=")] in (kept, kept[:-1])


@given(value=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=",="), max_size=60))
def test_whatever_stands_there(value) -> None:
    """No member of any form raises, and what is sent on of it is sound."""
    state = parse([f"ot={value}"])
    assert read(write(state, read(state))).sound
