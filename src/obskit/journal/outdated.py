"""Find what of a journal was written under another redaction policy than a given one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from obskit.journal import reader, segment
from obskit.journal.lock import claim_directory


@dataclass(frozen=True, slots=True)
class Outdated:
    """A writer's directory that has segments under another policy.

    Attributes:
        directory: The directory.
        numbers: Those segments.
        size: Their bytes.
        pid: The process that wrote them, as the header says; None where it doesn't.
        boot: The boot that it ran in.
        obstacle: Why they can't be rewritten; empty where nothing is known to stand against it.
    """

    directory: Path
    numbers: tuple[int, ...]
    size: int
    pid: int | None = None
    boot: str = ""
    obstacle: str = ""


@dataclass(slots=True)
class Survey:
    """What a look at the headers of a journal found.

    Attributes:
        writers: How many directories of writers there are.
        segments: How many segments.
        outdated: The directories that have some under another policy; oldest first.
        leftovers: Directories that no reader sees, whose process was killed before it removed or finished them.
    """

    writers: int = 0
    segments: int = 0
    outdated: list[Outdated] = field(default_factory=list)
    leftovers: list[Path] = field(default_factory=list)


class _Newer(Exception):
    """A section is of a newer format."""


def survey(root: Path, digest: str) -> Survey:
    """Look at every header of a journal, taking no lock.

    Args:
        root: The journal's directory.
        digest: The policy's; sections that name another one, or none, are outdated.
    """
    found = Survey()
    for service in reader.services(root):
        for directory in reader.service_writers(service):
            found.writers += 1
            found.segments += len(segment.numbers(directory))
            if (one := look(directory, digest)) is not None:
                found.outdated.append(one)
        found.leftovers += leftovers(service)
    return found


def look(directory: Path, digest: str) -> Outdated | None:
    """Return what of a writer's directory is under another policy, or None where nothing is."""
    merged, numbers, size, obstacle = reader.is_merged(directory), [], 0, ""
    for n in segment.numbers(directory):
        path = directory / segment.file_name(n)
        try:
            outdated = is_outdated(path, digest, merged=merged)
        except FileNotFoundError:
            continue
        except _Newer:
            outdated, obstacle = True, "of a newer format: update obskit-sdk"
        except OSError as trouble:
            outdated, obstacle = True, f"{path.name} can't be read: {trouble.strerror or trouble}"
        if outdated:
            numbers.append(n)
            with contextlib.suppress(OSError):
                size += path.stat().st_size
    if not numbers:
        return None
    header = reader.header_of(directory / segment.file_name(numbers[0])) or {}
    pid, boot = header.get("pid"), str(header.get("boot_id", ""))
    return Outdated(directory, tuple(numbers), size, pid if type(pid) is int else None, boot, obstacle)


def is_outdated(path: Path, digest: str, *, merged: bool) -> bool:
    """Tell whether a section of a segment names another policy than a given one.

    Args:
        path: The segment.
        digest: The policy's.
        merged: Whether headers can stand behind the first line too.

    Raises:
        OSError: It can't be read.
    """
    first = True
    for line in reader.lines(path):
        if first or reader.kind(line.raw) == "segment":
            header = reader.parse(line.raw) or {}
            if segment.is_newer(header):
                raise _Newer
            if header.get("kind") != "segment" or header.get("redaction") != digest:
                return True
        if not merged:
            return False
        first = False
    # What has no whole line has no header either.
    return first and path.stat().st_size > 0


def leftovers(service: Path) -> list[Path]:
    """Return the directories that no reader sees but that hold lines: merged away or never finished, and nobody's."""
    shown = set(reader.service_writers(service))
    found = [path for name in _replaced(service) if (path := service / name) not in shown and path.is_dir()]
    # A writer that is just beginning has no segment yet, and must not find its lock taken.
    found += [path for path in _hidden(service) if segment.numbers(path)]
    return [path for path in found if _is_free(path)]


def _is_free(directory: Path) -> bool:
    fd = claim_directory(directory)
    if fd is not None:
        os.close(fd)
    return fd is not None


def _replaced(service: Path) -> set[str]:
    return {name for directory in reader.service_writers(service) for name in reader.merged_sources(directory)}


def _hidden(service: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError), os.scandir(service) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                yield Path(entry.path)
