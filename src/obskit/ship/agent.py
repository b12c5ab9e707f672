"""Send what all processes of a journal write, in their place: the work of `obskit ship`."""

from __future__ import annotations

import contextlib
import math
import select
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from obskit.journal import reader
from obskit.journal.cursors import Cursor
from obskit.journal.handover import AGENT_LOCK_NAME
from obskit.journal.keeper import Keeper
from obskit.journal.lock import FileLock
from obskit.journal.place import Place
from obskit.ship.feed import SegmentFeed
from obskit.ship.lane import Lane
from obskit.ship.living import LastWritten, Waiting, end_of, last_line
from obskit.ship.mark import marked

_POLL_EVERY = 0.2
_KEEP_EVERY = 1.0


class Agent:
    """The one process of a host that ships for all others, while it holds agent.lock.

    Processes look at that lock each second, then stand aside: each lets go of its own writer, and the keeper among
    them of the lease. Until one has, its lines are its own to send.

    Args:
        place: The journal's directory.
        lanes: The targets by signal.
        keeper: Looks after the journal.
        failed: Told of trouble in here.
        tell: Told what a user should know.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        place: Place,
        lanes: Sequence[Lane],
        keeper: Keeper,
        *,
        failed: Callable[[str, Exception], None],
        tell: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lanes = lanes
        self.keeper = keeper
        self.feeds: dict[Path, SegmentFeed] = {}
        self.rounds = 0
        self.last_round = clock()
        self._place = place
        self._failed = failed
        self._tell = tell
        self._told: set[Path] = set()
        self._clock = clock
        self._lock = FileLock(place.path / AGENT_LOCK_NAME, place.file_mode)
        self._waiting = {lane.key: Waiting() for lane in lanes}
        self._due: dict[str, float] = {}

    def take(self, patience: float) -> bool:
        """Become the agent of the journal; returns whether this is the one within so many seconds."""
        until = self._clock() + patience
        while not self._lock.take():
            if self._clock() >= until:
                return False
            time.sleep(0.1)
        return True

    def run(self, stopping: Callable[[], bool], exit_timeout: float) -> bool:
        """Ship until told to stop, then what was written by then, at most some seconds longer.

        Args:
            stopping: Whether to stop.
            exit_timeout: Seconds; targets that are failing are not waited for.

        Returns:
            Whether every target has all that was written by then.
        """
        with marked():
            while not stopping():
                if not self._round():
                    self._rest(_POLL_EVERY)
            until = self._clock() + exit_timeout
            done = self._drain(until)
            self._await_answers(until)
            return done

    def close(self) -> None:
        """Let processes ship for themselves again."""
        for lane in self.lanes:
            lane.close()
        for feed in self.feeds.values():
            feed.release()
        self.keeper.release()
        self._lock.release()

    def _drain(self, until: float) -> bool:
        if not self._lock.held:
            return True
        self._poll()
        keys = [lane.key for lane in self.lanes if not lane.off]
        # What processes write from now on is theirs to send in a moment.
        claimed = [feed for feed in self.feeds.values() if not feed.exhausted(keys) and feed.claim()]
        goals = [(feed, last_line(feed.directory)) for feed in claimed]
        while waiting := self._lagging(goals):
            if self._clock() >= until or all(lane.failing for lane in waiting):
                return False
            if not self._round(keeping=False):
                self._rest(0.02)
        return True

    def _await_answers(self, until: float) -> None:
        """Take the answers to what is in flight: the processes would send it again."""
        while waiting := [lane for lane in self.lanes if not lane.finish(_ready) and not lane.failing]:
            if self._clock() >= until:
                return
            self._rest(min(0.02 * len(waiting), max(0.0, until - self._clock())))

    def _lagging(self, goals: Sequence[tuple[SegmentFeed, tuple[int, int]]]) -> list[Lane]:
        """Return the lanes that lack something before a position of a writer."""
        lanes = [lane for lane in self.lanes if not lane.off]
        return [lane for lane in lanes if not all(_has(feed, lane, position) for feed, position in goals)]

    # --- a round ---

    def _round(self, *, keeping: bool = True) -> bool:
        self.rounds += 1
        self.last_round = self._clock()
        try:
            # Its file may have been removed: whoever comes next would be a second agent.
            if self._is_due("lock", _KEEP_EVERY) and not self._lock.take():
                self._let_go()
                return False
            if not self._lock.held:
                return False
            kept = keeping and self._is_due("keep", _KEEP_EVERY)
            if kept:
                self._keep()
            # What was merged just now must not be read any more where it was.
            if self._is_due("poll", _POLL_EVERY) or kept:
                self._poll()
            done = [self._step(lane) for lane in self.lanes]
            return any(done)
        except Exception as trouble:
            self._failed("the agent", trouble)
            return False

    def _step(self, lane: Lane) -> bool:
        try:
            return lane.step(self._waiting[lane.key], _go_on, _ready)
        except Exception as trouble:
            # The other targets are not to wait for it.
            self._failed(f"shipping {lane.signal} to {lane.key[0]}", trouble)
            return False

    def _keep(self) -> None:
        try:
            self.keeper.tend(_go_on, self._busy())
        except Exception as trouble:
            self._failed("the keeper", trouble)
        for path in self.keeper.newer - self._told:
            self._tell(f"{path} was written by a newer version of obskit: it is left alone")
        self._told |= self.keeper.newer

    def _busy(self) -> set[Path]:
        working = [lane.working_on for lane in self.lanes]
        return {feed.directory for feed in working if isinstance(feed, SegmentFeed)}

    def _let_go(self) -> None:
        for directory in list(self.feeds):
            if directory not in self._busy():
                self._forget(directory)
        self.keeper.release()

    def _poll(self) -> None:
        found = set(self._writers())
        busy = self._busy()
        for directory in [known for known in self.feeds if known not in found and known not in busy]:
            self._forget(directory)
        for directory in sorted(found):
            try:
                feed = self.feeds.get(directory) or self._begin(directory)
                if directory in self.keeper.settled:
                    feed.died()
                self._offer(feed)
            except OSError as trouble:
                # One that can't be read does not hold up the others.
                self._failed(f"reading {directory}", trouble)

    def _writers(self) -> Iterable[Path]:
        for directory in reader.writers(self._place.path):
            try:
                ours = directory in self.keeper.adopted or self.keeper.is_of_this_boot(directory)
                if ours and not self.keeper.is_newer(directory):
                    yield directory
            except OSError as trouble:
                self._failed(f"reading {directory}", trouble)

    def _begin(self, directory: Path) -> SegmentFeed:
        feed = SegmentFeed(directory, writes_to=LastWritten(directory), mode=self._place.file_mode)
        for lane in self.lanes:
            feed.begin(lane.key, Cursor())
        self.feeds[directory] = feed
        return feed

    def _offer(self, feed: SegmentFeed) -> None:
        lanes = [lane for lane in self.lanes if not lane.off]
        if feed.exhausted([lane.key for lane in lanes]):
            # A descriptor for each of thousands of dead writers would be too many.
            feed.release()
            return
        # Not claimed before it is read: of thousands that wait, each would hold a descriptor.
        end = end_of(feed.directory)
        for lane in lanes:
            at = feed.cursor(lane.key)
            if (at.segment, at.offset) < end or (feed.is_dead and not feed.exhausted([lane.key])):
                self._waiting[lane.key].offer((feed,))

    def _forget(self, directory: Path) -> None:
        feed = self.feeds.pop(directory)
        for waiting in self._waiting.values():
            waiting.drop(feed)
        feed.release()

    def _is_due(self, what: str, every: float) -> bool:
        now = self._clock()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True

    def _rest(self, seconds: float) -> None:
        poll = select.poll()
        for lane in self.lanes:
            if lane.in_flight:
                seconds = min(seconds, max(0.0, lane.target.deadline - time.monotonic()))
                with contextlib.suppress(OSError, ValueError):
                    if (fd := lane.target.fileno()) is not None:
                        poll.register(fd, lane.target.events())
            elif lane.failing and self._waiting[lane.key]:
                seconds = min(seconds, max(0.01, lane.idle_for()))
        poll.poll(math.ceil(seconds * 1000))


def _has(feed: SegmentFeed, lane: Lane, position: tuple[int, int]) -> bool:
    # Removed meanwhile, it is nobody's.
    return feed.reached(lane.key, position) or feed.exhausted([lane.key]) or not feed.directory.exists()


def _ready(target: object) -> bool:
    return bool(target.ready())  # type: ignore[attr-defined]


def _go_on() -> None:
    """Don't pause: this process does nothing else."""
