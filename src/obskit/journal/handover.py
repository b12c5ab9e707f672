"""Take over what dead writers left from the processes that look after it."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from obskit.journal import merge, outdated, reader
from obskit.journal.boot import boot_id
from obskit.journal.keeper import FOREIGN_SILENCE, LOCK_NAME, last_touched
from obskit.journal.lock import FileLock, claim_directory, held_by_another
from obskit.journal.outdated import Outdated
from obskit.journal.place import Place

AGENT_LOCK_NAME = "agent.lock"
_LOOK_EVERY = 0.02
# Another command that rewrites holds the agent's lock only for a moment.
_PASSING = 2.0


def agent_runs(place: Place) -> bool:
    """Tell whether an `obskit ship` is at work, which lets go of nothing until it is stopped."""
    until = time.monotonic() + _PASSING
    while held_by_another(place.path / AGENT_LOCK_NAME):
        if time.monotonic() >= until:
            return True
        time.sleep(_LOOK_EVERY)
    return False


@contextlib.contextmanager
def lease(place: Place, patience: float, waiting: Callable[[], None]) -> Iterator[bool]:
    """Hold the keeper's lease for the length of a block; whoever has it is asked for it as an agent asks.

    Args:
        place: The journal.
        patience: Seconds to wait for it.
        waiting: Called once where it is not free.

    Yields:
        Whether it is held.
    """
    keeper = FileLock(place.path / LOCK_NAME, place.file_mode)
    agent = FileLock(place.path / AGENT_LOCK_NAME, place.file_mode)
    try:
        if not keeper.take():
            waiting()
            _ask(keeper, agent, time.monotonic() + patience)
        yield keeper.held
    finally:
        keeper.release()
        agent.release()


def _ask(keeper: FileLock, agent: FileLock, until: float) -> None:
    # Every process looks each second whether there is an agent, and lets go of dead writers then.
    while not (agent.take() and keeper.take()) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)


def clear(root: Path) -> None:
    """Remove what killed processes left unfinished or half removed; for the holder of the lease."""
    for service in reader.services(root):
        merge.clear_replaced(reader.service_writers(service))
        for directory in outdated.leftovers(service):
            fd = claim_directory(directory)
            if fd is not None:
                shutil.rmtree(directory, ignore_errors=True)
                os.close(fd)


def claim(found: Outdated, clock: Callable[[], float] = time.time, *, agent: bool = False) -> tuple[int, str]:
    """Lock the directory of a dead writer.

    Args:
        found: The directory.
        clock: Wall-clock seconds.
        agent: Whether an `obskit ship` is at work, which then holds most of them.

    Returns:
        A descriptor that holds the lock, or -1; and why not, in words for people.
    """
    if found.obstacle:
        return -1, found.obstacle
    if _may_live_elsewhere(found, clock()):
        return (
            -1,
            "its machine, or this one before its restart, wrote here less than 5 minutes ago: run this again then",
        )
    fd = claim_directory(found.directory)
    if fd is not None:
        return fd, ""
    return -1, _holder(found, agent=agent)


def _may_live_elsewhere(found: Outdated, now: float) -> bool:
    # No writer ever lives in a merged directory.
    if found.boot == boot_id() or reader.is_merged(found.directory):
        return False
    return now - last_touched(found.directory) <= FOREIGN_SILENCE


def _holder(found: Outdated, *, agent: bool) -> str:
    if not found.directory.exists():
        return "removed or merged while this ran: run this again"
    if not os.access(found.directory, os.R_OK | os.X_OK):
        return "can't be opened: run this as the user that owns it"
    if found.pid is not None and found.boot == boot_id() and _is_alive(found.pid):
        also = ", stop `obskit ship`" if agent else ""
        return (
            f"its process is running and goes on under its own policy: restart it with this one{also}, "
            "then run this again"
        )
    if agent:
        return "`obskit ship` works on it: stop that, then run this again"
    return "another process works on it: run this again when that has ended"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return pid > 0
