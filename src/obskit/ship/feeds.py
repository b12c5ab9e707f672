"""Know what there is to ship: this process's own lines, then those of the dead writers that its keeper adopted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from obskit.journal.ids import Signal
    from obskit.journal.store import Session, Store
    from obskit.ship.feed import Feed, SegmentFeed
    from obskit.ship.lane import Lane
    from obskit.ship.memory_feed import MemoryFeed

SIGNALS: tuple[Signal, ...] = ("logs", "spans")


class Feeds:
    """The feeds of one process.

    Args:
        store: Its share of the journal.
        lanes: The targets by signal.
        adopted: Returns the directories of dead writers that this process looks after.
    """

    def __init__(self, store: Store, lanes: Sequence[Lane], adopted: Callable[[], Iterable[Path]]) -> None:
        self._store = store
        self._lanes = lanes
        self._adopted = adopted
        # A dict because setdefault is one step: flush() and the thread must share one feed.
        self._own: dict[Session, Feed] = {}
        self._dead: dict[Path, SegmentFeed] = {}

    def forget(self) -> None:
        """Let go of them: the cursors on disk count."""
        self.release()
        self._own, self._dead = {}, {}

    def release(self) -> None:
        """Let another process send their lines."""
        for feed in (*self._own.values(), *self._dead.values()):
            _release(feed)

    def reload(self) -> None:
        """Read the cursors of the own feed again: another process ships it."""
        from obskit.ship.feed import SegmentFeed

        feed = self.own()
        if isinstance(feed, SegmentFeed):
            feed.reload()

    def all(self) -> list[Feed]:
        """Return the own feed, then those of dead writers, oldest first."""
        own = self.own()
        return [*([] if own is None else [own]), *self.dead()]

    def own(self) -> Feed | None:
        """Return the feed of what this process writes, None before its first record."""
        session = self._store.session
        if session is None:
            return None
        feed = self._own.get(session)
        if feed is None:
            made = self._feed_of(session)
            if made is None:
                return None
            for former in [known for known in self._own if known is not session]:
                _release(self._own.pop(former, None))
            feed = self._own.setdefault(session, made)
        return feed

    def dead(self) -> list[Feed]:
        """Return the feeds of adopted writers; by their names, hence by their age."""
        from obskit.ship.feed import SegmentFeed

        adopted = set(self._adopted())
        for directory in [known for known in self._dead if known not in adopted]:
            _release(self._dead.pop(directory))
        keys = [lane.key for lane in self._lanes]
        for feed in self._dead.values():
            # A descriptor for each of thousands would be too many.
            if feed.exhausted(keys):
                feed.release()
        for directory in adopted:
            if directory not in self._dead:
                self._dead[directory] = SegmentFeed(directory, mode=self._mode())
        return [self._dead[directory] for directory in sorted(self._dead)]

    def leave_memory(self) -> None:
        """Go over from the queue in memory to the journal where it can be written again."""
        session = self._store.session
        # Asked before anything is loaded for it: each second, and nearly always there is a writer.
        if session is None or session.memory is None:
            return
        from obskit.ship.memory_feed import MemoryFeed

        feed = self.own()
        if not isinstance(feed, MemoryFeed):
            return
        if any(lane.in_flight and lane.working_on is feed for lane in self._lanes):
            return
        writer = self._store.leave_memory()
        moved = self._store.session
        if writer is None or moved is None:
            return
        for lane in self._lanes:
            lane.give_back(feed)
        for signal in SIGNALS:
            while (entry := session.memory.take(signal)) is not None:
                if not feed.taken(entry, signal) and writer.write(entry.line) is not None:
                    moved.ids.lose(signal)
        self._own[moved] = self._segment_feed(moved, feed)

    def _feed_of(self, session: Session) -> Feed | None:
        if session.writer is not None:
            return self._segment_feed(session)
        if session.memory is None:
            return None
        from obskit.ship.memory_feed import MemoryFeed

        resource = self._store.resource(session.ids.writer)
        return MemoryFeed(session.memory, resource, lambda: [lane.key for lane in self._lanes if not lane.off])

    def _segment_feed(self, session: Session, former: MemoryFeed | None = None) -> SegmentFeed:
        from obskit.journal.cursors import Cursor
        from obskit.ship.feed import SegmentFeed

        writer = session.writer
        assert writer is not None
        feed = SegmentFeed(writer.directory, writes_to=lambda: writer.n, mode=self._mode())
        for lane in self._lanes:
            behind = former.cursor(lane.key) if former is not None else Cursor()
            feed.begin(lane.key, Cursor(passed=behind.passed, refused=behind.refused))
        return feed

    def _mode(self) -> int:
        return self._store.place.file_mode if self._store.place is not None else 0o600


def _release(feed: Feed | None) -> None:
    # The queue in memory is nobody else's to send.
    release = getattr(feed, "release", None)
    if release is not None:
        release()
