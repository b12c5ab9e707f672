"""What happens beside the application's own threads: ship, sync, and look after the journal as its keeper."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from obskit.journal.lock import held_by_another
from obskit.ship.feeds import SIGNALS, Feeds
from obskit.ship.mark import marked
from obskit.ship.pace import Pacer
from obskit.ship.worker import Worker

if TYPE_CHECKING:
    from pathlib import Path

    from obskit.journal.keeper import Keeper
    from obskit.journal.store import Session, Store
    from obskit.ship.lane import Lane
    from obskit.ship.peer import Peer

_ROUND = 0.2
# The thread's first rest: what it loads and does would otherwise hold up what the application begins with.
_START = 0.05
_SYNC_EVERY = 5.0
_TOUCH_EVERY = 10.0
_KEEP_EVERY = 1.0
_AGENT_EVERY = 1.0
_LOOK_EVERY = 1.0
# How long a fork waits for what the thread is importing.
_LOADED = 5.0
# Rests up to this are slept through; longer ones can be ended.
_NAP = 0.01
# At the exit of the process: how long nothing may be acknowledged before the rest is left to the journal.
_PATIENCE = 3.0


class Stopped(Exception):
    """The thread is asked to stop in the middle of its work."""


class _Goal:
    """Where a session's lines ended when somebody asked."""

    __slots__ = ("position", "session")

    def __init__(self, session: Session, position: tuple[int, int]) -> None:
        self.session = session
        self.position = position


class Shipper:
    """The thread's work.

    Args:
        store: This process's share of the journal.
        lanes: The targets by signal; none where nothing is shipped.
        keeper: Makes what looks after the journal, which is loaded when it is first due; None without a directory.
        agent_lock: Held by a host's `obskit ship`, which then ships in this thread's place.
        ships: Whether this process sends at all.
        interval_sync: Whether lines are brought to the disk every 5 seconds.
        failed: Told of trouble in here.
        look: Looks whether the levels were changed; called every second.
    """

    def __init__(
        self,
        store: Store,
        lanes: list[Lane],
        keeper: Callable[[], Keeper] | None,
        *,
        agent_lock: Path | None,
        ships: bool,
        interval_sync: bool,
        failed: Callable[[str, Exception], None],
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self.lanes = lanes
        self._store = store
        self._make_keeper = keeper
        self._keeper: Keeper | None = None
        self._agent_lock = agent_lock
        self._ships = ships
        self._interval_sync = interval_sync
        self._failed = failed
        self._look = look
        self._feeds = Feeds(store, lanes, self._adopted)
        self._worker = Worker(self._run)
        self._pacer = Pacer(time.perf_counter, self._pause)
        self._told: set[Path] = set()
        self._begin()

    def _begin(self) -> None:
        self._loading = threading.Lock()
        self._hurry = 0
        self._drained = False
        self._aside = False
        self._left = False
        self._started = False
        self._due: dict[str, float] = {}

    # --- the thread's life ---

    def ensure(self) -> bool:
        """Start the thread if it is not running: at `init`, and in a forked child with its first record.

        Returns:
            False where it never will, because the interpreter is going down.
        """
        return self._worker.ensure()

    def park(self) -> bool:
        """Stop the thread, leaving a request in flight as it is; returns whether it has ended."""
        ended = self._worker.park()
        if not ended and self._loading.acquire(timeout=_LOADED):
            self._loading.release()
            ended = self._worker.ended()
        return ended

    def resume(self) -> None:
        """Go on after `park`."""
        self._worker.resume()

    def forget(self) -> None:
        """In a forked child: let go of the parent's thread, connections, lease and positions."""
        self._worker.forget()
        for lane in self.lanes:
            lane.abandon()
        if self._keeper is not None:
            self._keeper.release()
        self._feeds.forget()
        self._begin()

    def close(self) -> None:
        """Stop for good."""
        self._worker.close()
        for lane in self.lanes:
            lane.close()
        if self._keeper is not None:
            self._keeper.release()
        # Whoever holds the session holds the writer, whose lock the keeper waits for.
        self._feeds.forget()

    # --- what callers ask ---

    def flush(self, timeout: float) -> bool:
        """Wait until nothing written before the call is pending.

        Args:
            timeout: Seconds.

        Returns:
            Whether every target that takes it has acknowledged it or refused it for good.
        """
        goal = self._goal()
        if goal is None:
            return True
        if self._drained or not self.ensure():
            return self.drain(timeout)
        return self._await(goal, timeout, lambda: False)

    def drain(self, timeout: float) -> bool:
        """Wait while delivery advances, then stop the thread: at the exit of the process.

        Args:
            timeout: Seconds at most; a target that is failing is not waited for.

        Returns:
            Whether nothing is pending.
        """
        goal = self._goal()
        first, self._drained = not self._drained, True
        if goal is not None and self._ships and not self._stands_aside():
            # The thread does it where it can: a name that takes long to resolve would hold up this one.
            if first and self.ensure():
                self._await(goal, timeout, self._hopeless(goal))
            elif self.park():
                self._deliver(goal, timeout)
        if first:
            self.park()
        return goal is None or self._reached(goal)

    def _await(self, goal: _Goal, timeout: float, hopeless: Callable[[], bool]) -> bool:
        until = time.monotonic() + timeout
        self._hurry += 1
        try:
            while not self._reached(goal):
                if time.monotonic() >= until or hopeless():
                    return False
                self._worker.wake()
                time.sleep(0.005)
            return True
        finally:
            self._hurry -= 1

    def _deliver(self, goal: _Goal, timeout: float) -> None:
        until, hopeless = time.monotonic() + timeout, self._hopeless(goal)
        with marked():
            while not self._reached(goal) and time.monotonic() < until and not hopeless():
                own = self._feeds.own()
                done = [lane.step([] if own is None else [own], _at_once, _ready) for lane in self.lanes]
                if not any(done):
                    self._rest(0.02)

    def _hopeless(self, goal: _Goal) -> Callable[[], bool]:
        """Return what tells whether waiting on would be in vain."""
        acknowledged, since = self._acknowledged(), time.monotonic()

        def hopeless() -> bool:
            nonlocal acknowledged, since
            now = self._acknowledged()
            if now != acknowledged:
                acknowledged, since = now, time.monotonic()
            lagging = [lane for lane in self.lanes if not lane.off and not self._has(lane, goal)]
            stuck = bool(lagging) and all(lane.failing for lane in lagging)
            return stuck or time.monotonic() - since >= _PATIENCE

        return hopeless

    def _acknowledged(self) -> int:
        return sum(lane.counts.shipped + lane.counts.refused for lane in self.lanes)

    def pending(self) -> int:
        """Return how many of this process's records a target that takes them lacks."""
        goal = self._goal()
        if goal is None:
            return 0
        ids, feed = goal.session.ids, self._feeds.own()
        self._look_again()
        total = 0
        for signal in SIGNALS:
            lacks = [0]
            for lane in self.lanes:
                if lane.signal == signal and not lane.off and not self._has(lane, goal):
                    passed = feed.cursor(lane.key).passed if feed is not None else 0
                    lacks.append(ids.count(signal) - ids.lost(signal) - passed)
            total += max(lacks)
        return total

    def _goal(self) -> _Goal | None:
        """Return the position up to which records have been written; None where nothing can be pending."""
        session = self._store.session
        if session is None or not self.lanes:
            return None
        if session.writer is not None:
            return _Goal(session, session.writer.position())
        return _Goal(session, (1, session.memory.last())) if session.memory is not None else None

    def _reached(self, goal: _Goal) -> bool:
        if self._store.session is not goal.session:
            # The writer is another one since: what was left of the former is to be found behind it.
            following = self._goal()
            return following is None or self._reached(following)
        self._look_again()
        return all(lane.off or self._has(lane, goal) for lane in self.lanes)

    def _look_again(self) -> None:
        if not self._ships or self._aside:
            self._feeds.reload()

    def _has(self, lane: Lane, goal: _Goal) -> bool:
        feed = self._feeds.own()
        return feed is None or feed.reached(lane.key, goal.position)

    # --- the thread's work ---

    def _run(self) -> None:
        with marked():
            if not self._started:
                self._rest(_START)
            # A process that forks often would never get behind that rest.
            self._started = True
            self._pacer.start()
            while not self._worker.stopping:
                busy = False
                try:
                    busy = self._round()
                    self._pacer.pause_if_due()
                except Stopped:
                    return
                except Exception as trouble:
                    self._failed("the shipper", trouble)
                if not busy:
                    self._rest(_ROUND)
                    self._pacer.start()

    def _round(self) -> bool:
        aside = self._stands_aside()
        # Each is asked, whatever the one before it said.
        in_flight = aside and len([lane for lane in self.lanes if lane.finish(_ready)]) < len(self.lanes)
        self._tend(aside=aside, in_flight=in_flight)
        if aside:
            if not in_flight:
                self._leave_to_agent()
            return self._ship_memory()
        self._left = False
        done: list[bool] = []
        if self._ships and self.lanes:
            feeds = self._feeds.all()
            # A list, because each is to be asked.
            done = [lane.step(feeds, self._pacer.pause_if_due, _ready) for lane in self.lanes]
        # Behind the lanes: in a process that forks often a large journal would leave them no time.
        self._keep_if_due()
        return any(done)

    def _leave_to_agent(self) -> None:
        self._feeds.release()
        if not self._left:
            for lane in self.lanes:
                lane.stand_aside()
        self._left = True

    def _ship_memory(self) -> bool:
        """While an agent ships: send what is queued in memory, which nobody else can."""
        session = self._store.session
        own = self._feeds.own() if self._ships and session is not None and session.memory is not None else None
        if own is None:
            return False
        done = [lane.step([own], self._pacer.pause_if_due, _ready) for lane in self.lanes]
        return any(done)

    def _tend(self, *, aside: bool, in_flight: bool) -> None:
        if self._is_due("look", _LOOK_EVERY):
            self._look()
        session = self._store.session
        if session is not None and session.writer is not None:
            if self._is_due("touch", _TOUCH_EVERY):
                session.writer.tend()
            if self._interval_sync and self._is_due("sync", _SYNC_EVERY):
                try:
                    session.writer.sync()
                except OSError as trouble:
                    self._store.tell(f"lines could not be brought to the disk: {trouble}")
        if self._is_due("gone", _KEEP_EVERY):
            self._store.revive()
            self._feeds.leave_memory()
        # What is in flight is acknowledged in a directory that this process may hold only until then.
        if aside and not in_flight and self._keeper is not None:
            self._keeper.release()

    def _keep_if_due(self) -> None:
        if self._make_keeper is not None and not self._hurry and self._is_due("keep", _KEEP_EVERY):
            if self._keeper is None:
                self._keeper = self._load_keeper(self._make_keeper)
            self._keep(self._keeper)

    def _load_keeper(self, make: Callable[[], Keeper]) -> Keeper:
        # In a child that is forked in the middle of an import, nobody could ever finish that import.
        with self._loading:
            keeper = None if self._worker.stopping else make()
        if keeper is None or self._worker.stopping:
            raise Stopped
        return keeper

    def _keep(self, keeper: Keeper) -> None:
        working = [lane.working_on for lane in self.lanes]
        busy = {directory for feed in working if (directory := getattr(feed, "directory", None)) is not None}
        try:
            keeper.tend(self._pacer.pause_if_due, busy)
        except Stopped:
            # Gone on with as soon as the fork is over: a process that forks each moment would get nothing done.
            self._due.pop("keep", None)
            raise
        for path in keeper.newer - self._told:
            self._store.tell(f"{path} was written by a newer version of obskit: it is left alone")
        self._told |= keeper.newer

    def _adopted(self) -> Iterable[Path]:
        return () if self._keeper is None else self._keeper.settled

    def _stands_aside(self) -> bool:
        if self._agent_lock is not None and self._is_due("agent", _AGENT_EVERY):
            before, self._aside = self._aside, held_by_another(self._agent_lock)
            if before and not self._aside:
                # The agent has shipped meanwhile: its cursors count.
                self._feeds.forget()
        return self._aside

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True

    # --- resting ---

    def _pause(self, seconds: float) -> None:
        if self._worker.stopping:
            raise Stopped
        # A backlog, or a large journal, may keep a round busy for long.
        if self._is_due("look", _LOOK_EVERY):
            self._look()
        # Whoever waits in flush() is the one who would feel it, and would rather have it done.
        if self._hurry:
            return
        if seconds <= _NAP:
            time.sleep(seconds)
        else:
            self._worker.rest(seconds)

    def _rest(self, seconds: float) -> None:
        watched = []
        for lane in self.lanes:
            fd = lane.target.fileno() if lane.in_flight else None
            if fd is not None:
                watched.append((fd, lane.target.events()))
            if lane.in_flight:
                seconds = min(seconds, max(0.0, lane.target.deadline - time.monotonic()))
        self._worker.rest(seconds, watched)


def _ready(target: Peer[Any, Any]) -> bool:
    return target.ready()


def _at_once() -> None:
    """Don't pause: somebody waits for the end of the process."""
