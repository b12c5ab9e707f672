"""Put a rewritten directory in the place of a dead writer's, safe against a kill at any moment."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from obskit.identity import uuid7
from obskit.journal import reader, segment
from obskit.journal.cursors import FILE_NAME, Cursors, advanced
from obskit.journal.merge import SOURCES, clear
from obskit.journal.outdated import Outdated
from obskit.journal.place import Place
from obskit.journal.redacted import Lines

_CHUNK = 1 << 20


class RedactionFails(Exception):
    """Redaction fails on most of what it is given."""


def replace(outdated: Outdated, lines: Lines, place: Place, advance: Callable[[int, int], None]) -> Path | None:
    """Rewrite the segments of a dead writer that are under another policy.

    As a merged directory does, the new one names in `sources` what it stands for. From the moment it has its name
    readers pass the old one over, so that no line is ever read twice or not at all. Segments keep their numbers, lines
    their order and ids, and each target's cursor stands behind the same line as before.

    Args:
        outdated: The writer's directory, locked by the caller.
        lines: The policy.
        place: The journal.
        advance: Called with how many bytes were dealt with, and how many lines changed.

    Returns:
        The new directory; None where retention took all of the segments meanwhile.

    Raises:
        OSError: There is no room, say. Nothing has changed.
        RedactionFails: Nothing has changed.
    """
    service = outdated.directory.parent
    identity = _identity(outdated.directory.name)
    # A name that readers pass over, and that a keeper removes where this process is killed.
    hidden, final = service / f".{identity}", service / identity
    place.make_directory(hidden)
    fd = -1
    try:
        fd = os.open(hidden, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _fill(hidden, outdated, lines, place, advance)
        if not segment.numbers(hidden):
            return None
        if lines.tally.fails:
            raise RedactionFails
        hidden.rename(final)
        segment.sync_directory(service)
        clear(final)
        return final
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
        if fd >= 0:
            os.close(fd)


def _identity(source: str) -> str:
    """Return a new writer's id that sorts with the old one: keepers ship the oldest directories first."""
    new = uuid7()
    with contextlib.suppress(ValueError):
        if len(source) == len(new) and int(source, 16) >= 0:
            return source[:12] + new[12:]
    return new


def _fill(hidden: Path, outdated: Outdated, lines: Lines, place: Place, advance: Callable[[int, int], None]) -> None:
    source = outdated.directory
    for n in segment.numbers(source):
        old, new = source / segment.file_name(n), hidden / segment.file_name(n)
        with contextlib.suppress(FileNotFoundError):
            if n in outdated.numbers:
                _rewrite(old, new, lines, place, advance)
            else:
                _share(old, new, place)
    _carry_cursors(hidden, outdated, place)
    # What the old directory itself stands for, if that could not be removed, must not come back with its end.
    replaced = [source.name, *reader.merged_sources(source)]
    place.make_file(hidden / SOURCES, "".join(f"{name}\n" for name in replaced).encode())
    segment.sync_directory(hidden)


def _rewrite(old: Path, new: Path, lines: Lines, place: Place, advance: Callable[[int, int], None]) -> None:
    with old.open("rb", buffering=0) as file:
        times, end = os.fstat(file.fileno()), 0
        with _create(new, place) as out:
            for line in reader.lines_of(file.fileno(), 0):
                if end == 0 and not _is_header(line.raw):
                    out.write(lines.missing_header(old.parent.name, segment.number(old.name) or 0, line.raw) + b"\n")
                changed = lines.tally.changed
                out.write(lines.line(line.raw) + b"\n")
                advance(line.end - end, lines.tally.changed - changed)
                end = line.end
            # What stands behind the last newline never counted, and can't be judged.
            lines.tally.emptied += end < times.st_size
            out.flush()
            os.fsync(out.fileno())
    # Retention goes by age: a rewritten segment is as old as what it holds.
    os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))


def _share(old: Path, new: Path, place: Place) -> None:
    """Give a segment that stays as it is a second name, or a copy where the file system has no such thing."""
    try:
        os.link(old, new, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        with old.open("rb") as file, _create(new, place) as out:
            shutil.copyfileobj(file, out, _CHUNK)
            out.flush()
            os.fsync(out.fileno())
        shutil.copystat(old, new)


def _create(path: Path, place: Place) -> BinaryIO:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, place.file_mode)
    os.fchmod(fd, place.file_mode)
    return open(fd, "wb", buffering=_CHUNK)


def _is_header(raw: bytes) -> bool:
    return (reader.parse(raw) or {}).get("kind") == "segment"


# --- cursors ---


def _carry_cursors(hidden: Path, outdated: Outdated, place: Place) -> None:
    """Put every target behind the line that it stands behind, as late as can be: an answer may just have come in."""
    known, moved = Cursors(outdated.directory), Cursors(hidden, place.file_mode)
    gone = set(segment.numbers(hidden)) - set(segment.numbers(outdated.directory))
    for key in sorted(known.keys()):
        at = known.get(key)
        if at is not None:
            offset = at.offset
            if at.segment in outdated.numbers and at.segment not in gone:
                old, new = (place / segment.file_name(at.segment) for place in (outdated.directory, hidden))
                offset = _moved(old, new, at.offset)
            moved.put(key, advanced(at, segment=at.segment, offset=offset))
    for n in gone:
        # Retention removed it while it was being rewritten.
        (hidden / segment.file_name(n)).unlink()
    if moved.keys():
        _sync(hidden / FILE_NAME)


def _moved(old: Path, new: Path, offset: int) -> int:
    """Return the offset in the new segment that lies behind as many lines of the old one."""
    passed = _newlines(old, offset)
    if passed == 0:
        return 0
    with old.open("rb", buffering=0) as file:
        first = next(reader.lines_of(file.fileno(), 0))
    return _behind(new, passed if _is_header(first.raw) else passed + 1)


def _newlines(path: Path, upto: int) -> int:
    found = 0
    with path.open("rb", buffering=0) as file:
        while upto > 0 and (chunk := file.read(min(upto, _CHUNK))):
            found += chunk.count(b"\n")
            upto -= len(chunk)
    return found


def _behind(path: Path, lines: int) -> int:
    """Return the offset behind so many lines, the end where there are fewer."""
    at = 0
    with path.open("rb") as file:
        for line in file:
            if lines == 0:
                break
            at, lines = at + len(line), lines - 1
    return at


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
