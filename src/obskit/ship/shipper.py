"""The daemon thread of a process: ships, syncs, and looks after the journal where this process is its keeper."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from obskit.journal.lock import held_by_another
from obskit.ship.feed import Feed, MemoryFeed, SegmentFeed
from obskit.ship.mark import marked
from obskit.ship.pace import Pacer

if TYPE_CHECKING:
    from pathlib import Path

    from obskit.journal.keeper import Keeper
    from obskit.journal.store import Session, Store
    from obskit.ship.http import Target
    from obskit.ship.lane import Lane

_ROUND = 0.2
_SYNC_EVERY = 5.0
_TOUCH_EVERY = 10.0
_KEEP_EVERY = 1.0
_AGENT_EVERY = 1.0
_PARK = 0.25

class Stopped(Exception):
    """The thread is asked to stop in the middle of its work."""


class Shipper:
    """Everything that happens beside the application's own threads.

    Args:
        store: This process's share of the journal.
        lanes: The targets by signal; none where nothing is shipped.
        keeper: Looks after the journal; None without a directory.
        agent_lock: Held by a host's `obskit ship`, which then ships in this thread's place.
        ships: Whether this process sends at all.
        interval_sync: Whether lines are brought to the disk every 5 seconds.
        failed: Told of trouble in here.
    """

    def __init__(
        self,
        store: Store,
        lanes: list[Lane],
        keeper: Keeper | None,
        *,
        agent_lock: Path | None,
        ships: bool,
        interval_sync: bool,
        failed: Callable[[str, Exception], None],
    ) -> None:
        self.lanes = lanes
        self._store = store
        self._keeper = keeper
        self._agent_lock = agent_lock
        self._ships = ships
        self._interval_sync = interval_sync
        self._failed = failed
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._hurry = 0
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._own: tuple[Session, Feed] | None = None
        self._dead: dict[Path, SegmentFeed] = {}
        self._due: dict[str, float] = {}
        self._aside = False

    # --- the thread's life ---

    def ensure(self) -> None:
        """Start the thread if it is not running: at `init`, and in a forked child with its first record."""
        if self._thread is None and not self._stopping:
            thread = threading.Thread(target=self._run, name="obskit-shipper", daemon=True)
            self._thread = thread
            try:
                thread.start()
            except RuntimeError:
                # The interpreter is going down: `drain` does the rest in the thread that ends it.
                self._thread = None

    def park(self) -> bool:
        """Stop the thread, leaving a request in flight as it is; returns whether it has ended."""
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        self._stopping = True
        self._wake()
        thread.join(_PARK)
        ended = not thread.is_alive()
        if ended:
            self._thread = None
            _await_exit(thread)
        self._stopping = False if ended else self._stopping
        return ended

    def resume(self) -> None:
        """Go on after `park`."""
        self._stopping = False
        if self._thread is not None and not self._thread.is_alive():
            self._thread = None
        self.ensure()

    def forget(self) -> None:
        """In a forked child: let go of the parent's thread, connections, lease and positions."""
        for fd in (self._wake_read, self._wake_write):
            with contextlib.suppress(OSError):
                os.close(fd)
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        for lane in self.lanes:
            lane.abandon()
        if self._keeper is not None:
            self._keeper.release()
        self._thread, self._stopping, self._hurry = None, False, 0
        self._own, self._dead, self._due = None, {}, {}

    def close(self) -> None:
        """Stop for good."""
        self.park()
        self._stopping = True
        for lane in self.lanes:
            lane.close()
        if self._keeper is not None:
            self._keeper.release()
        # Whoever holds the session holds the writer, whose lock the keeper waits for.
        self._own, self._dead = None, {}
        if self._thread is None:
            for fd in (self._wake_read, self._wake_write):
                with contextlib.suppress(OSError):
                    os.close(fd)

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
        self.ensure()
        until = time.monotonic() + timeout
        self._hurry += 1
        try:
            while not self._reached(goal):
                if time.monotonic() >= until:
                    return False
                self._wake()
                time.sleep(0.005)
            return True
        finally:
            self._hurry -= 1

    def drain(self, timeout: float) -> bool:
        """Deliver in this thread, while delivery advances; at the exit of the process.

        Args:
            timeout: Seconds at most; a target that is failing is not waited for.

        Returns:
            Whether nothing is pending.
        """
        goal = self._goal()
        if not self.park():
            # It hangs in a call that can't be interrupted: the journal keeps the rest.
            return goal is None or self._reached(goal)
        if goal is None:
            return True
        until = time.monotonic() + timeout
        self._hurry += 1
        try:
            if self._ships and not self._stands_aside():
                with marked():
                    self._deliver_until(goal, until)
            return self._reached(goal)
        finally:
            self._hurry -= 1

    def _deliver_until(self, goal: tuple[int, int], until: float) -> None:
        while not self._reached(goal) and time.monotonic() < until:
            done = [lane.step(self._own_feed(), self._pace, _ready) for lane in self.lanes]
            working = [lane for lane in self.lanes if not lane.off and not self._has(lane, goal)]
            if all(lane.failing for lane in working):
                return
            if not any(done):
                self._rest(min(0.05, max(0.0, until - time.monotonic())))

    def pending(self) -> int:
        """Return how many of this process's records a target that takes them lacks."""
        session = self._store.session
        if session is None:
            return 0
        most = 0
        feeds = self._own_feed()
        for signal in ("logs", "spans"):
            lanes = [lane for lane in self.lanes if lane.signal == signal and not lane.off]
            for lane in lanes:
                passed = feeds[0].cursor(lane.key).passed if feeds else 0
                most += max(0, session.ids.count(lane.signal) - passed)
        return most

    def _goal(self) -> tuple[int, int] | None:
        """Return the position up to which records have been written; None where nothing can be pending."""
        session = self._store.session
        if session is None or not self.lanes:
            return None
        if session.writer is not None:
            return session.writer.position()
        return (1, session.memory.last()) if session.memory is not None else None

    def _reached(self, goal: tuple[int, int]) -> bool:
        return all(lane.off or self._has(lane, goal) for lane in self.lanes)

    def _has(self, lane: Lane, goal: tuple[int, int]) -> bool:
        if lane.in_flight:
            return False
        feeds = self._own_feed()
        if feeds and self._aside and isinstance(feeds[0], SegmentFeed):
            feeds[0].reload()
        return not feeds or feeds[0].reached(lane.key, goal)

    # --- the thread's work ---

    def _run(self) -> None:
        with marked():
            while not self._stopping:
                try:
                    busy = self._round()
                except Stopped:
                    return
                except Exception as trouble:
                    self._failed("the shipper", trouble)
                    busy = False
                if not busy:
                    self._rest(_ROUND)

    def _round(self) -> bool:
        self._tend()
        if not self._ships or self._stands_aside():
            return False
        feeds = [*self._own_feed(), *self._dead_feeds()]
        return any([lane.step(feeds, self._pace, _ready) for lane in self.lanes])

    def _tend(self) -> None:
        session = self._store.session
        if session is not None and session.writer is not None:
            if self._is_due("touch", _TOUCH_EVERY):
                session.writer.tend()
            if self._interval_sync and self._is_due("sync", _SYNC_EVERY):
                session.writer.sync()
        if self._is_due("gone", _KEEP_EVERY) and self._store.revive():
            self._own = None
        if self._keeper is not None and self._is_due("keep", _KEEP_EVERY):
            self._keeper.tend(self._pace, self._busy())

    def _busy(self) -> set[Path]:
        return {
            lane.working_on.directory
            for lane in self.lanes
            if isinstance(lane.working_on, SegmentFeed)
        }  # fmt: skip

    def _own_feed(self) -> list[Feed]:
        session = self._store.session
        if session is None:
            return []
        if self._own is None or self._own[0] is not session:
            feed: Feed
            if session.writer is not None:
                mode = self._store.place.file_mode if self._store.place else 0o600
                feed = SegmentFeed(session.writer.directory, living=True, mode=mode)
            elif session.memory is not None:
                resource = self._store.resource(session.ids.writer)
                feed = MemoryFeed(session.memory, resource, lambda: [lane.key for lane in self.lanes if not lane.off])
            else:
                return []
            self._own = (session, feed)
        return [self._own[1]]

    def _dead_feeds(self) -> Iterable[Feed]:
        if self._keeper is None:
            return []
        adopted = self._keeper.adopted
        for directory in [known for known in self._dead if known not in adopted]:
            del self._dead[directory]
        for directory in sorted(adopted):
            if directory not in self._dead:
                self._dead[directory] = SegmentFeed(directory, living=False, mode=0o600)
        return [self._dead[directory] for directory in sorted(self._dead)]

    def _stands_aside(self) -> bool:
        if self._agent_lock is not None and self._is_due("agent", _AGENT_EVERY):
            self._aside = held_by_another(self._agent_lock)
        return self._aside

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True

    # --- resting ---

    @property
    def _pace(self) -> Callable[[], None]:
        return Pacer(time.perf_counter, self._pause).pause_if_due

    def _pause(self, seconds: float) -> None:
        if self._stopping:
            raise Stopped
        # Whoever waits in flush() is the one who would feel it, and would rather have it done.
        if not self._hurry:
            self._rest(seconds, waking=False)

    def _rest(self, seconds: float, *, waking: bool = True) -> None:
        if not waking:
            time.sleep(seconds)
            return
        poll = select.poll()
        poll.register(self._wake_read, select.POLLIN)
        for lane in self.lanes:
            if lane.in_flight:
                fd = lane.target.fileno()
                if fd is not None:
                    poll.register(fd, lane.target.events())
                seconds = min(seconds, max(0.0, lane.target.deadline - time.monotonic()))
        with contextlib.suppress(OSError, ValueError):
            poll.poll(seconds * 1000)
            os.read(self._wake_read, 4096)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b".")


def _ready(target: Target) -> bool:
    fd = target.fileno()
    if fd is None or time.monotonic() >= target.deadline:
        return True
    poll = select.poll()
    poll.register(fd, target.events())
    return bool(poll.poll(0))


def _await_exit(thread: threading.Thread) -> None:
    # Until 3.13 join() returns a moment before the kernel's thread is gone, and os.fork() would warn of it.
    native = thread.native_id
    path = f"/proc/self/task/{native}"
    until = time.monotonic() + 0.05
    while os.path.exists(path) and time.monotonic() < until:
        time.sleep(0.0005)


