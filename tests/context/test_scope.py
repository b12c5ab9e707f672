from __future__ import annotations

import asyncio
import contextvars
import threading
from typing import Any

import pytest

import obskit
from obskit.context import scope


def test_bind_is_seen_by_a_thread_that_serves_the_unit(obskit_capture: Any) -> None:
    """What a worker thread binds stands in the unit's later lines, as a sync dependency needs."""
    with obskit.scope():
        thread = threading.Thread(target=lambda: obskit.bind(cart=7))
        thread.start()
        thread.join()
        obskit.get_logger("t").info("after")
    assert obskit_capture.records[0].context["cart"] == 7


async def test_a_task_never_carries_its_siblings_value(obskit_capture: Any) -> None:
    """Two tasks of one unit that bind the same key each log their own value."""
    log = obskit.get_logger("t")
    both_bound = asyncio.Barrier(2)

    async def serve(n: int) -> None:
        obskit.bind(part=n)
        await both_bound.wait()
        log.info("part", expected=n)

    with obskit.scope():
        await asyncio.gather(serve(1), serve(2))
    assert [line.context["part"] == line.context["expected"] for line in obskit_capture.records] == [True, True]


def test_precedence_is_event_over_bound_over_bind(obskit_capture: Any) -> None:
    """The nearer a field was given, the more it counts."""
    log = obskit.get_logger("t")
    with obskit.scope(a="scope", b="scope", c="scope", d="scope"):
        obskit.bind(b="bind", c="bind", d="bind")
        with obskit.bound(c="bound", d="bound"):
            log.info("x", d="event")
    assert obskit_capture.records[0].context == {"a": "scope", "b": "bind", "c": "bound", "d": "event"}


def test_bind_inside_bound_outlives_the_block(obskit_capture: Any) -> None:
    """`bind` belongs to the unit, not to the block it is called in."""
    with obskit.scope():
        with obskit.bound(step=1):
            obskit.bind(order="o-1")
        obskit.get_logger("t").info("later")
    assert obskit_capture.records[0].context == {"order": "o-1"}


def test_outside_a_unit_bind_reaches_the_current_context_only() -> None:
    """Another context of the process sees nothing of it."""
    other = contextvars.Context()
    contextvars.copy_context().run(obskit.bind, region="eu")
    assert other.run(lambda: scope.layer().fields()) == {}
    assert scope.layer().fields() == {}


def test_a_sealed_unit_keeps_ids_and_loses_its_user(obskit_capture: Any) -> None:
    """What still runs after the end is late, and can't write to the unit."""
    log = obskit.get_logger("t")
    with obskit.scope("job-1") as unit:
        obskit.set_user(id="u1")
        late = contextvars.copy_context()
        log.info("in time")
    late.run(obskit.bind, extra=1)
    late.run(log.info, "too late")
    first, second = obskit_capture.records
    assert (first.user, first.late) == ({"id": "u1"}, None)
    assert (second.user, second.late, second.correlation_id) == (None, True, "job-1")
    assert "extra" not in unit.fields


def test_exits_in_another_context_never_raise() -> None:
    """A generator that holds a block open may be closed by anyone, without harm to the closer."""

    def held() -> Any:
        with obskit.bound(held=1), obskit.scope("inner"):
            yield

    generator = held()
    next(generator)
    with obskit.scope("outer"):
        contextvars.Context().run(generator.close)
        assert obskit.correlation_id() == "inner" or obskit.correlation_id() == "outer"


def test_blocks_that_end_out_of_order_leave_nothing_behind() -> None:
    """The last to end takes off what ended before it."""
    first, second = obskit.bound(a=1), obskit.bound(b=2)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert scope.layer().fields() == {"a": 1, "b": 2}
    second.__exit__(None, None, None)
    assert scope.layer().fields() == {}


def test_a_unit_takes_with_it_what_was_left_open_inside() -> None:
    """A block that was never left does not leak into the next request on the same thread."""
    with obskit.scope("a"):
        obskit.bound(leak=1).__enter__()
    assert scope.layer().fields() == {}
    assert obskit.correlation_id() is None


@pytest.mark.parametrize("bad", ["", "a" * 129, "a b", "a\r\nb", "é", "a\x00"])
def test_scope_replaces_an_id_of_the_wrong_form(bad: str) -> None:
    """Only an acceptable correlation id is used."""
    with obskit.scope(bad) as unit:
        assert unit.correlation_id != bad
        assert unit.correlation_id.startswith("req-")


def test_concurrent_binds_are_all_kept() -> None:
    """Twenty threads that bind at once lose none of their fields."""
    with obskit.scope() as unit:
        context = contextvars.copy_context()
        barrier = threading.Barrier(20)

        def work(n: int) -> None:
            barrier.wait()
            for k in range(50):
                obskit.bind(**{f"k{n}_{k}": n})

        threads = [threading.Thread(target=context.copy().run, args=(work, n)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(unit.fields) == 1000
