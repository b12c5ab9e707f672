"""Name, open and recognise segment files: format 1."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from obskit.clock import timestamp
from obskit.line.encode import encode

FORMAT = 1
_NAME = re.compile(r"(\d{6,9})\.jsonl")
_OPEN = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)


def file_name(n: int) -> str:
    """Return the file name of a writer's n-th segment, counted from 1."""
    return f"{n:06d}.jsonl"


def number(name: str) -> int | None:
    """Return the n of a segment's file name, or None where it is no segment's."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None


def numbers(directory: Path) -> list[int]:
    """Return the numbers of the segments in a writer's directory, ascending; none where it is gone."""
    try:
        names = os.listdir(directory)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(n for name in names if (n := number(name)) is not None)


def header(
    writer: str,
    n: int,
    *,
    now: int,
    resource: Mapping[str, Any],
    boot: str,
    redaction: str,
    group: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the immutable first line of a segment.

    Args:
        writer: The writer's id.
        n: The segment's number.
        now: Wall-clock nanoseconds.
        resource: OpenTelemetry resource attributes of the process.
        boot: This boot's id.
        redaction: The digest of the policy that the lines are written under.
        group: The control group that limits the process's memory.
    """
    return (
        encode(
            {
                "timestamp": timestamp(now),
                "kind": "segment",
                "format": FORMAT,
                "writer": writer,
                "n": n,
                "resource": dict(resource),
                "boot_id": boot,
                "pid": os.getpid(),
                "redaction": redaction,
                **({} if group is None else {"memory_group": dict(group)}),
            }
        )
        + b"\n"
    )


def create(path: Path, first: bytes, mode: int) -> int:
    """Create a segment with its header.

    Returns:
        A descriptor open for appending.

    Raises:
        OSError: It can't be created, or there is no room for the header.
    """
    fd = os.open(path, _OPEN, mode)
    try:
        os.fchmod(fd, mode)
        if os.write(fd, first) != len(first):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except BaseException:
        os.close(fd)
        path.unlink(missing_ok=True)
        raise
    return fd


def is_newer(header: Mapping[str, Any]) -> bool:
    """Tell whether a header announces a format that came after this one: such lines are left alone."""
    found = header.get("format", FORMAT)
    return type(found) is not int or found > FORMAT


def sync_directory(path: Path) -> None:
    """Bring the names in a directory to the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
