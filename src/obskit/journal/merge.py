"""Concatenate the segments of many small dead writers into one writer's directory, safe against a kill at any moment."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.place import Place
from obskit.line.identity import uuid7

SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Merged:
    """A directory that now stands for several writers; `fd` holds its lock."""

    directory: Path
    fd: int


def merge(
    service: Path, directories: list[Path], done: Iterable[Key], place: Place, pace: Callable[[], None]
) -> Merged | None:
    """Merge the segments of dead writers that stand alike with every target.

    The new directory names its sources in a file; from the moment it has its name a reader passes the sources over, so
    that no line is ever read twice or not at all.

    Args:
        service: The service's directory.
        directories: The writers' directories, each locked by the caller.
        done: The targets that have acknowledged all of their lines; the others have acknowledged none.
        place: The journal.
        pace: Called between segments.

    Returns:
        The merged directory, or None where the disk has no room for it.
    """
    writer = uuid7()
    hidden, final = service / f".{writer}", service / writer
    fd = -1
    try:
        hidden.mkdir(mode=place.directory_mode)
        fd = os.open(hidden, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        newest = max(directory.stat().st_mtime for directory in directories)
        size, passed = _concatenate(hidden / segment.file_name(1), directories, place, pace)
        cursors = Cursors(hidden, place.file_mode)
        for key in done:
            cursors.put(key, Cursor(1, size, passed.get(key[1], 0)))
        (hidden / SOURCES).write_text("\n".join(path.name for path in directories) + "\n", encoding="utf-8")
        # Retention goes by age: a merged segment is as old as what it holds.
        os.utime(hidden / segment.file_name(1), (newest, newest))
        hidden.rename(final)
    except BaseException as trouble:
        # Also where the pace ends the round: nothing has changed yet.
        shutil.rmtree(hidden, ignore_errors=True)
        if fd >= 0:
            os.close(fd)
        if isinstance(trouble, OSError):
            return None
        raise
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)
    _forget_sources(final)
    return Merged(final, fd)


def clear_replaced(service: Path) -> None:
    """Finish what a keeper that died left half done: remove sources that a merged directory stands for."""
    names = {path.name for path in service.iterdir()} if service.exists() else set()
    for name in names:
        sources = reader.merged_sources(service / name)
        for source in sources:
            if source in names and source != name:
                shutil.rmtree(service / source, ignore_errors=True)


def _concatenate(
    path: Path, directories: list[Path], place: Place, pace: Callable[[], None]
) -> tuple[int, dict[str, int]]:
    passed = {"logs": 0, "spans": 0}
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, place.file_mode)
    with open(fd, "ab", buffering=1 << 16) as out:
        for directory in directories:
            for n in segment.numbers(directory):
                # Whole lines only: what a kill left without its newline never counted.
                for line in reader.lines(directory / segment.file_name(n)):
                    pace()
                    kind = reader.kind(line.raw)
                    if kind in ("log", "span"):
                        passed["logs" if kind == "log" else "spans"] += 1
                    out.write(line.raw + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return path.stat().st_size, passed


def _forget_sources(directory: Path) -> None:
    # The list is needed only while a source may still be there; emptied, not removed: it marks a merged directory.
    with contextlib.suppress(OSError):
        if not any((directory.parent / name).exists() for name in reader.merged_sources(directory)):
            (directory / SOURCES).write_text("", encoding="utf-8")
