"""Eager tasks: run where they are called, as part of the trace they are called in."""

from __future__ import annotations

from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Retry

import obskit

log = obskit.get_logger("shop")


@pytest.fixture
def eager(app: Celery) -> Celery:
    """Return an application whose tasks run at once."""
    app.conf.task_always_eager = True
    return app


def test_an_eager_task_is_part_of_the_trace(captured: Any, eager: Celery, task_lines: Any, task: Any) -> None:
    """It has a unit and a span of its own below the caller's, under the caller's id; nothing was sent."""
    noop = task("shop.noop", lambda: log.info("running"))
    with obskit.scope("order-5"), obskit.span("checkout"):
        sent = noop.delay()
        assert obskit.correlation_id() == "order-5"
        log.info("afterwards")
    span, checkout = captured.spans
    (line,) = task_lines()
    assert (span["name"], span["span_kind"], span["parent_remote"]) == ("process shop.noop", "INTERNAL", False)
    assert span["parent_span_id"] == checkout["span_id"]
    assert line["correlation_id"] == "order-5"
    assert line["context"]["task_id"] == sent.id
    afterwards = next(line for line in captured.records if line["message"] == "afterwards")
    assert afterwards["span_id"] == checkout["span_id"]
    assert "context" not in afterwards


def test_apply_runs_as_a_unit(captured: Any, app: Celery, task_lines: Any, task: Any) -> None:
    """`.apply()` is eager without any setting; a task inside a task gets its own, and gives way again."""
    inner = task("shop.inner", lambda: log.info("inside"))

    @app.task(shared=False, name="shop.outer")
    def outer() -> None:
        inner.apply()
        log.info("outside again")

    outer.apply()
    assert [line["message"] for line in task_lines()] == ["shop.inner succeeded", "shop.outer succeeded"]
    again = next(line for line in captured.records if line["message"] == "outside again")
    assert again["context"]["task_name"] == "shop.outer"
    assert len({line["correlation_id"] for line in captured.records if "context" in line}) == 1


def test_an_eager_failure_that_propagates(captured: Any, eager: Celery, task_lines: Any, task: Any) -> None:
    """The exception reaches the caller, and one line reports it."""
    eager.conf.task_eager_propagates = True
    fail = task("shop.fail", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fail.delay()
    (line,) = task_lines()
    assert line["error"]["type"] == "ZeroDivisionError"
    assert captured.spans[0]["status"]["code"] == "ERROR"
    assert obskit.correlation_id() is None


def test_an_eager_retry(captured: Any, eager: Celery, task_lines: Any) -> None:
    """Each attempt is a unit; where Celery raises the retry to the caller it is no error either."""

    @eager.task(shared=False, name="shop.ship", bind=True)
    def ship(self: Any) -> None:
        if not self.request.retries:
            raise self.retry(exc=ConnectionError("busy"))

    ship.delay()
    eager.conf.task_eager_propagates = True
    with pytest.raises(Retry):
        ship.delay()
    retried = "shop.ship will be retried"
    assert [line["message"] for line in task_lines()] == [retried, "shop.ship succeeded", retried]
    assert not [line for line in captured.records if "error" in line]


def test_an_eager_task_within_an_except_block_succeeds(
    captured: Any, eager: Celery, task_lines: Any, task: Any
) -> None:
    """The exception that its caller is handling is not the task's."""
    noop = task("shop.noop", lambda: None)
    try:
        raise LookupError("the caller's")
    except LookupError:
        noop.delay()
    assert [line["message"] for line in task_lines()] == ["shop.noop succeeded"]
    assert "error" not in task_lines()[0]
