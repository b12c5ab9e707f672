"""Make what leads out of the process: console, targets, Sentry."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from obskit.journal.cursors import Key
    from obskit.journal.keeper import Keeper
    from obskit.journal.place import Place
    from obskit.runtime.levels import LevelControl
    from obskit.runtime.runtime import Runtime
    from obskit.sentry.client import SentryClient
    from obskit.settings.settings import Settings
    from obskit.ship.lane import Lane
    from obskit.ship.shipper import Shipper

Console = Callable[[bytes], bool]


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version of the distribution that is installed."""
    from obskit.plugins import installed

    if installed.readable() and (found := installed.version("obskit_sdk")):
        return found
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as distribution_version

    try:
        return distribution_version("obskit-sdk")
    except PackageNotFoundError:
        return "0"


class ConsoleOut:
    """Shows each line on a stream, as JSON or for people."""

    def __init__(self, stream: Any, pretty: Any) -> None:
        self.stream = stream
        self._pretty = pretty

    def __call__(self, line: bytes) -> bool:
        """Show a line; returns False where it was skipped."""
        shown = line if self._pretty is None else self._pretty.render(orjson.loads(line))
        return bool(self.stream.write(shown))


def console(settings: Settings, may_skip: bool) -> ConsoleOut | None:
    """Return the console of a configuration, or None where it is off."""
    if settings.console is False:
        return None
    from obskit.console.stream import is_terminal, open_stream

    terminal = is_terminal(settings.stream)
    pretty = None
    if settings.console == "pretty" or (settings.console == "auto" and terminal):
        from obskit.console.pretty import Pretty

        pretty = Pretty(terminal)
    return ConsoleOut(open_stream(settings.stream, may_skip), pretty)


def forget(shown: ConsoleOut | None) -> None:
    """In a forked child: let the console drop what it must not share with the parent."""
    if shown is not None:
        from obskit.console.stream import forget as forget_stream

        forget_stream(shown.stream)


def levels(runtime: Runtime) -> LevelControl:
    """Return what changes the levels while the process runs, by the journal's level file where there is a journal."""
    from obskit.runtime.levels import LevelControl

    place, file = runtime.store.place, None
    if place is not None:
        from obskit.journal.levels import LevelFile

        file = LevelFile(place)
    return LevelControl(runtime.thresholds, file, str(runtime.static["service"]), runtime.report.once)


def shipper(runtime: Runtime) -> Shipper | None:
    """Return the thread's work: shipping where there is a target, and the journal's upkeep."""
    place = runtime.store.place
    lanes = _lanes(runtime)
    if place is None and not lanes:
        return None
    from obskit.ship.shipper import Shipper

    settings = runtime.settings
    return Shipper(
        runtime.store,
        lanes,
        (lambda: _keeper(runtime, place, lanes)) if place is not None else None,
        agent_lock=None if place is None else place.path / "agent.lock",
        ships=settings.ship == "thread",
        interval_sync=settings.journal is not None and settings.journal.fsync == "interval",
        failed=runtime.pipeline.failed,
        look=runtime.levels.tick,
    )


def _lanes(runtime: Runtime) -> list[Lane]:
    settings = runtime.settings
    if settings.ship is False or settings.disabled or (settings.logs is None and settings.traces is None):
        return []
    from obskit.ship.destination import otlp_lanes
    from obskit.ship.memory_feed import MemoryFeed  # noqa: F401 - now, not in the thread: a fork would cut it off

    return otlp_lanes(settings.logs, settings.traces, runtime.report)


def _keeper(runtime: Runtime, place: Place, lanes: list[Lane]) -> Keeper:
    from obskit.journal.keeper import Keeper

    journal = runtime.settings.journal
    if journal is None:
        msg = "a place without a journal"
        raise AssertionError(msg)

    def wanted() -> list[Key]:
        return [lane.key for lane in lanes if not lane.off]

    return Keeper(
        place,
        max_bytes=journal.max_bytes,
        max_age=journal.max_age,
        targets=wanted,
        dropped=runtime.dropped_by_keeper,
    )


def sentry(runtime: Runtime) -> SentryClient | None:
    """Return the client of Sentry, or None without a DSN."""
    dsn = runtime.settings.sentry_dsn
    if dsn is None:
        return None
    from obskit.sentry.client import setup

    static = runtime.static
    return setup(
        dsn,
        service=static["service"],
        environment=static["environment"],
        release=static.get("version"),
        server_name=static["host"],
        protect=runtime.redactor.protect,
        failed=runtime.redactor.failed,
        ids=current_ids,
        resource={key: str(value) for key, value in runtime.resource("").items() if value != ""},
        trouble=lambda text: runtime.report.seldom("sentry", text),
    )


def current_ids() -> dict[str, str]:
    """Return the ids of the current unit of work and span, those that there are."""
    from opentelemetry.trace import format_span_id, format_trace_id, get_current_span

    from obskit.context.scope import correlation_id

    found: dict[str, str] = {}
    unit = correlation_id()
    if unit is not None:
        found["correlation_id"] = unit
    span = get_current_span().get_span_context()
    if span.is_valid:
        found["trace_id"] = format_trace_id(span.trace_id)
        found["span_id"] = format_span_id(span.span_id)
    return found


def journal_facts(place: Place | None) -> dict[str, Any]:
    """Return where a journal lies and what it outlives."""
    if place is None:
        return {}
    from obskit.journal.place import durability

    return {"path": os.fspath(place.path), "durability": durability(place.path)}


def lane_state(lane: Lane) -> str:
    """Return what a lane does, in a word and with the reason."""
    if lane.off:
        return f"off: {lane.detail}"
    return f"failing: {lane.detail}" if lane.failing else "delivering"
