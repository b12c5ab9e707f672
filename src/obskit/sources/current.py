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
    from obskit.runtime.runtime import Runtime
    from obskit.settings.load import load

    # The environment is left alone: a wrong value in it is for init() to tell of.
    made = Runtime(load({"journal": False, "integrations": []}, {}), plain=True)
    if state.runtime is None:
        state.runtime = made
    return state.runtime
