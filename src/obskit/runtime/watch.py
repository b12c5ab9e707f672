"""Notice what becomes due: a unit of work that is slow now, a summary of what was left out."""

from __future__ import annotations

from collections.abc import Callable

from obskit.ship.worker import Worker

_MOST_OFTEN = 0.02
_AT_LEAST = 0.1


class Watch:
    """A thread that looks for what is due, several times a second.

    It begins with the first record that is held or left out, stops before a fork and begins anew after it.

    Args:
        look: Does what is due.
        slow: Seconds after which a unit is slow; shorter ones are looked for more often.
    """

    def __init__(self, look: Callable[[], None], slow: float) -> None:
        self._look = look
        self._every = min(_AT_LEAST, max(_MOST_OFTEN, slow / 10))
        self._worker: Worker | None = None
        self._made: dict[str, Worker] = {}

    def ensure(self) -> None:
        """Start the thread if it is not running."""
        worker = self._worker
        if worker is None:
            made = Worker(self._run)
            # To make one lets other threads go on: the first one stays.
            worker = self._made.setdefault("one", made)
            if worker is not made:
                made.close()
            self._worker = worker
        worker.ensure()

    def park(self) -> None:
        """Stop the thread until `resume`."""
        if self._worker is not None:
            self._worker.park()

    def resume(self) -> None:
        """Go on after `park`."""
        if self._worker is not None:
            self._worker.resume()

    def forget(self) -> None:
        """In a forked child: there is no thread."""
        if self._worker is not None:
            self._worker.forget()

    def close(self) -> None:
        """Stop for good."""
        if self._worker is not None:
            self._worker.close()

    def _run(self) -> None:
        worker = self._worker
        while worker is not None and not worker.stopping:
            self._look()
            worker.rest(self._every)
