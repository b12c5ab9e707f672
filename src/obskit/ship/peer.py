"""Hold one request to an endpoint, whatever that speaks, without ever waiting for it."""

from __future__ import annotations

import math
import os
import select
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

from obskit.ship.connection import Connection, Refusal
from obskit.ship.outcome import Outcome, one_line
from obskit.ship.proxy import proxy_for
from obskit.ship.request import Discretion, place

if TYPE_CHECKING:
    from obskit.settings.endpoint import Endpoint
    from obskit.ship.request import Place

Answer = TypeVar("Answer")
Held = TypeVar("Held", bound=Connection)


class Peer(ABC, Generic[Answer, Held]):
    """One endpoint of one signal; one request at a time, its connection kept for the next.

    `send` begins a request; while it returns nothing, poll `fileno()` for `events()` until `deadline` and call
    `receive`. The thread that does so may end and another go on: the request stays where it is. Not for two threads at
    once.

    Args:
        endpoint: URL, headers, timeout, compression, protocol and certificates.
        clock: Seconds, monotonic.
        wall: Seconds since the Unix epoch, for a `Retry-After` that is a date.
        environ: Where the proxy variables are read.

    Raises:
        ValueError: The endpoint's URL or a header cannot stand in a request.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._timeout = endpoint.timeout
        self._gzip = endpoint.compression == "gzip"
        self._clock = clock
        self._wall = wall
        self._where = place(endpoint.url)
        proxy_url = proxy_for(endpoint.url, environ)
        self._clean = Discretion([endpoint.url, proxy_url or ""], endpoint.headers).clean
        self.name = self._where.shown
        self._connection = self._connect(self._where, proxy_url, endpoint, environ)
        self._under_way: Generator[int, None, Answer] | None = None
        self._events = 0
        self._until = 0.0

    @abstractmethod
    def _connect(self, where: Place, proxy_url: str | None, endpoint: Endpoint, environ: Mapping[str, str]) -> Held:
        """Return what holds the connection; nothing is connected yet."""

    @abstractmethod
    def _request(
        self, chunks: Iterable[bytes], pause: Callable[[], object]
    ) -> Callable[[], Generator[int, None, Answer]]:
        """Make a request of the parts of its body; what it returns begins it."""

    @abstractmethod
    def _judged(self, answer: Answer) -> Outcome:
        """Return what an answer means, and close the connection where it can't be used again."""

    @property
    def in_flight(self) -> bool:
        """Whether a request has been begun that has no outcome yet."""
        return self._under_way is not None

    @property
    def deadline(self) -> float:
        """When `receive` must be called even if nothing happens, in seconds of the clock; only while in flight."""
        return min(self._until, self._connection.attempt_until or self._until)

    def fileno(self) -> int | None:
        """Return the descriptor to wait on, None where nothing is in flight; it may be another after each `receive`."""
        return self._connection.fileno() if self._under_way is not None else None

    def events(self) -> int:
        """Return what to wait for: `select.POLLIN`, `select.POLLOUT` or both."""
        return self._events

    def overdue(self) -> bool:
        """Tell whether `receive` must be called even if nothing has happened."""
        return self._under_way is not None and self._clock() >= self.deadline

    def ready(self) -> bool:
        """Tell without waiting whether `receive` has something to do."""
        if self._under_way is None:
            return False
        return self.overdue() or self._wait(0.0)

    def send(self, body: bytes | Iterable[bytes], pause: Callable[[], object] = lambda: None) -> Outcome | None:
        """Begin a request.

        Args:
            body: The request's body, or its parts; compressed here where the endpoint asks for it.
            pause: Called between slices of work; what it raises is passed on, and nothing has been begun.

        Returns:
            What became of it, where that is known at once.

        Raises:
            RuntimeError: Another request is in flight.
        """
        if self._under_way is not None:
            raise RuntimeError(f"a request to {self.name} is in flight; call receive() until it has an outcome")
        begin = self._request((body,) if isinstance(body, bytes) else body, pause)
        self._until = self._clock() + self._timeout
        self._under_way = begin()
        return self.receive()

    def receive(self) -> Outcome | None:
        """Go on with the request in flight as far as that needs no waiting.

        Returns:
            What became of it; None while it is under way.

        Raises:
            RuntimeError: No request is in flight.
        """
        steps = self._under_way
        if steps is None:
            raise RuntimeError(f"no request to {self.name} is in flight; call send() first")
        try:
            self._events = next(steps)
        except StopIteration as end:
            self._under_way = None
            return self._outcome(end.value)
        except Refusal as refusal:
            return self._failed(str(refusal), say_once=refusal.say_once)
        except Exception as error:
            # Whatever it is: a lane without an outcome would wait for it for ever.
            return self._failed(f"{self._connection.stage}: {_reason(error)}")
        if self._clock() < self._until:
            return None
        return self._failed(f"no answer within {self._timeout:g} s ({self._connection.stage})")

    def _outcome(self, answer: Answer) -> Outcome:
        try:
            return self._told(self._judged(answer))
        except Exception as error:
            return self._failed(f"the answer can't be read: {type(error).__name__}: {error}")

    def exchange(self, body: bytes | Iterable[bytes]) -> Outcome:
        """Send a request and wait for its outcome, at most the endpoint's timeout."""
        outcome = self.send(body)
        while outcome is None:
            self._wait(max(0.0, self.deadline - self._clock()))
            outcome = self.receive()
        return outcome

    def close(self) -> None:
        """Close the connection; a request in flight is given up. The target can be used again."""
        self._under_way = None
        self._connection.close()

    def abandon(self) -> None:
        """In a forked child: let go of the parent's connection without a byte to the peer; a new one can be made."""
        self.close()

    def _wait(self, seconds: float) -> bool:
        # Not select(): it knows no descriptor from 1024 on.
        poll = select.poll()
        if (descriptor := self.fileno()) is not None:
            poll.register(descriptor, self._events)
        return bool(poll.poll(math.ceil(seconds * 1000)))

    def _failed(self, detail: str, *, say_once: bool = False) -> Outcome:
        self.close()
        return self._told(Outcome("failing", one_line(self._clean(detail)), say_once=say_once))

    def _told(self, outcome: Outcome) -> Outcome:
        return replace(outcome, detail=f"{self.name}: {outcome.detail}")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return str(error.strerror or error) or type(error).__name__
    return str(error)
