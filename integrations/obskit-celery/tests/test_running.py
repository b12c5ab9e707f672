"""Running tasks in a worker: one unit of work an attempt, under the ids of what sent it."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from celery import Celery, chain, chord, group
from celery.exceptions import Ignore, Reject

import obskit

log = obskit.get_logger("shop")


def _wait(result: Any) -> Any:
    return result.get(timeout=10, propagate=False)


def _wait_for(lines: Any, count: int) -> list[dict[str, Any]]:
    """Wait for so many lines about tasks, and return them by attempt; more of them fail the test."""
    for _ in range(200):
        if len(lines()) >= count:
            break
        threading.Event().wait(0.05)
    threading.Event().wait(0.1)
    assert len(lines()) == count, [line["message"] for line in lines()]
    return sorted(lines(), key=lambda line: int(line["context"]["task_retries"]))


def _consumer_span(captured: Any) -> Any:
    """Return the span of the task's run; it ends a moment after its line, and the sender's may end later still."""
    for _ in range(200):
        found = [span for span in captured.spans if span["span_kind"] == "CONSUMER"]
        if found:
            return found[-1]
        threading.Event().wait(0.05)
    raise AssertionError("no consumer span has ended")


def test_a_task_has_the_ids_of_what_sent_it(captured: Any, app: Celery, worker: Any, task_lines: Any) -> None:
    """Lines of the task have the sender's correlation id and trace, and the task's own id and name."""

    @app.task(shared=False, name="shop.charge")
    def charge(order: str) -> str:
        log.info("charging")
        return order

    with worker():
        with obskit.scope("order-5"), obskit.span("checkout"):
            sent = charge.delay("o1")
        _wait(sent)
        _wait_for(task_lines, 1)
    line = next(line for line in captured.records if line["message"] == "charging")
    assert line["correlation_id"] == "order-5"
    assert line["context"] == {"task_id": sent.id, "task_name": "shop.charge", "task_retries": 0}
    _consumer_span(captured)
    spans = {span["name"]: span for span in captured.spans}
    assert len({span["trace_id"] for span in spans.values()}) == 1
    assert spans["send shop.charge"]["parent_span_id"] == spans["checkout"]["span_id"]
    assert spans["process shop.charge"]["parent_span_id"] == spans["send shop.charge"]["span_id"]
    assert line["span_id"] == spans["process shop.charge"]["span_id"]


def test_success_leaves_one_line(captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any) -> None:
    """The line tells how the task ended and how long it took; Celery's own line about that is left out."""
    noop = task("shop.noop", lambda: "done")
    with worker():
        noop.delay()
        (line,) = _wait_for(task_lines, 1)
    assert (line["level"], line["message"]) == ("INFO", "shop.noop succeeded")
    assert line["request"]["duration_ms"] > 0
    assert line["context"]["task_state"] == "SUCCESS"
    assert not [line for line in captured.records if line["logger"] == "celery.app.trace"]


def test_the_consumer_span_follows_the_conventions(
    captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any
) -> None:
    """The span tells operation, queue, message, system and how the task ended."""
    noop = task("shop.noop", lambda: None)
    with worker():
        sent = noop.delay()
        _wait_for(task_lines, 1)
    span = _consumer_span(captured)
    assert (span["name"], span["span_kind"]) == ("process shop.noop", "CONSUMER")
    assert span["attributes"].pop("messaging.client.id")
    assert span["attributes"] == {
        "messaging.operation.name": "process", "messaging.operation.type": "process", "messaging.system": "memory",
        "messaging.destination.name": "crew", "messaging.message.id": sent.id, "celery.task_name": "shop.noop",
        "celery.retries": 0, "celery.state": "SUCCESS",
    }  # fmt: skip


def test_a_failure_is_reported_once(captured: Any, app: Celery, worker: Any, task_lines: Any) -> None:
    """One line has the error, and the span's status is ERROR."""

    @app.task(shared=False, name="shop.refund")
    def refund(order: str) -> None:
        obskit.bind(order=order)
        raise LookupError(f"no payment for {order}")

    with worker():
        refund.delay("o1")
        (line,) = _wait_for(task_lines, 1)
    assert [line["message"] for line in captured.records if "error" in line] == ["shop.refund failed"]
    assert (line["level"], line["error"]["type"]) == ("ERROR", "LookupError")
    assert line["context"]["order"] == "o1"
    assert 'raise LookupError(f"no payment for {order}")' in line["error"]["stack_trace"]
    span = _consumer_span(captured)
    assert span["status"]["code"] == "ERROR"
    assert span["attributes"]["error.type"] == "LookupError"
    assert [event["name"] for event in span["events"]] == ["exception"]


def test_an_exception_that_cannot_be_pickled_is_itself(
    captured: Any, app: Celery, worker: Any, task_lines: Any
) -> None:
    """The error is what the task raised, not what Celery makes of it for the result."""

    class Odd(Exception):
        def __init__(self, one: Any, two: Any) -> None:
            super().__init__("odd")
            self.lock = threading.Lock()

    @app.task(shared=False, name="shop.odd")
    def odd() -> None:
        raise Odd(1, 2)

    with worker():
        odd.delay()
        (line,) = _wait_for(task_lines, 1)
    assert line["error"]["type"].endswith(".Odd")


@pytest.mark.parametrize(
    ("error", "message", "level", "state"),
    [
        (Ignore(), "shop.control was ignored", "INFO", "IGNORED"),
        (Reject("no"), "shop.control was rejected", "WARN", "REJECTED"),
        (KeyError("known"), "shop.control failed as expected", "WARN", "FAILURE"),
    ],
)
def test_what_a_task_raises_on_purpose_is_no_error(
    captured: Any, app: Celery, worker: Any, task_lines: Any, error: Exception, message: str, level: str, state: str
) -> None:
    """Ignore, Reject and what `throws` names make an ordinary line and no error."""

    @app.task(shared=False, name="shop.control", throws=(KeyError,), acks_late=True)
    def control() -> None:
        raise error

    with worker():
        control.delay()
        (line,) = _wait_for(task_lines, 1)
    assert (line["message"], line["level"], line["context"]["task_state"]) == (message, level, state)
    assert not [line for line in captured.records if "error" in line]
    assert "status" not in _consumer_span(captured)


def test_each_attempt_is_a_unit_under_the_same_ids(captured: Any, app: Celery, worker: Any, task_lines: Any) -> None:
    """A retried task has one span and one line an attempt, with the same correlation, trace and task id."""

    @app.task(shared=False, name="shop.ship", bind=True, default_retry_delay=0)
    def ship(self: Any) -> None:
        if self.request.retries < 2:
            raise self.retry(exc=ConnectionError("busy"), countdown=0)

    with worker():
        with obskit.scope("order-5"):
            sent = ship.delay()
        lines = _wait_for(task_lines, 3)
    assert [line["context"]["task_retries"] for line in lines] == [0, 1, 2]
    assert [line["message"] for line in lines] == ["shop.ship will be retried"] * 2 + ["shop.ship succeeded"]
    assert lines[0]["context"]["retry_reason"] == "ConnectionError: busy"
    assert {line["correlation_id"] for line in lines} == {"order-5"}
    assert {line["context"]["task_id"] for line in lines} == {sent.id}
    assert len({line["trace_id"] for line in lines}) == 1
    assert len({line["span_id"] for line in lines}) == 3
    assert not [line for line in captured.records if "error" in line]


def test_the_last_attempt_of_a_retry_is_a_failure(captured: Any, app: Celery, worker: Any, task_lines: Any) -> None:
    """When the retries are used up, the error is what the task had met."""

    @app.task(shared=False, name="shop.ship", bind=True, max_retries=1)
    def ship(self: Any) -> None:
        try:
            raise ConnectionError("busy")
        except ConnectionError as error:
            raise self.retry(exc=error, countdown=0) from error

    with worker():
        ship.delay()
        lines = _wait_for(task_lines, 2)
    assert [line["message"] for line in lines] == ["shop.ship will be retried", "shop.ship failed"]
    assert lines[1]["error"]["type"] == "ConnectionError"


def test_a_chain_a_group_and_a_chord_share_the_ids(
    captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any
) -> None:
    """Whatever a request sets off, at whatever remove, is under its id and in its trace."""
    add = task("shop.add", lambda a, b: a + b)
    total = task("shop.total", lambda numbers: sum(numbers) + 0)
    with worker():
        with obskit.scope("order-5"), obskit.span("checkout"):
            chain(add.s(1, 2), add.s(3), add.s(4)).apply_async()
            group(add.s(1, 1), add.s(2, 2)).apply_async()
            chord([add.s(1, 1), add.s(2, 2)], total.s()).apply_async()
        lines = _wait_for(task_lines, 8)
    assert {line["correlation_id"] for line in lines} == {"order-5"}
    assert len({line["trace_id"] for line in lines}) == 1
    known = {span["span_id"] for span in captured.spans}
    assert [span["name"] for span in captured.spans if span.get("parent_span_id") not in known] == ["checkout"]


def test_a_countdown_keeps_the_ids(captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any) -> None:
    """A task that waits for its time runs under the ids of what sent it."""
    noop = task("shop.noop", lambda: None)
    with worker():
        with obskit.scope("order-5"):
            noop.apply_async(countdown=0.3)
        (line,) = _wait_for(task_lines, 1)
    assert line["correlation_id"] == "order-5"


def test_a_task_that_is_delivered_again(captured: Any, app: Celery, worker: Any, task_lines: Any) -> None:
    """A message that comes again is another attempt under the same ids."""
    seen: list[int] = []

    @app.task(shared=False, name="shop.again", acks_late=True)
    def again() -> None:
        seen.append(1)
        if len(seen) == 1:
            raise Reject("once more", requeue=True)

    with worker():
        with obskit.scope("order-5"):
            again.delay()
        first, second = _wait_for(task_lines, 2)
    assert {first["message"], second["message"]} == {"shop.again was rejected", "shop.again succeeded"}
    assert {first["correlation_id"], second["correlation_id"]} == {"order-5"}
    assert first["context"]["task_id"] == second["context"]["task_id"]


def test_a_task_that_expired_leaves_a_line(captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any) -> None:
    """A task that is never run is told of under the id of what sent it."""
    noop = task("shop.noop", lambda: None)
    with worker(), obskit.scope("order-5"):
        noop.apply_async(expires=-1)
        (line,) = _wait_for(task_lines, 1)
    assert (line["level"], line["message"]) == ("WARN", "shop.noop expired")
    assert line["correlation_id"] == "order-5"


def test_a_revoked_task_leaves_a_line(captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any) -> None:
    """So is one that was revoked."""
    from celery.worker.state import revoked

    noop = task("shop.noop", lambda: None)
    task_id = str(uuid.uuid4())
    revoked.add(task_id)
    with worker(), obskit.scope("order-5"):
        noop.apply_async(task_id=task_id)
        (line,) = _wait_for(task_lines, 1)
    assert line["message"] == "shop.noop was revoked"
    assert line["correlation_id"] == "order-5"


def test_tasks_in_threads_stay_apart(captured: Any, app: Celery, worker: Any, task_lines: Any) -> None:
    """Two tasks that run at once in a pool of threads never see each other's fields or ids."""
    meeting = threading.Barrier(2, timeout=10)

    @app.task(shared=False, name="shop.meet")
    def meet(name: str) -> None:
        obskit.bind(name=name)
        meeting.wait()
        log.info("met")

    with worker():
        for name in ("a", "b"):
            with obskit.scope(name):
                meet.delay(name)
        _wait_for(task_lines, 2)
    met = [line for line in captured.records if line["message"] == "met"]
    assert sorted(line["correlation_id"] for line in met) == ["a", "b"]
    assert all(line["context"]["name"] == line["correlation_id"] for line in met)


def test_nothing_stays_behind_for_the_next_task(
    captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any
) -> None:
    """A task that leaves a span open and a field bound leaves nothing to the ones after it in the same thread."""

    @app.task(shared=False, name="shop.leaves")
    def leaves() -> int:
        obskit.bind(left="behind")
        obskit.span("left open").__enter__()
        return threading.get_ident()

    @app.task(shared=False, name="shop.after")
    def after() -> int:
        log.info("after")
        return threading.get_ident()

    left: set[int] = set()
    found: list[int] = []
    with worker():
        # Two of them: threads that take turns would otherwise never meet what the other one left.
        while not left & set(found) and len(found) < 50:
            left.add(_wait(leaves.delay()))
            found += [_wait(after.delay()), _wait(after.delay())]
        sent = len(found) + len(found) // 2
        _wait_for(task_lines, sent)
    assert left & set(found)
    later = [line for line in captured.records if line["message"] == "after"]
    assert not [line for line in later if "left" in line["context"]]
    assert len({line["trace_id"] for line in task_lines()}) == sent


def test_arguments_are_in_no_output(captured: Any, app: Celery, worker: Any, task_lines: Any, task: Any) -> None:
    """Neither lines nor spans show what a task was called with or gave back, of Celery's own lines either."""

    @app.task(shared=False, name="shop.charge", bind=True, max_retries=1)
    def charge(self: Any, password: str, card: str = "") -> str:
        if not self.request.retries:
            raise self.retry(countdown=0)
        return password

    fail = task("shop.fail", lambda password: 1 / 0)
    with worker():
        charge.delay("hunter2-swordfish", card="hunter2-swordfish")
        fail.delay("hunter2-swordfish")
        _wait_for(task_lines, 3)
    assert "hunter2" not in str(captured.records) + str(captured.spans)
    assert [line["context"] for line in captured.records if line["message"].endswith("received")]


def test_a_fault_of_obskits_own_never_reaches_the_task(
    captured: Any, app: Celery, worker: Any, monkeypatch: pytest.MonkeyPatch, task: Any
) -> None:
    """Where a unit can't be begun the task runs without one."""
    monkeypatch.setattr("obskit_celery.running.begin", lambda *_, **__: 1 / 0)
    noop = task("shop.noop", lambda: "done")
    with worker():
        assert _wait(noop.delay()) == "done"
    assert obskit.stats().internal_errors == 1
