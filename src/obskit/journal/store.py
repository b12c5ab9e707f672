"""This process's share of the journal: its ids, and its writer or the queue in memory."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Mapping
from threading import get_ident
from typing import Any

from obskit.journal.boot import boot_id
from obskit.journal.ids import LineIds, Signal
from obskit.journal.memory import MemoryQueue
from obskit.journal.place import Place
from obskit.journal.writer import Writer


class Session:
    """What one process writes with, from its first record (or the fork) on."""

    __slots__ = ("ids", "memory", "writer")

    def __init__(self, ids: LineIds, writer: Writer | None, memory: MemoryQueue | None) -> None:
        self.ids = ids
        self.writer = writer
        self.memory = memory


class Beginning:
    """A session that a thread is opening, and the lines that its signal handlers emit meanwhile."""

    __slots__ = ("ids", "lines")

    def __init__(self, ids: LineIds) -> None:
        self.ids = ids
        self.lines: list[tuple[Signal, bytes]] = []


class Store:
    """Write lines under their ids.

    Args:
        place: The journal's directory; None where there is none.
        in_memory: Whether lines are queued in memory where there is no directory.
        service: The service's name.
        resource: Makes the resource attributes of a segment's header from the writer's id.
        segment_bytes: The size at which a segment is followed by the next.
        always_sync: Whether each line is brought to the disk at once.
        redaction: The digest of the policy.
        dropped: Called with a reason and a detail for each line that could not be kept; without a reason, for trouble.
        opened: Called when this process has begun to write.
    """

    def __init__(
        self,
        place: Place | None,
        *,
        in_memory: bool,
        service: str,
        resource: Callable[[str], Mapping[str, Any]],
        segment_bytes: int,
        always_sync: bool,
        redaction: str,
        dropped: Callable[[str, str], None],
        opened: Callable[[], None] = lambda: None,
    ) -> None:
        self.place = place
        self.resource = resource
        self._in_memory = in_memory
        self._service = service
        self._segment_bytes = segment_bytes
        self._always_sync = always_sync
        self._redaction = redaction
        self._dropped = dropped
        self._opened = opened
        # A dict because setdefault is one step: whoever comes second gives its own writer up.
        self._sessions: dict[str, Session] = {}
        # Writers that a thread is just opening: a child forked meanwhile must not keep their locks.
        self._opening: dict[int, Writer] = {}
        self._beginning: dict[int, Beginning] = {}

    def append(self, signal: Signal, body: bytes) -> bytes:
        """Write a line and return it as it stands, with its id and newline; never raises."""
        session = self._sessions.get("current")
        if session is None:
            opening = self._beginning.get(get_ident())
            if opening is not None:
                # A signal handler has interrupted the very call that opens the writer: that call writes both lines.
                line = opening.ids.line(signal, body)
                opening.lines.append((signal, line))
                return line
            session = self.open()
        line = session.ids.line(signal, body)
        self._write(session, signal, line)
        return line

    def note(self, line: bytes, begin: bool = True) -> bool:
        """Write a line of another kind, which has no id and is never shipped; never raises.

        Args:
            line: Whole, with its newline.
            begin: Whether it may be the first of this process.

        Returns:
            Whether it stands in the journal.
        """
        session = self._sessions.get("current")
        if session is None:
            if not begin or self.place is None or get_ident() in self._beginning:
                return False
            session = self.open()
        return session.writer is not None and session.writer.write(line) is None

    def _write(self, session: Session, signal: Signal, line: bytes) -> None:
        writer = session.writer
        if writer is not None:
            trouble = writer.write(line)
            if trouble is not None:
                session.ids.lose(signal)
                self._dropped(f"journal_{_reason(trouble)}", str(trouble))
        elif session.memory is not None:
            session.memory.write(signal, line)

    @property
    def session(self) -> Session | None:
        """What this process writes with, or None before its first record."""
        return self._sessions.get("current")

    def tell(self, text: str) -> None:
        """Report trouble that cost no line."""
        self._dropped("", text)

    def open(self) -> Session:
        """Return the session, beginning it if need be."""
        opening = self._beginning[get_ident()] = Beginning(LineIds())
        try:
            session = Session(opening.ids, *self._open(opening.ids))
            kept = self._sessions.setdefault("current", session)
        finally:
            self._beginning.pop(get_ident(), None)
        for signal, line in opening.lines:
            self._write(kept, signal, line)
        if kept is not session:
            if session.writer is not None:
                session.writer.discard()
        else:
            self._opened()
        return kept

    def _open(self, ids: LineIds) -> tuple[Writer | None, MemoryQueue | None]:
        if self.place is not None:
            try:
                return self._writer(self.place, ids), None
            except OSError as trouble:
                self.tell(f"the journal {self.place.path} can't be written ({trouble}); keeping lines in memory")
        return None, self._queue(ids) if self._in_memory else None

    def _queue(self, ids: LineIds) -> MemoryQueue:
        def full(signal: Signal) -> None:
            ids.lose(signal)
            self._dropped("memory_full", "")

        return MemoryQueue(full)

    def _writer(self, place: Place, ids: LineIds) -> Writer:
        writer = Writer(
            place,
            self._service,
            ids.writer,
            self.resource(ids.writer),
            segment_bytes=self._segment_bytes,
            always_sync=self._always_sync,
            boot=boot_id(),
            redaction=self._redaction,
        )
        self._opening[id(writer)] = writer
        try:
            writer.open()
        finally:
            self._opening.pop(id(writer), None)
        return writer

    def revive(self) -> bool:
        """Begin a new writer where the directory was removed under the old one; returns whether it did."""
        session = self._sessions.get("current")
        if session is None or session.writer is None or not session.writer.gone():
            return False
        self.tell(f"the journal's directory {session.writer.directory} is gone; beginning a new one")
        if self.place is not None:
            with contextlib.suppress(OSError):
                self.place.path.mkdir(mode=self.place.directory_mode, parents=True, exist_ok=True)
        self._sessions.pop("current", None)
        return True

    def leave_memory(self) -> Writer | None:
        """Go over to the journal where it can be written again, under the same ids.

        Returns:
            The new writer, or None where nothing has changed. The queue of the former session is the caller's to empty.
        """
        session = self._sessions.get("current")
        if session is None or session.memory is None or self.place is None:
            return None
        try:
            writer = self._writer(self.place, session.ids)
        except OSError:
            return None
        self._sessions["current"] = Session(session.ids, writer, None)
        return writer

    def forget(self) -> None:
        """In a forked child: close what was inherited, so that the first record begins a writer of its own."""
        session = self._sessions.pop("current", None)
        if session is not None and session.writer is not None:
            session.writer.close()
        for writer in list(self._opening.values()):
            writer.close()
        self._opening.clear()
        self._beginning.clear()

    def close(self) -> None:
        """Give the writer up; it is closed when no thread writes with it any more."""
        self._sessions.clear()


def _reason(trouble: OSError) -> str:
    return errno.errorcode.get(trouble.errno or 0, "EIO").lower()
