"""The level file of a journal: noticed, read and replaced as a whole."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from obskit.journal.boot import boot_id
from obskit.journal.place import Place

if TYPE_CHECKING:
    from obskit.decide.level_file import Entry

NAME = "levels.json"
_MOST_BYTES = 1 << 18
# Seconds that a program waits for others to change the file.
_LONGEST_CHANGE = 5.0
_RESET = "replace it with: obskit level reset"
_temporary = itertools.count()


class Unusable(Exception):
    """The file can't be trusted or understood, and counts as if it were not there.

    Args:
        path: The file.
        why: What is wrong with it.
        advice: What to do.
    """

    def __init__(self, path: Path, why: object, advice: str) -> None:
        super().__init__(f"{path} is left alone: {why}; {advice}")
        self.why = str(why)
        # Whether that is over by itself.
        self.passing = False


class Newer(Unusable):
    """A newer version of obskit wrote the file: this one must not replace it."""


def place_of(root: Path) -> Place:
    """Return a journal that is there already, as whoever may set levels in it sees it."""
    found = root.stat()
    shared = found.st_uid == 0 and bool(found.st_mode & stat.S_ISGID and found.st_mode & stat.S_IWGRP)
    return Place(root, shared)


class LevelFile:
    """`levels.json` in a journal's directory.

    Args:
        place: The journal's directory.
    """

    def __init__(self, place: Place) -> None:
        self.path = place.path / NAME
        self._place = place
        self._seen: tuple[int, ...] | None = None

    def changed(self) -> bool:
        """Tell whether it is another one than when this was last asked; at first, whether it is there."""
        try:
            found = os.stat(self.path, follow_symlinks=False)
            now: tuple[int, ...] | None = (found.st_dev, found.st_ino, found.st_ctime_ns, found.st_size)
        except OSError:
            now = None
        before, self._seen = self._seen, now
        return now != before

    def read(self) -> tuple[Entry, ...]:
        """Return its entries; none where there is no file.

        Raises:
            Unusable: It can't be trusted or understood.
        """
        try:
            # A pipe put there must not hold up whoever looks.
            fd = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return ()
        except OSError as trouble:
            why = "it is a link" if trouble.errno == errno.ELOOP else trouble.strerror
            found = Unusable(self.path, why, _RESET)
            # No descriptor is left, say: what was read before holds until the next look.
            found.passing = trouble.errno not in (errno.ELOOP, errno.EACCES, errno.EPERM)
            if found.passing:
                self._seen = None
            raise found from None
        # Few processes ever find a file.
        from obskit.decide import level_file

        try:
            self._judge(os.fstat(fd))
            return level_file.parse(_whole(fd))
        except level_file.Newer as reason:
            raise Newer(self.path, reason, "update obskit-sdk") from None
        except (level_file.Malformed, OSError) as reason:
            raise Unusable(self.path, reason, _RESET) from None
        finally:
            os.close(fd)

    def _judge(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise Unusable(self.path, "it is no file", _RESET)
        # Who may write to a directory that an administrator made for a group may set levels in it too.
        if not self._place.group and found.st_uid not in (0, os.geteuid(), os.stat(self._place.path).st_uid):
            raise Unusable(self.path, f"uid {found.st_uid} owns it, not {os.geteuid()}", _RESET)
        if found.st_mode & stat.S_IWOTH:
            raise Unusable(self.path, "others can write to it", f"run: chmod o-w '{self.path}'")
        if found.st_size > _MOST_BYTES:
            raise Unusable(self.path, f"it has more than {_MOST_BYTES} bytes", _RESET)

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Keep every other program that changes the file waiting.

        Raises:
            OSError: The directory can't be opened.
            TimeoutError: Another program has kept it for 5 seconds.
        """
        fd = os.open(self._place.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._lock(fd)
            yield
            os.fsync(fd)
        finally:
            os.close(fd)

    def _lock(self, fd: int) -> None:
        # Whoever may read the directory can hold the lock: nobody is waited for without end.
        until = time.monotonic() + _LONGEST_CHANGE
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    text = "another program is changing the levels; try again"
                    raise TimeoutError(errno.ETIMEDOUT, text, str(self.path)) from None
                time.sleep(0.02)
            else:
                return

    def write(self, entries: Iterable[Entry]) -> None:
        """Put another file in its place, in one step; without entries there is none.

        Raises:
            OSError: It can't be written.
        """
        from obskit.decide.level_file import render

        kept = list(entries)
        if not kept:
            self.path.unlink(missing_ok=True)
            return
        made = self._place.path / f".levels-{os.getpid()}-{next(_temporary)}"
        try:
            made.unlink(missing_ok=True)
            # Set by root in a user's journal, it must be readable for that user's processes.
            self._place.make_file(made, render(kept), os.stat(self._place.path) if os.geteuid() == 0 else None)
            made.rename(self.path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


def here() -> str:
    """Return what processes have in common that call each other by the same pids: the boot and the pid namespace."""
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        namespace = 0
    return f"{boot_id()}:{namespace}:"


def identity(pid: int) -> str:
    """Return what tells a process from a later one of the same pid: `here()`, and when in this boot it was started.

    Without the latter where the system doesn't tell; empty where there is no such process.
    """
    if not exists(pid):
        return ""
    try:
        # The name, in parentheses, may hold anything; the 22nd field is the 20th behind it (proc(5)).
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        started = text.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        started = ""
    return f"{here()}{started}"


def exists(pid: int) -> bool:
    """Tell whether a process is there."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _whole(fd: int) -> bytes:
    parts = []
    while part := os.read(fd, _MOST_BYTES):
        parts.append(part)
    return b"".join(parts)
