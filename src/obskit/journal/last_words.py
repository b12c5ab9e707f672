"""Find what other processes of a service said of one that died: its parent may know why."""

from __future__ import annotations

import contextlib
import os
import re
from datetime import datetime
from pathlib import Path

from obskit.journal import reader, segment

# Around the time of death: a parent says why before it kills, and that it did when it has seen the end.
_AROUND = 60.0
_TAIL = 1 << 16
_MOST_WRITERS = 32
_GRAVE = frozenset(("WARN", "ERROR", "FATAL"))
_TIME_OUT = re.compile(r"time.?out|timed out|time limit", re.IGNORECASE)


def said_of(pid: int, directory: Path, died: float) -> str:
    """Return the message of a line that tells of a process' end, such as gunicorn's `WORKER TIMEOUT (pid:17)`.

    Args:
        pid: The process.
        directory: Its writer's directory; those beside it are looked at.
        died: When it died, in seconds since the epoch.

    Returns:
        The message; one that speaks of a time-out comes first. Empty where nobody said anything.
    """
    named = re.compile(rf"\b(?:pid|process)\W{{0,3}}{pid}\b", re.IGNORECASE)
    found = ""
    for path in _recent(directory, died):
        for raw in _tail(path):
            if b"%d" % pid not in raw:
                continue
            line = reader.parse(raw) or {}
            message = line.get("message")
            if line.get("level") not in _GRAVE or type(message) is not str or not named.search(message):
                continue
            if abs(_seconds(str(line["timestamp"])) - died) <= _AROUND:
                found = message
                if _TIME_OUT.search(message):
                    return message
    return found


def is_time_out(message: str) -> bool:
    """Tell whether a message speaks of a time-out."""
    return _TIME_OUT.search(message) is not None


def _recent(directory: Path, died: float) -> list[Path]:
    """Return the last segments of the writers beside a directory that wrote about then, the latest first."""
    found: list[tuple[float, Path]] = []
    for beside in reader.service_writers(directory.parent):
        numbers = segment.numbers(beside)
        with contextlib.suppress(OSError):
            if beside != directory and numbers:
                path = beside / segment.file_name(numbers[-1])
                found.append((path.stat().st_mtime, path))
    found = [(touched, path) for touched, path in found if touched >= died - _AROUND]
    return [path for _, path in sorted(found, reverse=True)[:_MOST_WRITERS]]


def _tail(path: Path) -> list[bytes]:
    with contextlib.suppress(OSError), path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - _TAIL))
        return file.read().split(b"\n")[:-1]
    return []


def _seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0
