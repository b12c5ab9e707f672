"""Tell the runtime of forks: registered once a process, looked up at the time."""

from __future__ import annotations

import os
import threading
from contextlib import AbstractContextManager

from obskit import state

_registered = False
_changing = threading.RLock()


def register() -> None:
    """Have the runtime in force told before and after each fork."""
    global _registered
    if not _registered:
        _registered = True
        os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)


def changing() -> AbstractContextManager[bool]:
    """Return the lock under which runtimes change; a forked child has one of its own."""
    return _changing


def _before() -> None:
    if state.runtime is not None:
        state.runtime.before_fork()


def _in_parent() -> None:
    if state.runtime is not None:
        state.runtime.after_fork_in_parent()


def _in_child() -> None:
    global _changing
    # A thread of the parent may have been in the middle of init() or shutdown(): it does not exist here.
    _changing = threading.RLock()
    if state.runtime is not None:
        state.runtime.after_fork_in_child()
