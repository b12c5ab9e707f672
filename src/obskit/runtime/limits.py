"""Keep storms of one event out, and tell how many records that were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from obskit.record.error import type_name
from obskit.record.fingerprint import fingerprint

if TYPE_CHECKING:
    from obskit.decide.limiter import Limiter, Summary
    from obskit.record.seen import Seen


class Limits:
    """The limiter, and what writes its summaries.

    Args:
        limiter: Decides.
        reported: The exceptions met lately: one that is logged again further up counts once.
        write: Writes the record of a summary.
        watch: Called when something was left out, which somebody has to tell of.
    """

    def __init__(
        self, limiter: Limiter, reported: Seen, write: Callable[[Summary], None], watch: Callable[[], object]
    ) -> None:
        self._limiter = limiter
        self._reported = reported
        self._write = write
        self._watch = watch

    def passes(self, logger: str, level: int, message: Any, error: BaseException | None, rate: float) -> bool:
        """Tell whether a record is written; writes the summaries that come before it."""
        mark = kind = None
        if error is not None and self._reported.first(error):
            mark, kind = fingerprint(error), type_name(error)
        taken = self._limiter.takes(logger, level, message, mark, error_type=kind, rate=rate)
        if taken.summaries:
            self._tell(taken.summaries)
        if not taken.passes:
            self._watch()
        return taken.passes

    def tell_due(self) -> None:
        """Write the summaries that are due."""
        self._tell(self._limiter.due())

    def tell_rest(self) -> None:
        """Write all that was left out and not told of yet."""
        self._tell(self._limiter.rest())

    def forget(self) -> None:
        """In a forked child: what the parent left out is the parent's to tell."""
        self._limiter = self._limiter.fresh()

    def _tell(self, summaries: Iterable[Summary]) -> None:
        for summary in summaries:
            self._write(summary)
