"""Deliver one signal to one target: one batch at a time, in the order of the file."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from obskit.journal import reader
from obskit.journal.ids import Signal
from obskit.ship.batch import Batch
from obskit.ship.batch_size import BatchSize
from obskit.ship.encoder import record_of
from obskit.ship.feed import Feed, SegmentFeed

if TYPE_CHECKING:
    from obskit.journal.cursors import Key
    from obskit.ship.backoff import Backoff
    from obskit.ship.encoder import Encoder, Record
    from obskit.ship.outcome import Outcome
    from obskit.ship.peer import Peer

_SILENT_FAILURES = 3
_VARIABLE: dict[Signal, str] = {"logs": "LOGS", "spans": "TRACES"}


class Reporter(Protocol):
    """Where a lane says what a user should know."""

    def once(self, topic: str, text: str) -> None:
        """Say something a single time for a topic."""

    def refused(self, target: str, identity: str, detail: str) -> None:
        """Report a record that a target will never take."""


@dataclass(slots=True)
class Counts:
    """What became of the records handed to a target by this process."""

    shipped: int = 0
    refused: int = 0
    batches: int = 0
    failures: int = 0


class Lane:
    """One signal on its way to one target.

    Args:
        key: The target's name and the signal, as in the cursors.
        target: Where to.
        encoder: Makes a request's body.
        backoff: How long to wait after the n-th failure in a row.
        report: Where to say what a user should know.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        key: Key,
        signal: Signal,
        target: Peer[Any, Any],
        encoder: Encoder,
        backoff: Backoff,
        report: Reporter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.key = key
        self.signal: Signal = signal
        self.target = target
        self.counts = Counts()
        self.off = False
        self.failing = False
        self.taken = False
        self.detail = ""
        self.sibling: Lane | None = None
        self._encoder = encoder
        self._record = record_of(encoder)
        self._backoff = backoff
        self._report = report
        self._clock = clock
        self._size = BatchSize()
        self._todo: list[Batch] = []
        self.in_flight = False
        self._retry_at = 0.0
        self._unsupported: Outcome | None = None

    def idle_for(self) -> float:
        """Return the seconds until there is something to try, 0 where there may be at once."""
        return max(0.0, self._retry_at - self._clock()) if self.failing else 0.0

    def step(self, feeds: Iterable[Feed], pace: Callable[[], None], ready: Callable[[Peer[Any, Any]], bool]) -> bool:
        """Do one thing: take an answer, or send the next batch.

        Args:
            feeds: This process's own first, then those of dead writers.
            pace: Called between records; may raise to end the step, which is then done again.
            ready: Tells whether the answer of a target has begun to arrive.

        Returns:
            Whether anything was done.
        """
        if self.off:
            return False
        if self.in_flight:
            if not ready(self.target):
                return self._read_ahead(pace)
            self._take(self.target.receive())
            return True
        if self.idle_for() > 0:
            return False
        if not self._todo:
            batch = self._next(feeds, pace)
            if batch is None:
                return False
            self._todo.append(batch)
        if len(self._todo[0].records) > self._size.most:
            # Read when there was hope for more.
            self._todo[:1] = self._todo[0].split(self._size.most)
        self._send(self._todo[0], pace)
        return True

    def finish(self, ready: Callable[[Peer[Any, Any]], bool]) -> bool:
        """Take the answer to what is in flight and begin nothing new: someone else ships from now on.

        Returns:
            Whether nothing is in flight any more.
        """
        if self.in_flight and ready(self.target):
            self._take(self.target.receive())
        if not self.in_flight:
            self._todo.clear()
        return not self.in_flight

    def stand_aside(self) -> None:
        """Leave the target to another process: how it answers is for that one to say."""
        self.failing, self.detail = False, ""

    def give_back(self, feed: Feed) -> None:
        """Let go of what waits to be sent of a feed: it is read again from where it lies now."""
        if self.working_on is feed and not self.in_flight:
            self._todo.clear()

    @property
    def working_on(self) -> Feed | None:
        """The feed of the batch that waits to be taken."""
        return self._todo[0].feed if self._todo else None

    def _next(self, feeds: Iterable[Feed], pace: Callable[[], None]) -> Batch | None:
        # After a failure a small probe goes first.
        most = 1 if self.failing else self._size.most
        with self._smaller_if_ended():
            for feed in feeds:
                batch = feed.read(self.key, self.signal, most, pace, self._made)
                if batch is not None:
                    return batch
        return None

    @contextlib.contextmanager
    def _smaller_if_ended(self) -> Iterator[None]:
        """What is too large to be read between two forks must not be tried for ever."""
        try:
            yield
        except Exception:
            self._size.failed()
            raise

    def _read_ahead(self, pace: Callable[[], None]) -> bool:
        """While a slow target thinks: have the next batch ready. Returns whether one was read."""
        last, most = self._todo[-1], self._size.to_have_ready
        # Only what lies in a file can be read further than it was acknowledged.
        if len(self._todo) > 1 or not most or not isinstance(last.feed, SegmentFeed):
            return False
        with self._smaller_if_ended():
            batch = last.feed.read_behind(last, self.key, self.signal, most, pace, self._made)
        if batch is None:
            return False
        self._todo.append(batch)
        return True

    def _send(self, batch: Batch, pace: Callable[[], None]) -> None:
        self._set_unsendable_aside(batch)
        if not batch.records:
            self._todo.pop(0)
            return
        outcome = self.target.send(self._encoder.chunks(batch.records, batch.resource), pace)
        self._size.sent(len(batch.records), self._clock())
        self.counts.batches += 1
        self.in_flight = outcome is None
        if outcome is not None:
            self._take(outcome)

    def _made(self, line: dict[str, Any], raw: bytes) -> Record | str:
        """Encode a line, or say why that can't be done."""
        try:
            return self._record(line, raw)
        except Exception as trouble:
            return f"it can't be encoded: {type(trouble).__name__}: {trouble}"

    def _set_unsendable_aside(self, batch: Batch) -> None:
        """Set aside what could not be encoded, so that it doesn't hold up what comes behind it."""
        unsendable = [at for at, record in enumerate(batch.records) if type(record) is str]
        for gone, at in enumerate(unsendable):
            self._set_aside(batch, at - gone, batch.records[at - gone])

    def _set_aside(self, batch: Batch, at: int, detail: str) -> None:
        end, line = batch.end(at), batch.take_out(at)
        self.counts.refused += 1
        if not batch.records:
            batch.feed.acknowledge(self.key, end, batch.refused)
        self._report_refused(line, detail)

    def _report_refused(self, line: bytes, detail: str) -> None:
        record = reader.parse(line) or {}
        self._report.refused(self.key[0], str(record.get("id", "")), detail)

    def _take(self, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        self.in_flight = False
        batch = self._todo.pop(0)
        if outcome.kind == "accepted":
            self._accepted(batch, outcome)
        elif outcome.kind == "rejected":
            self._rejected(batch, outcome)
        elif outcome.kind == "unsupported" and self.sibling is not None and self.sibling.taken:
            self._switch_off(outcome)
        else:
            self._unsupported = outcome if outcome.kind == "unsupported" else None
            self._failed(batch, outcome)

    def _accepted(self, batch: Batch, outcome: Outcome) -> None:
        self._answered()
        self._size.answered(self._clock())
        self.taken = True
        if self.sibling is not None:
            self.sibling.other_is_taken()
        refused = min(outcome.refused + len(outcome.refused_at), len(batch.records))
        self.counts.shipped += len(batch.records) - refused
        self.counts.refused += refused
        if outcome.refused:
            self._report.once(f"partial {self.key}", outcome.detail)
        for at, detail in outcome.refused_at:
            self._report_refused(batch.lines[at], detail)
        batch.feed.acknowledge(self.key, batch.end(), refused + batch.refused)

    def _rejected(self, batch: Batch, outcome: Outcome) -> None:
        # The target is there and answers: what it refuses is in the batch.
        self._answered()
        if len(batch.records) > 1:
            self._todo[:0] = batch.split(len(batch.records) // 2)
            return
        self._set_aside(batch, 0, outcome.detail)

    def _answered(self) -> None:
        self.failing, self.detail, self._unsupported = False, "", None
        self._backoff.succeeded()

    def other_is_taken(self) -> None:
        """Learn that the target takes the other signal: what it said to this one was meant for this one alone."""
        if self._unsupported is not None and not self.in_flight:
            self._switch_off(self._unsupported)

    def _switch_off(self, outcome: Outcome) -> None:
        self.off, self.failing, self.detail = True, False, outcome.detail
        self._todo.clear()
        self.target.close()
        self._report.once(
            f"off {self.key}",
            f"the target does not take {self.signal} ({outcome.detail}); they stay in the journal. "
            f"OTEL_{_VARIABLE[self.signal]}_EXPORTER=none says so for good",
        )

    def _failed(self, batch: Batch, outcome: Outcome) -> None:
        self.failing, self.detail = True, outcome.detail
        self.counts.failures += 1
        self._size.failed()
        # A small probe goes first from now on, the rest once that is taken.
        self._todo[:0] = batch.split(1) if len(batch.records) > 1 else (batch,)
        self._retry_at = self._clock() + self._backoff.failed(outcome.retry_after)
        # Where nobody answers it may just be starting; the third time in a row is worth a word.
        if outcome.say_once or (outcome.status is None and self._backoff.failures == _SILENT_FAILURES):
            # Once for both signals of a target: one thing is wrong, not two.
            self._report.once(f"failing {self.key[0]} {outcome.status}", f"{outcome.detail}; will be retried")

    def abandon(self) -> None:
        """In a forked child: let go of the parent's connection and of what it has in flight."""
        self.target.abandon()
        self.in_flight = False
        self._todo.clear()
        self.failing, self.detail, self._unsupported = False, "", None
        self._retry_at = 0.0
        self._backoff.succeeded()
        self.counts = Counts()

    def close(self) -> None:
        """Close the connection; what is in flight counts as not acknowledged."""
        self.target.close()
        self.in_flight = False
        self._todo.clear()
