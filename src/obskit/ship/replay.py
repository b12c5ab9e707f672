"""Send chosen lines of a journal to a target, whatever other targets have: the work of `obskit replay`."""

from __future__ import annotations

import contextlib
import math
import select
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from obskit.journal.cursors import Cursor, Key
from obskit.journal.ids import Signal
from obskit.ship.batch import Batch
from obskit.ship.feed import Make, parsed
from obskit.ship.lane import Lane
from obskit.ship.mark import marked

Outcome = Literal["done", "stopped", "stalled"]
Line = tuple[bytes, dict[str, Any]]
_BYTES_EACH = 2048
_MOST_BYTES = 4 << 20
_REST = 0.2
# Who is told to stop waits so long for the answer to what is in flight: else it would be sent once more.
_LAST_ANSWER = 2.0


class Stopped(Exception):
    """The replay is asked to stop in the middle of its reading."""


class Delivered(Protocol):
    """The ids that a target is known to have taken or refused."""

    def __contains__(self, identity: object) -> bool:
        """Tell whether an id is one of them."""

    def add(self, identity: str) -> None:
        """Add an id."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of one writer in a row.

    Attributes:
        resource: The resource attributes of the process that wrote them.
        lines: Yields those of a signal that are to be sent: their bytes, and what they hold.
    """

    resource: Mapping[str, Any]
    lines: Callable[[Signal], Iterator[Line]]


@dataclass(slots=True)
class _Stream:
    """One signal's way through the pieces.

    Attributes:
        lines: The lines that come, each with the resource of its piece.
        held: A line that was read and belongs to the next batch.
        handed_out: The ids of what was handed out and is not acknowledged, each with its number in the stream.
        count: How many were handed out.
        ended: Whether there are no more.
    """

    lines: Iterator[tuple[Mapping[str, Any], Line]]
    held: tuple[Mapping[str, Any], Line] | None = None
    handed_out: deque[tuple[int, str]] = field(default_factory=deque)
    count: int = 0
    ended: bool = False


class ReplayFeed:
    """The chosen lines, as a lane takes them; an offset is a line's number in its signal's stream.

    It knows no cursors: what a target has acknowledged is known by its ids.

    Args:
        pieces: Returns the pieces to send, in their order.
        delivered: What need not be sent.
    """

    def __init__(self, pieces: Callable[[], Iterable[Piece]], delivered: Delivered) -> None:
        self._pieces = pieces
        self._delivered = delivered
        self._streams: dict[Key, _Stream] = {}
        self._at: dict[Key, Cursor] = {}
        self.handed_out = 0

    def begin_anew(self) -> None:
        """Go through the pieces once more, for what was not to be found where it was looked for."""
        self._streams.clear()

    def exhausted(self, key: Key) -> bool:
        """Tell whether a lane has been handed all there is, and has acknowledged it."""
        stream = self._streams.get(key)
        return stream is not None and stream.ended and not stream.handed_out

    def cursor(self, key: Key) -> Cursor:
        """Return how far a lane is."""
        return self._at.get(key) or Cursor()

    def reached(self, key: Key, position: tuple[int, int]) -> bool:
        """Tell whether a lane has acknowledged everything up to a number."""
        return self.cursor(key).offset >= position[1]

    def read(self, key: Key, signal: Signal, most: int, pace: Callable[[], None], make: Make = parsed) -> Batch | None:
        """Return the next lines of a signal, or None where there are no more.

        Args:
            key: The lane's.
            signal: Which lines.
            most: The lines of a batch.
            pace: Called between lines; may raise.
            make: Makes what is to be sent of each line.
        """
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = _Stream(self._lines(signal))
            self._at[key] = Cursor()
        batch: Batch | None = None
        size, largest = 0, min(_MOST_BYTES, most * _BYTES_EACH)
        while (found := self._next(stream)) is not None:
            pace()
            resource, (raw, record) = found
            if batch is None:
                batch = Batch(self, resource, self.cursor(key))
            elif resource is not batch.resource and resource != batch.resource:
                stream.held = found
                break
            stream.count += 1
            stream.handed_out.append((stream.count, str(record["id"])))
            batch.add(raw, make(record, raw), stream.count)
            self.handed_out += 1
            size += len(raw)
            if size >= largest or len(batch.lines) == most:
                break
        return batch

    def acknowledge(self, key: Key, cursor: Cursor, refused: int = 0) -> None:
        """Remember that the target has, or has refused, everything up to `cursor`."""
        known = self.cursor(key)
        self._at[key] = Cursor(cursor.segment, cursor.offset, cursor.passed, known.refused + refused)
        handed_out = self._streams[key].handed_out
        while handed_out and handed_out[0][0] <= cursor.offset:
            self._delivered.add(handed_out.popleft()[1])

    def _next(self, stream: _Stream) -> tuple[Mapping[str, Any], Line] | None:
        if stream.held is not None:
            found, stream.held = stream.held, None
            return found
        following = next(stream.lines, None)
        stream.ended = following is None
        return following

    def _lines(self, signal: Signal) -> Iterator[tuple[Mapping[str, Any], Line]]:
        for piece in self._pieces():
            for line in piece.lines(signal):
                if line[1]["id"] not in self._delivered:
                    yield piece.resource, line


class Replay:
    """Sends what a feed holds through lanes, until all is acknowledged.

    Args:
        lanes: The target's, one a signal.
        feed: What to send.
        patience: Seconds without any progress after which it is given up.
        stopping: Whether to stop.
        tick: Called every now and then.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        feed: ReplayFeed,
        *,
        patience: float,
        stopping: Callable[[], bool],
        tick: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lanes = lanes
        self._feed = feed
        self._patience = patience
        self._stopping = stopping
        self._tick = tick
        self._clock = clock

    def run(self) -> Outcome:
        """Send until nothing is left.

        Returns:
            `done` where the target has taken or refused everything of the signals that it takes, `stopped` where it was
            told to stop, `stalled` where nothing went on for too long.
        """
        with marked():
            try:
                return self._run()
            except Stopped:
                self._await_answers()
                return "stopped"

    def _run(self) -> Outcome:
        progress, since = -1, self._clock()
        while True:
            self._pace()
            worked = [lane.step((self._feed,), self._pace, _ready) for lane in self._lanes]
            self._tick()
            if (now := self._progress()) != progress:
                progress, since = now, self._clock()
            if any(worked):
                continue
            if all(map(self._is_done, self._lanes)):
                return "done"
            if self._clock() - since >= self._patience:
                self._await_answers()
                return "stalled"
            self._rest()

    def _pace(self) -> None:
        if self._stopping():
            raise Stopped

    def _progress(self) -> int:
        return self._feed.handed_out + sum(lane.counts.shipped + lane.counts.refused for lane in self._lanes)

    def _is_done(self, lane: Lane) -> bool:
        return lane.off or (self._feed.exhausted(lane.key) and lane.working_on is None and not lane.in_flight)

    def _await_answers(self) -> None:
        until = self._clock() + _LAST_ANSWER
        while self._clock() < until:
            waiting = [lane for lane in self._lanes if not lane.finish(_ready)]
            if not waiting:
                return
            self._rest()

    def _rest(self) -> None:
        poll, seconds = select.poll(), _REST
        for lane in self._lanes:
            if lane.in_flight:
                seconds = min(seconds, max(0.0, lane.target.deadline - time.monotonic()))
                with contextlib.suppress(OSError, ValueError):
                    if (fd := lane.target.fileno()) is not None:
                        poll.register(fd, lane.target.events())
            elif lane.failing:
                seconds = min(seconds, max(0.01, lane.idle_for()))
        poll.poll(math.ceil(seconds * 1000))


def _ready(target: Any) -> bool:
    return bool(target.ready())
