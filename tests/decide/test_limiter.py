"""Limiting log storms."""

from __future__ import annotations

import gc
import itertools
import json
import weakref
from collections import Counter
from collections.abc import Callable

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.decide.limiter import Limiter, Summary
from obskit.query.schema import text as schema_text
from obskit.record import log as log_record
from tests.decide.limiting import DAY, Clock, counted, passes


def test_the_first_pass_and_then_as_many_as_time_allows(make: Callable[..., Limiter], clock: Clock) -> None:
    """A burst passes at once; afterwards one more for each part of a second that the limit is worth."""
    limiter = make(limit=2.0, burst=3)
    assert passes(limiter, times=5) == [True] * 3 + [False] * 2
    limiter.rest()
    clock.now += 0.4
    assert passes(limiter) == [False]
    limiter.rest()
    clock.now += 0.1
    assert passes(limiter, times=2) == [True, False]


def test_an_idle_event_has_its_burst_again_and_no_more(make: Callable[..., Limiter], clock: Clock) -> None:
    """However long an event was silent, it gets its burst and no more."""
    limiter = make(limit=2.0, burst=3)
    passes(limiter, times=3)
    clock.now += 1e6
    assert passes(limiter, times=4) == [True] * 3 + [False]


def test_the_summary_comes_before_the_record_that_passes_again(make: Callable[..., Limiter], clock: Clock) -> None:
    """When there is room again, what was left out is told of first, with count and times."""
    limiter = make(limit=1.0, burst=1)
    passes(limiter)
    clock.now += 0.25
    passes(limiter)
    clock.now += 0.25
    passes(limiter)
    clock.now += 1.0
    taken = limiter.takes("shop", 40, "boom")
    (summary,) = taken.summaries
    assert taken.passes
    assert (summary.logger, summary.level, summary.event, summary.count) == ("shop", 40, "boom", 2)
    assert (summary.first, summary.last) == (DAY + 250_000_000, DAY + 500_000_000)
    assert limiter.rest() == []


def test_a_summary_counts_as_a_record_of_its_event(make: Callable[..., Limiter], clock: Clock) -> None:
    """In a storm that goes on, records and the summaries before them together keep to the limit."""
    limiter = make(limit=10.0, burst=1)
    written = 0
    for _ in range(10_000):
        taken = limiter.takes("shop", 40, "boom")
        written += taken.passes + len(taken.summaries)
        clock.now += 0.001
    assert 90 <= written <= 103


@pytest.mark.parametrize(("limit", "patience"), [(100.0, 1.0), (0.1, 10.0), (0.001, 60.0)])
def test_a_storm_is_told_of_while_it_lasts(
    make: Callable[..., Limiter], clock: Clock, limit: float, patience: float
) -> None:
    """What waits to be told is due after a second; of a limit below one a second after its interval, or a minute."""
    limiter = make(limit=limit, burst=1)
    passes(limiter, times=3)
    assert limiter.due(clock.now + patience - 0.01) == []
    assert [summary.count for summary in limiter.due(clock.now + patience)] == [2]
    assert limiter.due(clock.now + 1000) == []


def test_the_rest_is_told_at_the_end(make: Callable[..., Limiter]) -> None:
    """At a flush everything is told, however fresh, and once."""
    limiter = make(burst=1)
    passes(limiter, "a", 3)
    passes(limiter, "b", 2)
    assert {summary.event: summary.count for summary in limiter.rest()} == {"a": 2, "b": 1}
    assert limiter.rest() == []


def test_events_do_not_share_a_limit(make: Callable[..., Limiter]) -> None:
    """Logger, level, text and fingerprint each make an event of its own."""
    limiter = make(burst=1)
    for logger, level, event, fingerprint in itertools.product("ab", (20, 40), ("x", "y"), (None, "f1", "f2")):
        assert limiter.takes(logger, level, event, fingerprint).passes
        assert not limiter.takes(logger, level, event, fingerprint).passes


def test_values_in_a_text_make_no_other_event(make: Callable[..., Limiter]) -> None:
    """Texts made with ids in them are limited together; the summary shows one of them."""
    limiter = make(burst=2)
    assert [passes(limiter, f"order {number} failed")[0] for number in range(4)] == [True, True, False, False]
    (summary,) = limiter.rest()
    assert (summary.event, summary.count) == ("order 0 failed", 2)


def test_a_summary_is_a_record_of_the_schema(make: Callable[..., Limiter]) -> None:
    """What a summary says makes a valid line that counts for what was left out."""
    limiter = make(burst=1)
    for _ in range(50):
        limiter.takes("shop", 40, "boom", "f1", error_type="shop.Oops")
    (summary,) = limiter.rest()
    assert summary.context == {"left_out": 49, "since": "1970-01-02T00:00:00.000000Z"}
    assert summary.error == {"type": "shop.Oops", "fingerprint": "f1"}
    assert summary.sampling == {"rate": pytest.approx(1 / 49), "reason": "limit"}
    record = log_record.build(
        when=summary.last,
        level=summary.level,
        message=summary.event,
        logger=summary.logger,
        fields=summary.context,
        static={"service": "shop", "environment": "test", "host": "h"},
        correlation_id=None,
        trace_id=None,
        span_id=None,
        error=summary.error,
        late=False,
        sampling=summary.sampling,
    )
    jsonschema.validate(record | {"id": f"{'0' * 32}-l1"}, json.loads(schema_text()))


def test_without_an_exception_there_is_no_error_block(make: Callable[..., Limiter]) -> None:
    """A summary of plain records reports no error."""
    limiter = make(burst=1)
    passes(limiter, times=2)
    assert limiter.rest()[0].error is None


def test_what_head_sampling_kept_stands_for_more(make: Callable[..., Limiter]) -> None:
    """A record that was kept for ten counts for ten when it is left out; the count of records stays what it is."""
    limiter = make(burst=1)
    for rate in (1.0, 0.1, 0.1, 1.0):
        limiter.takes("shop", 20, "done", rate=rate)
    (summary,) = limiter.rest()
    assert summary.count == 3
    assert summary.stands_for == pytest.approx(21.0)
    assert 1 / summary.sampling["rate"] == pytest.approx(21.0)


@given(
    limit=st.floats(0.01, 1000.0),
    burst=st.integers(1, 20),
    steps=st.lists(
        st.tuples(st.floats(0.0, 30.0), st.sampled_from(["a", "b", "order 1"]), st.booleans()), max_size=200
    ),
)
def test_limit_and_count_hold_for_any_sequence(limit: float, burst: int, steps: list[tuple[float, str, bool]]) -> None:
    """In no stretch of time more than burst + limit * seconds of an event pass; passed and told make up emitted."""
    clock = Clock()
    limiter = Limiter(limit, burst, clock, wall=clock.wall)
    passed: dict[str, list[float]] = {}
    told: list[Summary] = []
    emitted: Counter[str] = Counter()
    for pause, event, upkeep in steps:
        clock.now += pause
        taken = limiter.takes("shop", 20, event)
        emitted[event] += 1
        told += taken.summaries
        if taken.passes:
            passed.setdefault(event, []).append(clock.now)
        if upkeep:
            told += limiter.due(clock.now)
    told += limiter.rest()
    for event, count in emitted.items():
        times = passed.get(event, [])
        assert len(times) + sum(summary.count for summary in told if summary.event == event) == count
        for first, last in itertools.combinations(range(len(times)), 2):
            assert last - first + 1 <= burst + limit * (times[last] - times[first]) + 1e-6
    assert all(DAY <= summary.first <= summary.last for summary in told)


@given(
    names=st.lists(st.tuples(st.integers(0, 30), st.floats(0.0, 2.0)), min_size=1, max_size=300),
    most=st.integers(1, 10),
)
def test_nothing_is_forgotten_where_events_make_room(names: list[tuple[int, float]], most: int) -> None:
    """With more events than are told apart at a time, those that go are told of first."""
    clock = Clock()
    limiter = Limiter(0.5, 2, clock, wall=clock.wall, most=most)
    told: Counter[str] = Counter()
    emitted: Counter[str] = Counter()
    for name, pause in names:
        clock.now += pause
        event = "abcdefghijklmnopqrstuvwxyzABCDE"[name]
        taken = limiter.takes("shop", 20, event)
        emitted[event] += 1
        told[event] += taken.passes
        for summary in taken.summaries:
            told[summary.event] += summary.count
        assert len(limiter._buckets) <= most
    for summary in limiter.rest():
        told[summary.event] += summary.count
    assert told == emitted


def test_an_event_that_made_room_has_one_limit(make: Callable[..., Limiter]) -> None:
    """An event that comes back is one again, by whichever of its texts."""
    limiter = make(burst=2, most=1)
    passes(limiter, "order 1")
    passes(limiter, "other")
    assert passes(limiter, "order 2", 2) == [True, True]
    assert passes(limiter, "order 1") == [False]


def test_events_without_end_take_no_memory_without_end(make: Callable[..., Limiter]) -> None:
    """Thousands of different texts, many of them huge, keep a bounded number of small buckets."""
    limiter = make(burst=1, most=64)
    words = ["".join(letters) for letters in itertools.product("abcdefghij", repeat=4)]
    told = left = 0
    for word in words:
        for event in (word, word):
            taken = limiter.takes("shop", 20, event)
            left += not taken.passes
            told += counted(list(taken.summaries))
        assert len(limiter._waiting) <= 2 * 64
        assert len(limiter._parted) <= 64
    told += counted(limiter.rest())
    assert told == left == len(words)
    assert len(limiter._buckets) <= 64
    assert limiter._waiting == {}
    for word in words[:1000]:
        limiter.takes(word * 2000, 20, word * 2000)
    held = sum(len(text) for key in limiter._known for text in key if isinstance(text, str))
    held += sum(len(str(bucket.named)) for bucket in limiter._buckets.values())
    assert held < 2_000_000


def test_events_that_are_no_texts(make: Callable[..., Limiter]) -> None:
    """Objects are limited by their class and what they say, whatever that is."""
    limiter = make(burst=1)

    class Silent:
        def __str__(self) -> str:
            raise ValueError

    assert [passes(limiter, event)[0] for event in (Silent(), Silent(), ValueError("a"), 5, 6, b"x", None)] == [
        True, False, True, True, False, True, True
    ]  # fmt: skip
    assert [summary.event for summary in limiter.rest()] == [f"({Silent.__qualname__})", "(int)"]


def test_a_limiter_keeps_no_event_alive(make: Callable[..., Limiter]) -> None:
    """What was logged is not held: neither the object nor a text of megabytes."""

    class Thing:
        pass

    limiter = make(burst=1)
    thing = Thing()
    limiter.takes("shop", 20, thing)
    limiter.takes("shop", 20, thing)
    gone = weakref.ref(thing)
    del thing
    gc.collect()
    assert gone() is None


def test_a_clock_that_stands_still_or_goes_back_gives_nothing(make: Callable[..., Limiter], clock: Clock) -> None:
    """Time that does not pass earns no record, and none is taken away."""
    limiter = make(limit=1.0, burst=2)
    assert passes(limiter) == [True]
    clock.now -= 500.0
    assert passes(limiter, times=2) == [True, False]


def test_a_logger_without_a_name_has_a_limit_all_the_same(make: Callable[..., Limiter]) -> None:
    """A record of the standard library that somebody has made by hand may have None for it."""
    limiter = make(burst=2)
    assert [limiter.takes(None, 40, "boom").passes for _ in range(3)] == [True, True, False]  # type: ignore[arg-type]
