"""What this process has done with its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
        console_skipped: Console lines left out because their reader was slow; the journal has them.
        redaction_failures: Values replaced by `[REDACTED:error]`.
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
    console_skipped: int = 0
    redaction_failures: int = 0
    internal_errors: int = 0
    journal: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    sentry: Mapping[str, Any] = field(default_factory=dict)
    integrations: Mapping[str, str] = field(default_factory=dict)
