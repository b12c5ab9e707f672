"""Find the living processes that write to a journal."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from obskit.journal import reader, segment
from obskit.journal.boot import boot_id
from obskit.journal.levels import exists
from obskit.journal.lock import held_by_another

# A living writer touches its directory every 10 seconds.
_SILENCE = 30.0


class Process(NamedTuple):
    """A process that writes to a journal.

    Attributes:
        service: Its service.
        pid: Its pid, as it is called in its own container.
        here: Whether it runs on this machine, since its last restart.
    """

    service: str
    pid: int
    here: bool


def services(root: Path) -> list[str]:
    """Return the services that have written to a journal."""
    return sorted(unquote(path.name) for path in reader.services(root))


def living(root: Path) -> list[Process]:
    """Return the processes that hold their writer's lock and show signs of life, by service and pid."""
    found = set()
    for directory in reader.writers(root):
        # The keeper holds dead writers' locks too.
        if not reader.is_merged(directory) and held_by_another(directory):
            process = _process(directory)
            if process is not None:
                found.add(process)
    return sorted(found)


def _process(directory: Path) -> Process | None:
    numbers = segment.numbers(directory)
    header = reader.header_of(directory / segment.file_name(numbers[-1])) if numbers else None
    pid = None if header is None else header.get("pid")
    if header is None or type(pid) is not int:
        return None
    here = header.get("boot_id") == boot_id()
    if not (here and exists(pid)) and not _touched(directory):
        return None
    return Process(unquote(directory.parent.name), pid, here)


def _touched(directory: Path) -> bool:
    try:
        return time.time() - directory.stat().st_mtime < _SILENCE
    except OSError:
        return False
