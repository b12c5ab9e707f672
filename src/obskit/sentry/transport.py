"""sentry-sdk's HTTP transport with what it lacks: a fork story and a count of what was lost."""

from __future__ import annotations

import os
import threading
import weakref
from collections import Counter
from typing import TYPE_CHECKING, Any

from sentry_sdk.transport import HttpTransport
from urllib3.exceptions import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentry_sdk.envelope import Envelope

PARK = 0.1  # seconds that a fork waits for an idle worker thread to end


class Transport(HttpTransport):
    """Delivers envelopes from a daemon thread, as sentry-sdk does.

    A forked child begins with an empty queue, locks of its own and no inherited connection: sentry-sdk's worker would
    send the parent's pending events a second time, and wait for ever for a lock held at the fork.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self.lost: Counter[str] = Counter()
        self.failing = False
        self.used = False
        self.trouble: Callable[[str], None] | None = None
        self.gate: Callable[[Envelope], Envelope] | None = None
        for moment, method in (("before", self._before_fork), ("after_in_child", self._after_fork)):
            os.register_at_fork(**{moment: _weakly(weakref.WeakMethod(method))})

    def capture_envelope(self, envelope: Envelope) -> None:
        """Queue an envelope, behind the gate; drops it, counted, when the queue is full. Never blocks."""
        self.used = True
        if self.gate is not None:
            envelope = self.gate(envelope)
        if envelope.items:
            super().capture_envelope(envelope)

    def on_dropped_event(self, _reason: str) -> None:
        """Note that Sentry was not reached or refused."""
        self.lost[_reason] += 1
        self.failing = True
        tell, self.trouble = self.trouble, None
        if tell is not None:
            tell(f"Sentry was not reached or refused ({_reason}): its events are lost until it answers")

    def _get_pool_options(self) -> dict[str, Any]:
        # urllib3 logs each of its retries, which would put three warnings a lost event among the application's lines.
        return {**super()._get_pool_options(), "retries": False}

    def _request(self, *args: Any, **options: Any) -> Any:
        try:
            return super()._request(*args, **options)
        except ProtocolError:  # a kept connection that the server has closed meanwhile: once more, on a new one
            return super()._request(*args, **options)

    def _send_envelope(self, envelope: Envelope) -> None:
        before = self.lost.total()
        super()._send_envelope(envelope)
        self.failing = self.lost.total() != before

    def _create_worker(self, options: dict[str, Any]) -> Any:
        worker: Any = super()._create_worker(options)
        # Re-entrant, for a log call in a signal handler that interrupts the start of the thread.
        worker._lock = threading.RLock()  # noqa: SLF001
        return worker

    def _before_fork(self) -> None:
        worker: Any = self._worker
        thread = getattr(worker, "_thread", None)
        queue = getattr(worker, "_queue", None)
        # An idle thread ends before the fork (Python 3.12 warns of forks with threads) and starts with the next event.
        if (
            thread is not None
            and not getattr(queue, "unfinished_tasks", 1)
            and thread is not threading.current_thread()
        ):
            worker.kill()
            thread.join(PARK)

    def _after_fork(self) -> None:
        self._worker = self._create_worker(self.options)
        self._pool = self._make_pool()
        self.used = self.failing = False


def _weakly(method: weakref.WeakMethod[Callable[[], None]]) -> Callable[[], None]:
    # At-fork hooks can't be taken back: a closed transport must not live on in them.
    def call() -> None:
        if (found := method()) is not None:
            found()

    return call
