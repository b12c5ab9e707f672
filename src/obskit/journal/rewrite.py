"""Bring the segments of a journal up to a redaction policy: those of dead writers, one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from obskit.journal import handover
from obskit.journal.outdated import Outdated, Survey, survey
from obskit.journal.place import Place
from obskit.journal.redacted import Lines, Tally
from obskit.journal.replace import RedactionFails, replace

if TYPE_CHECKING:
    from obskit.settings.options import Redaction

# Every process looks each second whether it is to let go, and then has an answer of its target to wait for.
_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Left:
    """What could not be brought up to the policy.

    Attributes:
        directory: The directory.
        pid: The process that wrote it, where that is known.
        segments: How many segments.
        reason: Why, and what to do.
    """

    directory: Path
    pid: int | None
    segments: int
    reason: str

    @property
    def service(self) -> str:
        """The service's name."""
        return unquote(self.directory.parent.name)

    @property
    def writer(self) -> str:
        """The name of the directory: the writer's id, or the one that a merged directory was given."""
        return self.directory.name


@dataclass(slots=True)
class Summary:
    """What was done.

    Attributes:
        digest: The policy's.
        writers: How many directories of writers were looked at.
        segments: How many segments.
        rewritten: How many of them were rewritten.
        tally: What became of their lines.
        left: What is not up to the policy.
    """

    digest: str
    writers: int = 0
    segments: int = 0
    rewritten: int = 0
    tally: Tally = field(default_factory=Tally)
    left: list[Left] = field(default_factory=list)


class Progress:
    """Told how far it is; does nothing itself."""

    def waiting(self) -> None:
        """The files of dead writers are with another process, which was asked for them."""

    def begin(self, total: int) -> None:
        """So many bytes are to be rewritten."""

    def advance(self, done: int, found: int) -> None:
        """So many more bytes were, and so many more lines held something."""


def bring_up(place: Place, policy: Redaction, progress: Progress, patience: float = _PATIENCE) -> Summary:
    """Rewrite every segment of dead writers that is under another policy.

    Shipping goes on meanwhile; what is being rewritten is shipped afterwards.

    Args:
        place: The journal.
        policy: The policy.
        progress: Told how far it is.
        patience: Seconds to wait until a living keeper lets go of dead writers.
    """
    lines = Lines(policy)
    summary = Summary(lines.digest)
    reasons: dict[Path, str] = {}
    found = survey(place.path, lines.digest)
    summary.writers, summary.segments = found.writers, found.segments
    if found.outdated or found.leftovers:
        with _claimed(place, lines.digest, progress, patience, reasons) as claims:
            progress.begin(sum(one.size for one in claims))
            for one in sorted(claims, key=lambda one: one.directory):
                reason = _rewrite(one, lines, place, progress, summary)
                os.close(claims.pop(one))
                if reason:
                    reasons[one.directory] = reason
        found = survey(place.path, lines.digest)
    summary.left = _left(found, reasons)
    return summary


@contextmanager
def _claimed(
    place: Place, digest: str, progress: Progress, patience: float, reasons: dict[Path, str]
) -> Iterator[dict[Outdated, int]]:
    """Hold the locks of the dead writers that have something outdated; the lease only until they are taken."""
    claims: dict[Outdated, int] = {}
    try:
        agent = handover.agent_runs(place)
        with nullcontext(enter_result=False) if agent else handover.lease(place, patience, progress.waiting) as held:
            if held:
                handover.clear(place.path)
            for one in survey(place.path, digest).outdated:
                fd, reason = handover.claim(one, agent=agent)
                if fd >= 0:
                    claims[one] = fd
                else:
                    reasons[one.directory] = reason
        yield claims
    finally:
        for fd in claims.values():
            os.close(fd)


def _rewrite(one: Outdated, lines: Lines, place: Place, progress: Progress, summary: Summary) -> str:
    """Rewrite one directory; returns why that could not be done."""
    lines.tally = Tally()
    try:
        if replace(one, lines, place, progress.advance) is not None:
            summary.rewritten += len(one.numbers)
            summary.tally.add(lines.tally)
    except RedactionFails:
        return f"redaction fails on {lines.tally.failures} values, a fault of obskit or of the policy; it is as it was"
    except OSError as trouble:
        return f"{trouble.strerror or trouble}; nothing of it is lost: run this again when that is mended"
    return ""


def _left(found: Survey, reasons: dict[Path, str]) -> list[Left]:
    late = "written or ended while this ran: run this again"
    left = [
        Left(one.directory, one.pid, len(one.numbers), reasons.get(one.directory, one.obstacle or late))
        for one in found.outdated
    ]
    waits = "left behind by a process that was killed; nobody reads it, the keeper removes it: run this again"
    return left + [Left(directory, None, 0, waits) for directory in found.leftovers]
