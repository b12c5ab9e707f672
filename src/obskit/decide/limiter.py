"""Limit how many records a second one event may write; what is left out is counted and told of in a summary."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from obskit.clock import timestamp
from obskit.decide import event as events

_MOST_EVENTS = 4096
_MOST_KNOWN = 8192
# A storm is told of while it lasts, at most once a second and at least once a minute.
_SOONEST, _LATEST = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Summary:
    """What was left out of one event.

    Args:
        logger: The logger's dotted name.
        level: The number of its level.
        event: The message: that of one of them.
        fingerprint: The one of their exceptions; None where they had none.
        count: How many records were left out.
        first: When the first one was, in nanoseconds since the epoch.
        last: When the last one was.
        error_type: The class of their exceptions.
        stands_for: How many records those would have stood for: more than `count` where head sampling kept them.
    """

    logger: str
    level: int
    event: str
    fingerprint: str | None
    count: int
    first: int
    last: int
    error_type: str | None
    stands_for: float

    @property
    def sampling(self) -> dict[str, Any]:
        """The block `sampling` of its record: weighed by 1/rate, the record counts for all that were left out."""
        return {"rate": 1.0 / self.stands_for, "reason": "limit"}

    @property
    def context(self) -> dict[str, Any]:
        """The block `context` of its record."""
        return {"left_out": self.count, "since": timestamp(self.first)}

    @property
    def error(self) -> dict[str, Any] | None:
        """The block `error` of its record, enough to group by; None where no exception was left out."""
        if self.error_type is None:
            return None
        return {"type": self.error_type} | ({} if self.fingerprint is None else {"fingerprint": self.fingerprint})


class Taken(NamedTuple):
    """What becomes of a record.

    Args:
        passes: Whether it is written.
        summaries: To be written before it, whether it passes or not; none as a rule.
    """

    passes: bool
    summaries: tuple[Summary, ...] = ()


PASSED = Taken(passes=True)
LEFT_OUT = Taken(passes=False)


class _Bucket:
    """What one event may still write, and how often it was left out.

    Args:
        named: Logger, level, message, fingerprint and exception's class of its summaries.
    """

    __slots__ = ("extra", "first", "gone", "last", "left", "named", "refilled", "telling", "tokens", "told")

    def __init__(self, named: tuple[str, int, str, str | None, str | None], burst: float, now: float) -> None:
        self.named = named
        self.tokens = burst
        self.refilled = now
        self.left = itertools.count()
        self.told = 0
        self.extra = 0.0
        self.first: float | None = None
        self.last = now
        self.gone = False
        self.telling = threading.Lock()


class Limiter:
    """A token bucket for each event: logger, level, text without its variable parts, and fingerprint.

    No lock is ever waited for, so a signal handler or a finaliser may log in the middle of it; nothing that was left
    out escapes the summaries, however many threads log.

    Args:
        limit: Records a second that one event may write, above 0; a summary that precedes one counts among them.
        burst: How many may be written at once; at least 1.
        clock: Monotonic seconds.
        wall: Nanoseconds since the epoch.
        most: How many events are told apart at a time; the ones idle for longest make room.
    """

    def __init__(
        self,
        limit: float,
        burst: int = 100,
        clock: Callable[[], float] = time.monotonic,
        *,
        wall: Callable[[], int] = time.time_ns,
        most: int = _MOST_EVENTS,
    ) -> None:
        self._limit = limit
        self._burst = float(burst)
        self._clock = clock
        self._wall = wall
        self._most = most
        self._patience = min(max(_SOONEST, 1.0 / limit), _LATEST)
        self._buckets: dict[tuple[str, int, str, str | None], _Bucket] = {}
        # The same by what calls give, for the many that give the same each time.
        self._known: dict[tuple[str, int, str, str | None], _Bucket] = {}
        self._waiting: dict[_Bucket, None] = {}
        self._parted: deque[_Bucket] = deque()

    def takes(
        self,
        logger: str,
        level: int,
        event: object,
        fingerprint: str | None = None,
        *,
        error_type: str | None = None,
        rate: float = 1.0,
    ) -> Taken:
        """Decide whether a record is written; never raises.

        Args:
            logger: The logger's dotted name.
            level: The number of its level.
            event: What the log call was given.
            fingerprint: That of its exception, if any.
            error_type: The class of that exception, for the summary.
            rate: The probability with which head sampling kept it.
        """
        bucket = None
        if type(event) is str and type(logger) is str:
            bucket = self._known.get((logger, level, event, fingerprint))
        parting: tuple[Summary, ...] = ()
        if bucket is None or bucket.gone:
            bucket, parting = self._find(logger, level, event, fingerprint, error_type)
        now = self._clock()
        # From here to where tokens are stored nothing is called: the interpreter changes threads, and runs signal
        # handlers, at calls only.
        tokens = bucket.tokens
        passed = now - bucket.refilled
        if passed > 0.0:
            bucket.refilled = now
            tokens += passed * self._limit
            tokens = self._burst if tokens > self._burst else tokens  # noqa: FURB136 - min() would be a call
        if tokens >= 1.0:
            bucket.tokens = tokens - 1.0
            return self._passed(bucket, now, parting) if parting or bucket in self._waiting else PASSED
        bucket.tokens = tokens
        bucket.last = now
        if bucket.first is None:
            bucket.first = now
        if rate < 1.0:
            bucket.extra += 1.0 / rate - 1.0
        next(bucket.left)
        # After the count: whoever tells takes the bucket out before it reads it.
        self._waiting[bucket] = None
        return Taken(passes=False, summaries=parting) if parting else LEFT_OUT

    def due(self, now: float | None = None) -> list[Summary]:
        """Return what was left out and must be told of now; to be called each second.

        Args:
            now: The clock's time.
        """
        moment = self._clock() if now is None else now
        return self._tell_all(moment, moment - self._patience)

    def rest(self) -> list[Summary]:
        """Return all that was left out and not told of yet: at a flush, or at the end."""
        return self._tell_all(self._clock(), None)

    def fresh(self) -> Limiter:
        """Return the limiter of a forked child: what the parent left out is the parent's to tell of."""
        return Limiter(self._limit, int(self._burst), self._clock, wall=self._wall, most=self._most)

    def _passed(self, bucket: _Bucket, now: float, parting: tuple[Summary, ...]) -> Taken:
        own = self._tell(bucket, now)
        if own is None:
            return Taken(passes=True, summaries=parting)
        bucket.tokens -= 1.0
        return Taken(passes=True, summaries=(*parting, own))

    def _find(
        self, logger: str, level: int, event: object, fingerprint: str | None, error_type: str | None
    ) -> tuple[_Bucket, tuple[Summary, ...]]:
        """Return the bucket of an event, and what has to be told of events that made room for it."""
        given: object = logger
        # A subclass may say anything of its hash; a record that somebody has made by hand may have none.
        name = str.__getitem__(given, slice(events.LONGEST)) if isinstance(given, str) else ""
        key = (name, level, events.kind(event), fingerprint)
        bucket = self._buckets.get(key)
        parting: tuple[Summary, ...] = ()
        if bucket is None:
            now = self._clock()
            if len(self._buckets) >= self._most:
                self._part()
            parting = self._parting(now)
            of = None if error_type is None else error_type[: events.LONGEST]
            named = (name, level, events.example(event), fingerprint, of)
            bucket = self._buckets.setdefault(key, _Bucket(named, self._burst, now))
        if type(event) is str and len(event) <= events.LONGEST and type(logger) is str and len(logger) == len(name):
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[logger, level, event, fingerprint] = bucket
        return bucket, parting

    def _part(self) -> None:
        """Let an eighth of the events go, those idle for longest."""
        idle = sorted(self._buckets.copy().items(), key=lambda found: found[1].refilled)
        for key, _ in idle[: max(self._most // 8, 1)]:
            bucket = self._buckets.pop(key, None)
            if bucket is not None:
                bucket.gone = True
                if bucket in self._waiting:
                    self._parted.append(bucket)

    def _parting(self, now: float) -> tuple[Summary, ...]:
        # Two for each that comes, so that those who wait to be told of never become many.
        told: list[Summary] = []
        while len(told) < 2:
            try:
                summary = self._tell(self._parted.popleft(), now)
            except IndexError:
                break
            if summary is not None:
                told.append(summary)
        return tuple(told)

    def _tell_all(self, now: float, before: float | None) -> list[Summary]:
        told: list[Summary] = []
        for bucket in list(self._waiting):
            first = bucket.first
            if before is None or bucket.gone or first is None or first <= before:
                summary = self._tell(bucket, now)
                if summary is not None:
                    told.append(summary)
        return told

    def _tell(self, bucket: _Bucket, now: float) -> Summary | None:
        """Return what was left out since it was last told of; None where nothing was, or another thread tells it."""
        if not bucket.telling.acquire(blocking=False):
            return None
        try:
            self._waiting.pop(bucket, None)
            first, bucket.first = bucket.first, None
            # repr() is the one way to look at a counter without moving it.
            total = int(repr(bucket.left)[6:-1])
            count = total - bucket.told
            if count == 0:
                return None
            bucket.told = total
            extra, bucket.extra = bucket.extra, 0.0
            last = bucket.last
        finally:
            bucket.telling.release()
        offset = self._wall() - int(now * 1e9)
        since = min(last if first is None else first, last)
        return Summary(
            *bucket.named[:4],
            count=count,
            first=offset + int(since * 1e9),
            last=offset + int(last * 1e9),
            error_type=bucket.named[4],
            stands_for=count + extra,
        )
