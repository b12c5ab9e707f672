"""Running a task: each attempt is a unit of work with a consumer span, under the ids of what has sent it."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from celery import signals
from opentelemetry import context as otel_context

import obskit
from obskit.integration import Unit, begin, current_span, enabled, guard
from obskit_celery import message, otel
from obskit_celery.broker import Brokers
from obskit_celery.outcome import outcome

_REMEMBERED = 256


class Run:
    """One run of a task that is under way."""

    __slots__ = ("before", "error", "handled", "makes_span", "reason", "task_id", "unit")

    def __init__(self, task_id: str, unit: Unit, makes_span: bool, around: Any, before: Any) -> None:
        self.task_id = task_id
        self.unit = unit
        self.makes_span = makes_span
        # What the caller of an eager task is handling already is not this task's doing.
        self.handled = around
        self.before = before
        self.error: BaseException | None = None
        self.reason: BaseException | None = None


class Running:
    """Follow the runs of tasks in this process, by Celery's signals."""

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers
        self._runs: dict[int, Run] = {}
        self._failed: deque[str] = deque(maxlen=_REMEMBERED)

    @classmethod
    def is_installed(cls) -> bool:
        """Return whether one of these listens already."""
        return any(isinstance(getattr(found, "__self__", None), cls) for _, found in signals.task_prerun.receivers)

    def install(self) -> Callable[[], None]:
        """Listen to Celery's signals; return what stops it."""
        connected = [
            (signals.task_prerun, self._begins),
            (signals.task_failure, self._fails),
            (signals.task_retry, self._retries),
            (signals.task_postrun, self._ends),
        ]
        for signal, receiver in connected:
            signal.connect(receiver, weak=False)

        def undo() -> None:
            for signal, receiver in connected:
                signal.disconnect(receiver)

        return undo

    def is_under_way(self, task_id: object) -> bool:
        """Return whether a run of this task is under way here, whose line will tell how it ended."""
        return any(run.task_id == task_id for run in list(self._runs.values()))

    def told(self, task_id: str) -> None:
        """Remember that a line has told of this task's failure."""
        self._failed.append(task_id)

    def has_told_of(self, task_id: str) -> bool:
        """Return whether a line has told of this task's failure lately."""
        return task_id in self._failed

    def _begins(self, *, sender: Any, task_id: str, **_: Any) -> None:
        with guard():
            if enabled():
                request = sender.request
                makes_span = not otel.makes_the_spans()
                before = otel_context.get_current() if makes_span else None
                unit = begin_unit(self._brokers, sender, task_id, request, makes_span)
                self._runs[id(request)] = Run(task_id, unit, makes_span, sys.exc_info()[1], before)

    def _fails(self, *, sender: Any, task_id: str, exception: BaseException, **_: Any) -> None:
        with guard():
            run = self._run_of(sender, task_id)
            if run is not None:
                # Celery gives a copy that can be pickled; the exception itself is still being handled.
                run.error = sys.exc_info()[1] or exception

    def _retries(self, *, request: Any, reason: Any = None, **_: Any) -> None:
        with guard():
            run = self._runs.get(id(request))
            if run is not None:
                met = getattr(reason, "exc", None)
                run.reason = met if isinstance(met, BaseException) else None

    def _ends(self, *, sender: Any, state: str | None = None, **_: Any) -> None:
        with guard():
            run = self._runs.pop(id(sender.request), None)
            if run is None:
                return
            passing = sys.exc_info()[1]
            if passing is not None and passing is not run.handled:
                run.error = passing
            try:
                self._finish(run, sender, state)
            finally:
                if run.before is not None and otel_context.get_current() is not run.before:
                    # Whatever the task has left current, the next one in this thread begins where this one did.
                    otel_context.attach(run.before)

    def _finish(self, run: Run, task: Any, state: str | None) -> None:
        result = outcome(task, state, run.error, run.reason)
        if not run.makes_span and (span := current_span()).get_span_context().is_valid:
            run.unit.span = span
        if result.error is not None:
            self.told(run.task_id)
        attributes: dict[str, Any] = {"celery.state": result.state}
        if result.fault is not None:
            attributes["error.type"] = result.fault
        run.unit.finish(
            error=result.error,
            message=f"{task.name} {result.word}",
            level=result.level,
            logger="obskit.task",
            attributes=attributes,
            fields=result.fields,
            failed=result.fault is not None,
        )

    def _run_of(self, task: Any, task_id: str) -> Run | None:
        run = self._runs.get(id(task.request))
        return run if run is not None and run.task_id == task_id else None


def begin_unit(brokers: Brokers, task: Any, task_id: str, request: Any, makes_span: bool) -> Unit:
    """Begin the unit of work of one run of a task.

    An eager task has no message: it is part of the trace that it runs in, under the same correlation id.
    """
    eager, retries = bool(request.is_eager), int(request.retries or 0)
    info = request.delivery_info
    attributes = message.attributes("process", task.name, task_id, message.destination(info))
    attributes["celery.retries"] = retries
    fields: dict[str, Any] = {"task_id": task_id, "task_name": task.name, "task_retries": retries}
    if info and info.get("redelivered"):
        fields["task_redelivered"] = True
    if not eager:
        attributes.update(brokers.attributes(task.app))
        if request.hostname:
            attributes["messaging.client.id"] = str(request.hostname)
    return begin(
        f"process {task.name}",
        kind="internal" if eager else "consumer",
        headers=() if eager else message.inbound(request),
        attributes=attributes,
        fields=fields,
        correlation_id=obskit.correlation_id() if eager else None,
        tracer="obskit_celery",
        span=makes_span,
    )
