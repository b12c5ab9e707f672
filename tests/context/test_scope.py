from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
import weakref
from collections.abc import Iterator
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
        assert obskit.correlation_id() == "outer"
    assert obskit.correlation_id() is None
    assert scope.layer().fields() == {}


def _held(*blocks: Any) -> Iterator[None]:
    with contextlib.ExitStack() as held:
        for block in blocks:
            held.enter_context(block)
        yield


def _close_in_a_thread(generator: Any) -> None:
    thread = threading.Thread(target=generator.close)
    thread.start()
    thread.join()


def test_a_block_closed_by_another_thread_leaks_into_no_later_unit(obskit_capture: Any) -> None:
    """The context that entered it lets go of it, for lines outside of any unit as for the next unit."""
    log = obskit.get_logger("t")
    generator = _held(obskit.bound(customer="A"))
    next(generator)
    _close_in_a_thread(generator)
    with obskit.scope("next"):
        log.info("in the next unit")
    log.info("after it")
    assert [line.context for line in obskit_capture.records] == [None, None]


def test_a_unit_closed_by_another_thread_is_over_where_it_was_entered(obskit_capture: Any) -> None:
    """What runs there next carries neither its id nor `late`, and binds nothing to it."""
    generator = _held(obskit.scope("unit", a=1), obskit.bound(b=2))
    next(generator)
    _close_in_a_thread(generator)
    obskit.get_logger("t").info("outside")
    line = obskit_capture.records[0]
    assert (line.correlation_id, line.late, line.context) == (None, None, None)
    assert obskit.correlation_id() is None


def test_a_block_closed_elsewhere_below_an_open_one_goes_with_that() -> None:
    """The open block keeps what it began with; when it ends, nothing of either is left."""
    generator = _held(obskit.bound(a=1))
    next(generator)
    with obskit.bound(b=2):
        _close_in_a_thread(generator)
        assert scope.layer().fields() == {"a": 1, "b": 2}
    assert scope.layer().fields() == {}


def test_what_was_started_inside_a_block_keeps_its_fields_whoever_closes_it(obskit_capture: Any) -> None:
    """A copy of the context outlives unit and block, also after blocks of its own."""
    log = obskit.get_logger("t")
    generator = _held(obskit.scope("unit"), obskit.bound(step=1))
    next(generator)
    outlives = contextvars.copy_context()
    _close_in_a_thread(generator)

    def work() -> None:
        with obskit.bound(own=2):
            log.info("in a block of its own")
        log.info("after it")

    outlives.run(work)
    found = [(line.correlation_id, line.late, line.context) for line in obskit_capture.records]
    assert found == [("unit", True, {"step": 1, "own": 2}), ("unit", True, {"step": 1})]


def test_a_task_that_outlives_its_unit_keeps_the_ids_after_a_block_of_its_own(obskit_capture: Any) -> None:
    """Leaving a block never steps over one that another context entered, though it has ended in order there."""
    with obskit.scope("unit"):
        outlives = contextvars.copy_context()

    def work() -> None:
        with obskit.bound(own=1):
            pass
        obskit.get_logger("t").info("late")

    outlives.run(work)
    assert (obskit_capture.records[0].correlation_id, obskit_capture.records[0].late) == ("unit", True)


def test_a_context_that_has_ended_its_blocks_is_not_kept_alive() -> None:
    """What outlives a unit holds on to the unit's fields, not to all that the unit's context held."""

    class Heavy:
        pass

    other: contextvars.ContextVar[Any] = contextvars.ContextVar("other")

    def serve() -> contextvars.Context:
        with obskit.scope("unit"):
            outlives = contextvars.copy_context()
            other.set(Heavy())
            return outlives

    serving = contextvars.Context()
    outlives = serving.run(serve)
    heavy = weakref.ref(serving[other])
    del serving
    assert heavy() is None
    assert outlives.run(obskit.correlation_id) == "unit"


async def test_one_scope_object_serves_concurrent_tasks(obskit_capture: Any) -> None:
    """Each task leaves and seals the unit that it entered itself."""
    log = obskit.get_logger("t")
    shared, first_is_out = obskit.scope(), asyncio.Event()

    async def first() -> str:
        with shared as unit:
            await asyncio.sleep(0)
        assert unit.sealed
        assert obskit.correlation_id() is None
        first_is_out.set()
        return unit.correlation_id

    async def second() -> str:
        with shared as unit:
            await first_is_out.wait()
            log.info("still inside")
        assert unit.sealed
        return unit.correlation_id

    ids = await asyncio.gather(first(), second())
    assert (obskit_capture.records[0].correlation_id, obskit_capture.records[0].late) == (ids[1], None)


async def test_one_bound_object_serves_concurrent_tasks() -> None:
    """The first task to leave its block is rid of the fields, the other keeps its own until it leaves."""
    shared, first_is_out = obskit.bound(a=1), asyncio.Event()

    async def first() -> dict[str, Any]:
        with shared:
            await asyncio.sleep(0)
        first_is_out.set()
        return scope.layer().fields()

    async def second() -> list[dict[str, Any]]:
        with shared:
            await first_is_out.wait()
            inside = scope.layer().fields()
        return [inside, scope.layer().fields()]

    assert await asyncio.gather(first(), second()) == [{}, [{"a": 1}, {}]]


def test_one_object_nests_in_itself() -> None:
    """Blocks of the same `scope` object end innermost first."""
    shared = obskit.scope()
    with shared as outer:
        with shared as inner:
            assert obskit.correlation_id() == inner.correlation_id
        assert (inner.sealed, outer.sealed) == (True, False)
        assert obskit.correlation_id() == outer.correlation_id
    assert obskit.correlation_id() is None


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
