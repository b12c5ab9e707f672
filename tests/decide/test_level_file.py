from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.decide.level_file import Entry, Malformed, Newer, Plan, parse, plan, render

NOW = 1_800_000_000.0


def of(*entries: Entry, service: str = "shop", pid: int = 7, process: str = "p", now: float = NOW) -> Plan:
    return plan(entries, service, pid, lambda: process, now)


def test_what_is_written_is_read() -> None:
    """Every part of an entry survives, times to the second."""
    entries = (
        Entry(10),
        Entry(5, "shop", 7, "boot:1", "sqlalchemy.engine", NOW),
        Entry(50, "größe/x", logger="ü", until=NOW + 86_400),
    )
    assert parse(render(entries)) == entries


def test_the_file_is_for_people_too() -> None:
    """Levels and times are readable, and what is not said is absent."""
    found = orjson.loads(render([Entry(10, "shop", until=NOW)]))
    assert found == {"format": 1, "levels": [{"level": "DEBUG", "service": "shop", "until": "2027-01-15T08:00:00Z"}]}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"format":true,"levels":[]}',
        b'{"format":0,"levels":[]}',
        b'{"format":1}',
        b'{"format":1,"levels":{}}',
        b'{"format":1,"levels":[1]}',
        b'{"format":1,"levels":[{}]}',
        b'{"format":1,"levels":[{"level":10}]}',
        b'{"format":1,"levels":[{"level":"LOUD"}]}',
        b'{"format":1,"levels":[{"level":"DEBUG","service":""}]}',
        b'{"format":1,"levels":[{"level":"DEBUG","pid":"7"}]}',
        b'{"format":1,"levels":[{"level":"DEBUG","pid":true}]}',
        b'{"format":1,"levels":[{"level":"DEBUG","pid":0}]}',
        b'{"format":1,"levels":[{"level":"DEBUG","until":"soon"}]}',
        b'{"format":1,"levels":[{"level":"DEBUG","until":1}]}',
        b'{"format":1,"levels":[{"level":"DEBUG","host":"h"}]}',
    ],
)
def test_what_is_no_level_file_is_refused_with_a_reason(text: bytes) -> None:
    """An entry that says more than is understood is refused too: it may be meant for fewer than it seems."""
    with pytest.raises(Malformed) as caught:
        parse(text)
    assert str(caught.value)


def test_a_newer_format_is_told_apart() -> None:
    """It is no mistake of whoever wrote it."""
    with pytest.raises(Newer, match="format is 2"):
        parse(b'{"format":2,"anything":[]}')


@given(
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["format", "levels", "level", "pid", "until", "service", "x"]), inner)
        ),
    ).map(lambda found: orjson.dumps(found) if not isinstance(found, int) else b"1")
)
def test_any_file_is_understood_or_refused(data: bytes) -> None:
    """Nothing else is ever raised."""
    try:
        entries = parse(data)
    except (Malformed, Newer):
        return
    assert all(isinstance(entry, Entry) for entry in entries)


def test_a_narrower_target_wins() -> None:
    """The process over its service over all, whatever the order in the file."""
    entries = [Entry(10, pid=7, process="p"), Entry(30, "shop"), Entry(40)]
    assert of(*entries) == of(*reversed(entries)) == Plan(10, {}, None)
    assert of(*entries, pid=8) == Plan(30, {}, None)
    assert of(*entries, pid=8, service="cart") == Plan(40, {}, None)


def test_loggers_are_levelled_each_for_itself() -> None:
    """A logger's entry stands beside the default; the same logger's narrower entry wins."""
    found = of(Entry(10, logger="a"), Entry(5, "shop", logger="a"), Entry(30, logger="a.b"), Entry(20))
    assert found == Plan(20, {"a": 5, "a.b": 30}, None)


def test_another_service_and_a_later_process_of_the_same_pid_are_left_alone() -> None:
    """A pid is used again; what was set for one process does not hold for the next."""
    assert of(Entry(10, "cart"), Entry(10, pid=7, process="former"), Entry(10, pid=8, process="p")) == Plan(
        None, {}, None
    )


def test_an_entry_ends_and_the_next_end_is_known() -> None:
    """Before it there is something to wait for, at it the entry holds no longer."""
    entries = (Entry(10, until=NOW + 5), Entry(5, logger="a", until=NOW + 9))
    assert of(*entries) == Plan(10, {"a": 5}, NOW + 5)
    assert of(*entries, now=NOW + 5) == Plan(None, {"a": 5}, NOW + 9)
    assert of(*entries, now=NOW + 9) == Plan(None, {}, None)
