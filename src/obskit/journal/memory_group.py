"""Count what the kernel has killed for lack of memory in this process's control group."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

_GROUPS = Path("/proc/self/cgroup")
_ROOT = Path("/sys/fs/cgroup")


class MemoryGroup(TypedDict):
    """A control group that limits memory: which one, and how many processes of it the kernel has killed."""

    id: int
    kills: int


def memory_group(groups: Path = _GROUPS, root: Path = _ROOT) -> MemoryGroup | None:
    """Return this process's group, or None where the kernel tells of none (no Linux, no such group).

    Args:
        groups: The kernel's list of this process's groups.
        root: Where control groups are mounted.
    """
    try:
        for row in groups.read_text(encoding="utf-8").splitlines():
            _, controllers, path = row.split(":", 2)
            if controllers == "" or "memory" in controllers.split(","):
                # The second version has one tree for all; in a container its own group is what is mounted.
                below = root if controllers == "" else root / "memory"
                name = "memory.events" if controllers == "" else "memory.oom_control"
                for directory in (below / path.lstrip("/"), below):
                    if (kills := _kills(directory / name)) is not None:
                        return MemoryGroup(id=directory.stat().st_ino, kills=kills)
    except (OSError, ValueError):
        pass
    return None


def _kills(path: Path) -> int | None:
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(row.split()[1]) for row in rows if row.startswith("oom_kill ")), None)
