"""Concatenate many small dead writers into one writer's directory, safe against a kill at any moment."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from obskit.identity import uuid7
from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.place import Place

SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the targets are with a dead writer's lines.

    Attributes:
        done: Those that have acknowledged all of them.
        waiting: Those that are known and have acknowledged none.
    """

    done: frozenset[Key]
    waiting: frozenset[Key]


@dataclass(frozen=True, slots=True)
class Merged:
    """A directory that now stands for several writers; `fd` holds its lock."""

    directory: Path
    fd: int


def merge(
    service: Path, directories: list[Path], standing: Standing, place: Place, pace: Callable[[], None]
) -> Merged | None:
    """Merge the segments of dead writers that stand alike with every target.

    The new directory names its sources in a file; from the moment it has its name a reader passes the sources over, so
    that no line is ever read twice or not at all.

    Args:
        service: The service's directory.
        directories: The writers' directories, each locked by the caller.
        standing: Where they all stand.
        place: The journal.
        pace: Called between lines; may raise to give the merge up.

    Returns:
        The merged directory, or None where the disk has no room for it.
    """
    writer = uuid7()
    hidden, final = service / f".{writer}", service / writer
    fd = -1
    try:
        place.make_directory(hidden)
        fd = os.open(hidden, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _fill(hidden, directories, standing, place, pace)
        hidden.rename(final)
        segment.sync_directory(service)
    except BaseException as trouble:
        # Also where the pace ends the round: nothing has changed yet.
        shutil.rmtree(hidden, ignore_errors=True)
        if fd >= 0:
            os.close(fd)
        if isinstance(trouble, OSError):
            return None
        raise
    clear(final)
    return Merged(final, fd)


def clear(merged: Path) -> None:
    """Remove the sources that a merged directory stands for."""
    sources = [merged.parent / name for name in reader.merged_sources(merged)]
    for source in sources:
        # Nothing but a directory beside it: whatever the file says.
        if source.parent == merged.parent and source != merged:
            shutil.rmtree(source, ignore_errors=True)
    # The list is needed only while a source may still be there; emptied, not removed: it marks a merged directory.
    if sources and not any(source.exists() for source in sources):
        with contextlib.suppress(OSError):
            os.truncate(merged / SOURCES, 0)


def clear_replaced(directories: Iterable[Path]) -> None:
    """Finish what a keeper that died left half done; merged directories are looked at."""
    for directory in directories:
        if reader.merged_sources(directory):
            clear(directory)


def _fill(hidden: Path, directories: list[Path], standing: Standing, place: Place, pace: Callable[[], None]) -> None:
    path = hidden / segment.file_name(1)
    newest = max(directory.stat().st_mtime for directory in directories)
    _concatenate(path, directories, place, pace)
    cursors, size = Cursors(hidden, place.file_mode), path.stat().st_size
    known = [Cursors(directory) for directory in directories]
    for key in sorted(standing.done):
        behind = [cursor for each in known if (cursor := each.get(key)) is not None]
        passed, refused = sum(at.passed for at in behind), sum(at.refused for at in behind)
        cursors.put(key, Cursor(1, size, passed, refused))
    for key in sorted(standing.waiting):
        cursors.put(key, Cursor())
    place.make_file(hidden / SOURCES, "".join(f"{path.name}\n" for path in directories).encode())
    # Retention goes by age: a merged segment is as old as what it holds.
    os.utime(path, (newest, newest))
    if cursors.keys():
        _sync(hidden / "cursors")
    segment.sync_directory(hidden)


def _concatenate(path: Path, directories: list[Path], place: Place, pace: Callable[[], None]) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, place.file_mode)
    with open(fd, "ab", buffering=1 << 16) as out:
        os.fchmod(fd, place.file_mode)
        for directory in directories:
            for n in segment.numbers(directory):
                # Whole lines only: what a kill left without its newline never counted.
                for line in reader.lines(directory / segment.file_name(n)):
                    pace()
                    out.write(line.raw + b"\n")
        out.flush()
        os.fsync(fd)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
