"""Find the runtime in force; where `init` was never called, begin a plain one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obskit import state

if TYPE_CHECKING:
    from obskit.runtime.runtime import Runtime


def runtime() -> Runtime:
    """Return the runtime in force: a plain console one before `init`."""
    return state.runtime or _plain()


def _plain() -> Runtime:
    from obskit.runtime.plain import untouched

    made = untouched()
    if state.runtime is None:
        state.runtime = made
    return state.runtime
