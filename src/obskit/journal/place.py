"""Choose the journal's directory, judge whether it can be trusted, and say how long what lies there lives."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from obskit.settings.fixed import Fixed

Durability = Literal["memory", "container", "host"]


class Place(Fixed):
    """A directory that holds a journal.

    Attributes:
        path: The directory; it exists.
        group: Whether an administrator made it for a group (setgid), so that an agent of that group may read it.
    """

    path: Path
    group: bool

    @property
    def directory_mode(self) -> int:
        """The mode of directories made in it."""
        return 0o2770 if self.group else 0o700

    @property
    def file_mode(self) -> int:
        """The mode of files made in it."""
        return 0o660 if self.group else 0o600

    def make_directory(self, path: Path) -> None:
        """Make a directory in it.

        Raises:
            OSError: It can't be made, or is there already.
        """
        path.mkdir(mode=self.directory_mode)
        # The umask has had its say, and mkdir never sets setgid.
        path.chmod(self.directory_mode)

    def make_file(self, path: Path, data: bytes = b"", owner: os.stat_result | None = None) -> None:
        """Make a file in it and bring it to the disk.

        Args:
            path: Where.
            data: What is in it.
            owner: Of whose user and group it is to be; by default this process's.

        Raises:
            OSError: It can't be made, is there already, or finds no room.
        """
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, self.file_mode)
        with open(fd, "wb", buffering=0) as file:
            os.fchmod(fd, self.file_mode)
            if owner is not None:
                # By the descriptor: the name may lead elsewhere by now, as whoever may write to the directory likes.
                os.fchown(fd, owner.st_uid, owner.st_gid)
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(fd)


class Refused(Exception):
    """The directory can't be used; the text says why and what to do."""


def candidates(environment: str, environ: Mapping[str, str], cwd: Path | None) -> list[Path]:
    """Return the directories to try where none was named, best first."""
    if environment == "development" and cwd is not None:
        return [cwd / ".obskit", *standard(environ)]
    return standard(environ)


def standard(environ: Mapping[str, str]) -> list[Path]:
    """Return the places of a journal outside of development, best first."""
    found: list[Path] = []
    # systemd may name several, separated by colons; the first is the unit's main one.
    if state := environ.get("STATE_DIRECTORY", "").partition(":")[0]:
        found.append(Path(state))
    if state := environ.get("XDG_STATE_HOME", ""):
        found.append(Path(state) / "obskit")
    if home := environ.get("HOME", ""):
        found.append(Path(home) / ".local" / "state" / "obskit")
    found.append(Path(f"/var/tmp/obskit-{os.getuid()}"))  # noqa: S108 - checked by `prepare`: owner and mode
    return [path for path in found if path.is_absolute()]


def choose(named: Path | None, environment: str, environ: Mapping[str, str], cwd: Path | None) -> Place:
    """Return the first directory that can be made and trusted.

    Args:
        named: The directory that the application asked for (`~` is its user's home); no other is tried then.
        environment: What `init` was told; in `development` the working directory comes first.
        environ: Environment variables.
        cwd: The working directory; None where it is gone.

    Raises:
        Refused: None can be used; the text holds the reason of each.
    """
    reasons: list[str] = []
    for path in [named] if named is not None else candidates(environment, environ, cwd):
        try:
            return prepare(_absolute(_expanded(path), cwd))
        except Refused as reason:
            reasons.append(str(reason))
        except OSError as trouble:
            reasons.append(f"{path}: {trouble.strerror or trouble}")
    raise Refused("; ".join(reasons))


def _absolute(path: Path, cwd: Path | None) -> Path:
    if path.is_absolute():
        return path
    if cwd is None:
        msg = f"{path}: the working directory is gone; name an absolute path with journal="
        raise Refused(msg)
    return cwd / path


def prepare(path: Path) -> Place:
    """Make the directory, or check the one that is there.

    Raises:
        Refused: Another user owns it, or others can write to it.
        OSError: It can't be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)
        # A umask that takes the owner's own rights would leave a directory that nobody can use.
        path.chmod(0o700)
    except FileExistsError:
        pass
    place = Place(path, _trusted(path))
    if path.name == ".obskit":
        with contextlib.suppress(OSError):
            place.make_file(path / ".gitignore", b"*\n")
    if not os.access(path, os.W_OK | os.X_OK):
        msg = f"{path}: not writable by uid {os.getuid()}; give it to that user or name another with journal="
        raise Refused(msg)
    return place


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        msg = f"{path}: there is no home directory of that name; name the directory from / on"
        raise Refused(msg) from None


def _trusted(path: Path) -> bool:
    link = path.lstat()
    if stat.S_ISLNK(link.st_mode) and link.st_uid not in (0, os.getuid()):
        msg = f"{path}: a link that uid {link.st_uid} made; remove it or name another place with journal="
        raise Refused(msg)
    found = path.stat()
    if not stat.S_ISDIR(found.st_mode):
        msg = f"{path}: not a directory; remove the file or name another place with journal="
        raise Refused(msg)
    mode = stat.S_IMODE(found.st_mode)
    if mode & stat.S_IWOTH:
        msg = f"{path}: others can write to it (mode {mode:04o}); run: chmod o-w '{path}'"
        raise Refused(msg)
    group = bool(mode & stat.S_ISGID and mode & stat.S_IWGRP)
    if group and found.st_uid == 0:
        return True
    if found.st_uid != os.getuid():
        msg = f"{path}: owned by uid {found.st_uid}, not by {os.getuid()}; name another place with journal="
        raise Refused(msg)
    if mode & stat.S_IWGRP and not group:
        msg = f"{path}: its group can write to it (mode {mode:04o}); run: chmod g-w '{path}'"
        raise Refused(msg)
    return group


# What else lies in a journal's directory.
_TAKEN = frozenset(("keeper.lock", "agent.lock", "levels.json"))


def service_directory(service: str) -> str:
    """Return a service's name as one safe path component."""
    safe = quote(service, safe=" +@,=")[:200]
    if safe in _TAKEN:
        return safe.replace(".", "%2E")
    return f"%2E{safe[1:]}" if safe.startswith(".") else safe


_VOLATILE = frozenset(("tmpfs", "ramfs", "devtmpfs"))
_CONTAINER = frozenset(("overlay", "aufs"))
# Blanks and backslashes of a mount point, as the kernel writes them.
_ESCAPE = r"\\([0-7]{3})"


def durability(path: Path, mounts: Path = Path("/proc/self/mounts")) -> Durability:
    """Say what a journal outlives.

    Args:
        path: A directory.
        mounts: The kernel's table of mounts; where there is none (macOS) the answer is `host`.

    Returns:
        `memory` (lost with the machine's memory), `container` (lost with the container's own layer) or `host`.
    """
    try:
        table = mounts.read_text(encoding="utf-8", errors="replace")
        real = os.path.realpath(path)
    except OSError:
        return "host"
    best, kind = "", ""
    for row in table.splitlines():
        fields = row.split()
        if len(fields) < 3:
            continue
        point = re.sub(_ESCAPE, lambda found: chr(int(found[1], 8)), fields[1]).rstrip("/")
        if (real == point or real.startswith(point + "/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    if kind in _VOLATILE:
        return "memory"
    return "container" if kind in _CONTAINER else "host"
