"""The functions of `import obskit` that act on the runtime."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from obskit import state
from obskit.journal.boot import boot_id
from obskit.runtime import forks, outlets, plain
from obskit.runtime.runtime import Runtime
from obskit.runtime.told import cleaned
from obskit.settings.load import load
from obskit.settings.options import ConfigError

if TYPE_CHECKING:
    from obskit.runtime.capture import Capture
    from obskit.runtime.stats import Stats

# At import: init() itself may be running in one thread while another forks.
forks.register()
_registered = False


def configure(arguments: Mapping[str, Any]) -> Runtime:
    """Load the settings and put a runtime of theirs in force.

    Args:
        arguments: What the caller of `init` gave, by name.

    Raises:
        ConfigError: At least one argument or variable is wrong.
    """
    try:
        return _configure(arguments)
    except ConfigError as error:
        raise cleaned(error) from None


def _configure(arguments: Mapping[str, Any]) -> Runtime:
    settings = load(arguments, os.environ)
    with forks.changing():
        former = state.runtime
        runtime = Runtime(settings, capture=None if former is None else former.capture)
        if former is None or former.plain:
            return install(runtime)
        if former.settings.service != settings.service:
            runtime.report.once(
                "service",
                f"init() again: the service was {former.settings.service!r}, "
                f"everything from now on is {settings.service!r}",
            )
        former.close(settings.exit_timeout)
        try:
            return install(runtime)
        except ConfigError:
            # What was wrong is the caller's to mend; until then everything is as it was.
            install(Runtime(former.settings, capture=former.capture))
            raise


def install(runtime: Runtime) -> Runtime:
    """Put a runtime in force: sources, tracer provider, integrations, hooks of the process."""
    global _registered
    from obskit.plugins.install import Installer
    from obskit.sources import logger, stdlib, uncaught
    from obskit.tracing import wiring

    settings = runtime.settings
    _put_in_force(runtime)
    if not _registered:
        _registered = True
        atexit.register(_at_exit)
    runtime.undo.callback(logger.configure())
    runtime.undo.callback(wiring.install(runtime))
    adoption = stdlib.Adoption(settings.level, settings.levels)
    runtime.undo.callback(adoption.install())
    runtime.levels.join(adoption)
    runtime.undo.callback(uncaught.install())
    installer = Installer(runtime)
    runtime.undo.callback(installer.undo)
    try:
        installer.install(settings.integrations)
    except BaseException:
        _put_in_force(None)
        runtime.close(0.0)
        raise
    for text in settings.warnings:
        runtime.report.once("settings", text)
    # Asked once here, so that a first record in a signal handler or a finaliser need not read or import for it.
    boot_id()
    outlets.version()
    if runtime.shipper is not None:
        runtime.shipper.ensure()
    return runtime


def shutdown(timeout: float = 5.0) -> bool:
    """Deliver what is pending, undo every patch, and stop.

    Args:
        timeout: Seconds that delivery may take; a target that is failing is not waited for.

    Returns:
        Whether nothing emitted before the call is pending. What is, stays in the journal.
    """
    with forks.changing():
        runtime = state.runtime
        if runtime is None or runtime.plain:
            return True
        done = runtime.close(timeout)
        _put_in_force(plain.after(runtime))
        return done


def flush(timeout: float = 5.0) -> bool:
    """Wait until nothing emitted before the call is pending.

    Args:
        timeout: Seconds.

    Returns:
        Whether that is so: each target has acknowledged it, or refused it for good.
    """
    runtime = state.runtime
    return True if runtime is None else runtime.flush(timeout)


def stats() -> Stats:
    """Return what this process has done with its records."""
    from obskit.runtime.stats import Stats

    runtime = state.runtime
    return Stats() if runtime is None else runtime.stats()


def capture_exception(exc: BaseException | None = None, **fields: Any) -> None:
    """Log an exception at ERROR, with its stack trace and fingerprint.

    Args:
        exc: The exception; the one being handled by default. Without either nothing happens.
        **fields: Fields of the record.
    """
    from obskit.sources.current import runtime
    from obskit.sources.named import calling_module

    error = exc if exc is not None else sys.exc_info()[1]
    if error is not None:
        runtime().log(40, calling_module(), "exception captured", fields, error)


def capturing(capture: Capture, **arguments: Any) -> Runtime:
    """Put a runtime in force that hands everything to `capture` and does no I/O."""
    settings = load({"console": False, "journal": False, "ship": False, **arguments}, {})
    with forks.changing():
        if state.runtime is not None:
            state.runtime.close(0.0)
        return install(Runtime(settings, capture=capture))


def resume(former: Runtime | None) -> None:
    """Put what was in force before a capture in force again."""
    with forks.changing():
        if state.runtime is not None:
            state.runtime.close(0.0)
        _put_in_force(former)
        if former is not None and not former.plain:
            install(Runtime(former.settings, capture=former.capture))


def _put_in_force(runtime: Runtime | None) -> None:
    from obskit.sources import named

    state.runtime = runtime
    if runtime is not None:
        runtime.thresholds.changed = named.forget
    named.forget()


def _at_exit() -> None:
    runtime = state.runtime
    if runtime is not None and not runtime.plain:
        # The runtime stays in force: what finalisers log from here on still goes to console and journal.
        runtime.pipeline.settle()
        if runtime.shipper is not None:
            runtime.shipper.drain(runtime.settings.exit_timeout)
        if runtime.sentry is not None:
            runtime.sentry.flush(min(2.0, runtime.settings.exit_timeout))
        if runtime.units is not None:
            runtime.units.left("exit")
