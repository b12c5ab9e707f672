"""Look at the journal: whether it can be written, how long it lasts, what it holds."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from obskit.commands import words
from obskit.commands.checks.check import Check
from obskit.commands.checks.given_up import given_up
from obskit.journal import place, reader
from obskit.journal.lock import held_by_another
from obskit.query.failure import QueryError
from obskit.query.place import Found, find
from obskit.settings.settings import Settings

SUBJECT = "journal"
_LEAST_FREE = 64 << 20
_OUTLIVES = {
    "memory": ("warning", "it lies in memory: its records outlive the processes, not a restart of the machine"),
    "container": (
        "warning",
        "it lies in a container's own layer: its records outlive the processes, not the container",
    ),
    "host": ("works", "it lies on a disk of the host: its records outlive processes and restarts"),
}


def locate(
    option: str | None, settings: Settings | None, environ: Mapping[str, str], here: Path
) -> tuple[Path | None, list[Check]]:
    """Find the journal that a process started here would use, or that is there already.

    Returns:
        Its directory, None where there is none yet, and the checks of that.
    """
    if option is None and settings is not None and settings.journal is None:
        return None, [Check(SUBJECT, "place", "note", "switched off; records are lost with the process that made them")]
    try:
        found = find(option, environ, here)
    except QueryError as failure:
        if option is not None:
            return None, [Check(SUBJECT, "place", "broken", str(failure))]
        return None, [_not_there(settings, environ, here)]
    return found.path, [_found(found)]


def checks(path: Path, settings: Settings | None) -> Iterator[Check]:
    """Look at a journal that is there.

    Args:
        path: Its directory.
        settings: The settings; they say how much it may hold.
    """
    yield _writable(path)
    durability = place.durability(path)
    state, text = _OUTLIVES[durability]
    yield Check(SUBJECT, "durability", "works" if state == "works" else "warning", text, {"durability": durability})
    yield _room(path, settings)
    yield _content(path)
    yield given_up(path)
    keeper, agent = held_by_another(path / "keeper.lock"), held_by_another(path / "agent.lock")
    text = "a process of this journal holds the lease" if keeper else "no process uses this journal now"
    yield Check(SUBJECT, "keeper", "note", text, {"held": keeper})
    if settings is not None and settings.ship == "agent":
        text = "at work" if agent else "no `obskit ship` runs for this journal, and ship is 'agent': nothing is sent"
        yield Check(SUBJECT, "agent", "works" if agent else "broken", text, {"held": agent})


def _found(found: Found) -> Check:
    return Check(
        SUBJECT, "place", "works", f"{found.path}  ({found.reason})", {"path": str(found.path), "reason": found.reason}
    )


def _not_there(settings: Settings | None, environ: Mapping[str, str], here: Path) -> Check:
    """Say where the first process would make the journal, without making it."""
    reasons = []
    for path in _tried(settings, environ, here):
        reason = _obstacle(path)
        if reason is None:
            return Check(SUBJECT, "place", "note", f"none yet; init() will make {path}", {"path": str(path)})
        reasons.append(reason)
    text = f"{'; '.join(reasons)}; as it is, records would be kept in memory and lost with the process"
    return Check(SUBJECT, "place", "broken", text)


def _tried(settings: Settings | None, environ: Mapping[str, str], here: Path) -> list[Path]:
    if settings is None:
        # Another variable is wrong; this one counts all the same.
        named: str | os.PathLike[str] | None = environ.get("OBSKIT_JOURNAL", "").strip()
        named = None if str(named).lower() in ("auto", "true", "false") else named
        environment = "development"
    else:
        named = settings.journal.path if settings.journal is not None else None
        environment = settings.environment
    if named:
        return [here / os.path.expanduser(named)]
    return place.candidates(environment, environ, here)


def _obstacle(path: Path) -> str | None:
    """Return why a directory that is not there can't be made; None where nothing speaks against it."""
    if os.path.lexists(path):
        try:
            place.prepare(path)
        except place.Refused as reason:
            return str(reason)
        except OSError as error:
            return f"{path}: {error.strerror or error}"
        return None
    parent = next(up for up in path.parents if os.path.lexists(up))
    if not parent.is_dir():
        return f"{path} can't be made: {parent} is not a directory; name another with OBSKIT_JOURNAL"
    if (trouble := _closed(parent)) is not None:
        return f"{path} can't be made: {parent} can't be written: {trouble}; name another with OBSKIT_JOURNAL"
    return None


def _closed(directory: Path) -> str | None:
    """Return why nothing can be made in a directory; tried with a file that never has a name."""
    if not os.access(directory, os.W_OK | os.X_OK):
        return f"uid {os.getuid()} may not"
    if not hasattr(os, "O_TMPFILE"):
        return None
    try:
        os.close(os.open(directory, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except OSError as error:
        # Some file systems of disks can't do this either; those of the kernel's own views have no room at all.
        able = error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL) and os.statvfs(directory).f_blocks
        return None if able else error.strerror
    return None


def _writable(path: Path) -> Check:
    probe = path / f".probe-{os.getpid()}-{time.time_ns()}"
    try:
        made = place.prepare(path)
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, made.file_mode)
        try:
            line = b"obskit doctor\n"
            if os.write(descriptor, line) != len(line):
                raise OSError("the disk is full")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            probe.unlink()
    except place.Refused as reason:
        return Check(SUBJECT, "writable", "broken", str(reason))
    except OSError as error:
        return Check(SUBJECT, "writable", "broken", f"a probe file could not be written: {error.strerror or error}")
    return Check(SUBJECT, "writable", "works", "a probe file was written, brought to the disk and removed")


def _room(path: Path, settings: Settings | None) -> Check:
    usage = shutil.disk_usage(path)
    most = settings.journal.max_bytes if settings is not None and settings.journal is not None else 1 << 30
    facts = {"free": usage.free, "total": usage.total, "max_bytes": most}
    text = f"{words.size(usage.free)} free of {words.size(usage.total)}; a service may fill {words.size(most)}"
    if usage.free < _LEAST_FREE:
        return Check(SUBJECT, "disk", "broken", f"{text}: hardly anything can be written", facts)
    return Check(SUBJECT, "disk", "warning" if usage.free < most else "works", text, facts)


def _content(path: Path) -> Check:
    services: dict[str, int] = {}
    size = 0
    newest = 0.0
    for directory in reader.writers(path):
        services[directory.parent.name] = services.get(directory.parent.name, 0) + 1
        for entry in _entries(directory):
            size += entry.st_size
            newest = max(newest, entry.st_mtime)
    facts = {"services": services, "bytes": size}
    if not services:
        return Check(SUBJECT, "content", "note", "empty: no process has written to it yet", facts)
    ago = words.duration((time.time() - newest) * 1000)
    writers = words.plural(sum(services.values()), "writer")
    text = f"{words.plural(len(services), 'service')}, {writers}, {words.size(size)}"
    return Check(SUBJECT, "content", "works", f"{text}; last written {ago} ago", facts)


def _entries(directory: Path) -> Iterator[os.stat_result]:
    for path in sorted(directory.glob("*.jsonl")):
        try:
            yield path.stat()
        except OSError:
            continue
