"""The runtimes of a process in which obskit is not, or no longer, initialised: a console, and nothing else."""

from __future__ import annotations

from obskit.runtime.runtime import Runtime
from obskit.settings.load import load


def untouched() -> Runtime:
    """Return the runtime of a process that never called `init`."""
    # The environment is left alone: a wrong value in it is for init() to tell of.
    return Runtime(load({"journal": False, "integrations": []}, {}), plain=True)


def after(former: Runtime) -> Runtime:
    """Return the runtime of a process that has shut obskit down: what it still logs is protected by the same rules."""
    settings = former.settings.changed(journal=None, logs=None, traces=None, sentry_dsn=None, integrations=())
    return Runtime(settings, capture=former.capture, plain=True)
