"""RE2, where it is installed, and what a fork does to it."""

from __future__ import annotations

import os
from typing import Any


class Generation:
    """How many forks this process stems from.

    RE2 keeps its automatons behind a lock of its own, which another thread may hold at the moment of a fork: in the
    child nobody gives it back. So what was built before a fork is built anew, and what was there is never touched.
    """

    __slots__ = ("abandoned", "number")

    def __init__(self) -> None:
        self.number = 0
        self.abandoned: list[Any] = []

    def forked(self) -> None:
        """Begin the next one."""
        self.number += 1


generation = Generation()
os.register_at_fork(after_in_child=generation.forked)


def engine() -> Any:
    """Return the module of RE2's own objects, None where it is not installed."""
    try:
        from re2 import _re2
    except ImportError:
        return None
    return _re2
