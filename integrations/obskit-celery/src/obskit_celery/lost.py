"""Tasks whose run can't tell its own end: revoked before it began, or lost with the process that it ran in.

A worker's main process learns of these. The carrier stands in the request that it has received.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from celery import signals

from obskit.integration import enabled, error_type, guard
from obskit_celery import otel
from obskit_celery.broker import Brokers
from obskit_celery.errors import is_control
from obskit_celery.running import Running, begin_unit

_WARN, _ERROR = 30, 40


class Lost:
    """Write the lines of tasks that were revoked, timed out or died with their process."""

    def __init__(self, brokers: Brokers, running: Running) -> None:
        self._brokers = brokers
        self._running = running
        self._received: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self.last = 0

    def install(self) -> Callable[[], None]:
        """Listen to Celery's signals; return what stops it."""
        connected = [
            (signals.task_received, self._receives),
            (signals.task_revoked, self._revoked),
            (signals.task_failure, self._fails),
        ]
        for signal, receiver in connected:
            signal.connect(receiver, weak=False)

        def undo() -> None:
            for signal, receiver in connected:
                signal.disconnect(receiver)

        return undo

    def _receives(self, *, request: Any, **_: Any) -> None:
        with guard():
            self._received[request.id] = request

    def _revoked(self, *, sender: Any, request: Any, terminated: Any = False, expired: Any = False, **_: Any) -> None:
        with guard():
            if not enabled():
                return
            why = "expired" if expired else "was terminated" if terminated else "was revoked"
            unit = begin_unit(self._brokers, sender, request.id, request, not otel.makes_the_spans())
            unit.finish(
                message=f"{sender.name} {why}",
                level=_WARN,
                logger="obskit.task",
                attributes={"celery.state": "REVOKED"},
                fields={"task_state": "REVOKED"},
            )

    def _fails(self, *, sender: Any, task_id: str, exception: BaseException, **_: Any) -> None:
        with guard():
            told = self._running.is_under_way(task_id) or self._running.has_told_of(task_id)
            if told or not enabled() or is_control(exception):
                return
            request = self._request(sender, task_id)
            if request is None:
                return
            self._running.told(task_id)
            self.last = id(exception)
            unit = begin_unit(self._brokers, sender, task_id, request, not otel.makes_the_spans())
            unit.finish(
                error=exception,
                message=f"{sender.name} failed",
                level=_ERROR,
                logger="obskit.task",
                attributes={"celery.state": "FAILURE", "error.type": error_type(exception)},
                fields={"task_state": "FAILURE"},
            )

    def _request(self, task: Any, task_id: str) -> Any:
        """Return the request as the task would see it."""
        current = task.request
        if current.id == task_id:
            return current
        received = self._received.get(task_id)
        return None if received is None else received._context  # noqa: SLF001 - what Celery hands to its own handlers
