"""The functions of `import obskit` that act on the runtime."""

from __future__ import annotations

import atexit
import functools
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from obskit import state
from obskit.runtime import forks
from obskit.runtime.runtime import Runtime
from obskit.runtime.stats import Stats
from obskit.settings.load import load
from obskit.settings.options import Journal, Redaction, Sampling

if TYPE_CHECKING:
    from obskit.integration import Integration
    from obskit.runtime.capture import Capture

P = ParamSpec("P")
R = TypeVar("R")

_changing = threading.RLock()
_registered = False
_ARGUMENTS = ("service", "environment", "version")


def _as_given(function: Callable[P, R]) -> Callable[P, R]:
    """Hand on only what the caller gave: an argument that equals its default still wins over the environment."""

    @functools.wraps(function)
    def given(*args: P.args, **kwargs: P.kwargs) -> R:
        named: dict[str, Any] = {**dict(zip(_ARGUMENTS, args, strict=False)), **kwargs}
        if len(args) > len(_ARGUMENTS):
            msg = f"init() takes at most {len(_ARGUMENTS)} positional arguments ({len(args)} given); name the others"
            raise TypeError(msg)
        return _configure(named)  # type: ignore[return-value]

    return given


@_as_given
def init(
    service: str | None = None,
    environment: str = "development",
    version: str | None = None,
    *,
    level: str | int = "INFO",
    levels: Mapping[str, str | int] = {},  # noqa: B006 - never changed
    console: Literal["auto", "json", "pretty", False] = "auto",
    stream: Any = None,
    journal: str | os.PathLike[str] | Journal | Literal[False] = "auto",
    otlp_endpoint: str | None = None,
    otlp_headers: Mapping[str, str] | None = None,
    otlp_protocol: Literal["http/json", "http/protobuf"] = "http/json",
    ship: Literal["thread", "agent", False] = "thread",
    sentry_dsn: str | None = None,
    redaction: Redaction | Literal[False] = Redaction(),  # noqa: B008 - immutable
    sampling: Sampling | Literal[False] = Sampling(),  # noqa: B008 - immutable
    integrations: Literal["auto"] | Sequence[str | Integration] = "auto",
    correlation_header: str = "X-Correlation-ID",
    trust_incoming: bool = True,
    propagate_to: Sequence[str] = ("*",),
    level_key: str | bytes | None = None,
    exit_timeout: float = 5.0,
) -> Runtime:
    """Set obskit up, or set it up anew.

    Each argument X can also come from the environment variable `OBSKIT_X`; an argument wins over it, and it over
    OpenTelemetry's own `OTEL_*` variables.

    Args:
        service: The service's name; the project or program being run by default.
        environment: Where it runs, such as `production`.
        version: The service's version.
        level: The level from which records count.
        levels: Levels of single loggers and those below them.
        console: `json`, `pretty`, False, or `auto`: pretty on a terminal, JSON elsewhere.
        stream: File object or descriptor for console lines; standard output by default.
        journal: A directory, a `Journal`, or False.
        otlp_endpoint: Base URL; `/v1/logs` and `/v1/traces` are appended.
        otlp_headers: HTTP headers sent with each request.
        otlp_protocol: `http/json` or `http/protobuf`.
        ship: Who sends: a thread of this process, the host's agent, or nobody.
        sentry_dsn: Where errors are sent in Sentry.
        redaction: What is removed before a line exists; False removes nothing.
        sampling: What is kept; False keeps everything.
        integrations: The frameworks to join; `auto` joins those imported, [] none.
        correlation_header: The HTTP header of the correlation id.
        trust_incoming: Whether a caller's trace and correlation id are continued.
        propagate_to: Hosts that get correlation id and baggage with an outgoing call.
        level_key: Signs the header that raises one request's level.
        exit_timeout: Seconds that the exit of the process waits while delivery advances.

    Returns:
        The runtime in force.

    Raises:
        ConfigError: At least one argument or variable is wrong; all of them are listed.
    """
    raise AssertionError("replaced by its decorator")  # pragma: no cover


def _configure(arguments: Mapping[str, Any]) -> Runtime:
    settings = load(arguments, os.environ)
    with _changing:
        former = state.runtime
        capture = former.capture if former is not None else None
        runtime = Runtime(settings, capture=capture)
        if former is not None:
            former.close(settings.exit_timeout if not former.plain else 0.0)
        return install(runtime)


def install(runtime: Runtime) -> Runtime:
    """Put a runtime in force: sources, tracer provider, integrations, hooks of the process."""
    global _registered
    from obskit.plugins.install import Installer
    from obskit.sources import logger, stdlib, uncaught
    from obskit.tracing import wiring

    settings = runtime.settings
    state.runtime = runtime
    forks.register()
    if not _registered:
        _registered = True
        atexit.register(_at_exit)
    logger.configure()
    runtime.undo.callback(wiring.install(runtime))
    runtime.undo.callback(stdlib.Adoption(settings.level, settings.levels).install())
    runtime.undo.callback(uncaught.install())
    installer = Installer(runtime)
    runtime.undo.callback(installer.undo)
    try:
        installer.install(settings.integrations)
    except BaseException:
        state.runtime = None
        runtime.close(0.0)
        raise
    for text in settings.warnings:
        runtime.report.once("settings", text)
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
    with _changing:
        runtime = state.runtime
        if runtime is None:
            return True
        state.runtime = None
        return runtime.close(timeout)


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
    runtime = state.runtime
    return Stats() if runtime is None else runtime.stats()


def capture_exception(exc: BaseException | None = None, **fields: Any) -> None:
    """Log an exception at ERROR, with its stack trace and fingerprint.

    Args:
        exc: The exception; the one being handled by default. Without either nothing happens.
        **fields: Fields of the record.
    """
    import sys

    from obskit.sources.current import runtime
    from obskit.sources.logger import calling_module

    error = exc if exc is not None else sys.exc_info()[1]
    if error is not None:
        runtime().log(40, calling_module(), "exception captured", fields, error)


def capturing(capture: Capture, **arguments: Any) -> Runtime:
    """Put a runtime in force that hands everything to `capture` and does no I/O."""
    settings = load({"console": False, "journal": False, "ship": False, **arguments}, {})
    with _changing:
        former = state.runtime
        if former is not None:
            former.close(0.0)
        return install(Runtime(settings, capture=capture))


def _at_exit() -> None:
    runtime = state.runtime
    if runtime is not None and not runtime.plain:
        # The runtime stays in force: what finalisers log from here on still goes to console and journal.
        if runtime.shipper is not None:
            runtime.shipper.drain(runtime.settings.exit_timeout)
        if runtime.sentry is not None:
            runtime.sentry.flush(min(2.0, runtime.settings.exit_timeout))
