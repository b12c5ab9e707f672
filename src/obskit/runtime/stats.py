"""What this process has done with its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from obskit.runtime import outlets

if TYPE_CHECKING:
    from obskit.runtime.runtime import Runtime


_MEANT = frozenset(("level", "sampling", "recorder", "limit"))


@dataclass(frozen=True, slots=True)
class Stats:
    """The counts of this process since `init`, or since it was forked.

    Attributes:
        writer: The writer's id; empty before the first record.
        emitted: Logs and spans that were given an id.
        written: Those of them that stand in the journal, or were queued in memory.
        shipped: Records that a target has acknowledged, by target and signal; dead writers' ones included.
        pending: Records of this process that a target has neither acknowledged nor refused.
        refused: Records that a target will never take.
        dropped: Records that were given up, by reason.
        left_out: Records that were not to be written, by what said so: `level` and `sampling` (what the flight recorder
            held for nothing, too), `recorder` where it had no room, `limit`.
        console_skipped: Console lines left out because their reader was slow; the journal has them.
        slow_writes: Writes of a line to the journal that took 50 ms or more, and held their callers up that long.
        redaction_failures: Values replaced by `[REDACTED:error]`.
        level_headers_refused: Requests whose header for the level was forged, expired or malformed.
        internal_errors: Failures inside obskit that reached nobody.
        journal: Where the journal lies and what it outlives; empty without one.
        targets: Each target's state: `delivering`, `failing` or `off`, with the reason.
        sentry: How errors are delivered to Sentry; empty without it.
        integrations: What each integration does: `active`, or why not.
    """

    writer: str = ""
    emitted: int = 0
    written: int = 0
    shipped: Mapping[str, int] = field(default_factory=dict)
    pending: int = 0
    refused: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    console_skipped: int = 0
    slow_writes: int = 0
    redaction_failures: int = 0
    level_headers_refused: int = 0
    internal_errors: int = 0
    journal: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    sentry: Mapping[str, Any] = field(default_factory=dict)
    integrations: Mapping[str, str] = field(default_factory=dict)


def collect(runtime: Runtime, counts: Mapping[str, int]) -> Stats:
    """Collect what a runtime's parts know.

    Args:
        counts: The runtime's own counts by name.
    """
    session = runtime.store.session
    given_up = {name[8:]: count for name, count in counts.items() if name.startswith("dropped:")}
    left_out = {reason: count for reason, count in given_up.items() if reason in _MEANT}
    dropped = {reason: count for reason, count in given_up.items() if reason not in _MEANT}
    emitted = 0 if session is None else session.ids.count("logs") + session.ids.count("spans")
    lost = sum(count for reason, count in dropped.items() if reason.startswith(("journal_", "memory_")))
    kept = session is not None and (session.writer is not None or session.memory is not None)
    lanes = [] if runtime.shipper is None else runtime.shipper.lanes
    return Stats(
        writer="" if session is None else session.ids.writer,
        emitted=emitted,
        written=emitted - lost if kept else 0,
        shipped={f"{lane.key[0]} {lane.signal}": lane.counts.shipped for lane in lanes},
        pending=0 if runtime.shipper is None or runtime.settings.ship is False else runtime.shipper.pending(),
        refused=sum(lane.counts.refused for lane in lanes),
        dropped=dropped,
        left_out=left_out,
        console_skipped=counts.get("console_skipped", 0),
        slow_writes=0 if session is None or session.writer is None else session.writer.slow,
        redaction_failures=counts.get("redaction_failures", 0),
        level_headers_refused=counts.get("level_header_refused", 0),
        internal_errors=counts.get("internal_errors", 0),
        journal=_cleaned(runtime, outlets.journal_facts(runtime.store.place)),
        targets=_cleaned(runtime, {f"{lane.key[0]} {lane.signal}": outlets.lane_state(lane) for lane in lanes}),
        sentry={} if runtime.sentry is None else _cleaned(runtime, runtime.sentry.describe()),
        integrations=_cleaned(runtime, runtime.integrations),
    )


def _cleaned(runtime: Runtime, facts: Mapping[str, Any]) -> dict[str, Any]:
    # Reasons quote what a collector, a framework or an exception has said.
    clean = runtime.redactor.text
    return {name: clean(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
