"""The levels in force in this process, and what changes them while it runs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from obskit.context import scope
from obskit.context.verbose import VerboseUnits

if TYPE_CHECKING:
    from obskit.decide.level_file import Entry, Plan
    from obskit.decide.thresholds import Thresholds
    from obskit.journal.levels import LevelFile
    from obskit.sources.stdlib import Adoption


class LevelControl:
    """Applies a journal's level file to this process, and knows its verbose units.

    Args:
        thresholds: The levels of obskit's own loggers.
        file: The journal's level file; None without a journal.
        service: The service that this process is one of.
        tell: Called with a topic and a text, of what is told once.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        thresholds: Thresholds,
        file: LevelFile | None,
        service: str,
        tell: Callable[[str, str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.verbose = VerboseUnits(self._listen)
        self._thresholds = thresholds
        self._file = file
        self._service = service
        self._tell = tell
        self._clock = clock
        self._adoption: Adoption | None = None
        self._entries: tuple[Entry, ...] = ()
        self._plan: Plan | None = None
        self._turn = threading.Lock()

    def join(self, adoption: Adoption) -> None:
        """Have the standard library's loggers follow, and begin with the levels that are set now."""
        self._adoption = adoption
        self.tick()

    def tick(self) -> None:
        """Look whether the levels have changed: called about every second; never waits."""
        # Whoever comes second need not look: the first one does.
        if self._file is None or not self._turn.acquire(blocking=False):
            return
        try:
            if self._file.changed():
                self._entries = self._read(self._file)
                self._apply()
            elif self._plan is not None and self._plan.until is not None and self._clock() >= self._plan.until:
                self._apply()
        finally:
            self._turn.release()

    def after_fork(self, awake: Callable[[], object] | None) -> None:
        """In a forked child: what was set for the parent alone no longer holds.

        Args:
            awake: Called when a logger is first asked, which is when this process may begin to look for itself.
        """
        self._turn = threading.Lock()
        self.verbose.forget(scope.current())
        if any(entry.pid is not None for entry in self._entries):
            self._apply()
        if awake is not None:
            self._thresholds.renew(awake)

    def _read(self, file: LevelFile) -> tuple[Entry, ...]:
        from obskit.journal.levels import Unusable

        try:
            return file.read()
        except Unusable as reason:
            self._tell(f"levels {str(reason)[-80:]}", str(reason))
            return self._entries if reason.passing else ()

    def _apply(self) -> None:
        from obskit.decide.level_file import plan

        wanted = plan(self._entries, self._service, os.getpid(), _own_identity, self._clock())
        before, self._plan = self._plan, wanted
        if (wanted.default, wanted.levels) == ((None, {}) if before is None else (before.default, before.levels)):
            return
        if wanted.default is None and not wanted.levels:
            self._thresholds.reset()
        else:
            self._thresholds.change(wanted.default, wanted.levels)
        if self._adoption is not None:
            self._adoption.follow(wanted.default, wanted.levels)

    def _listen(self, alive: bool) -> None:
        if self._adoption is not None:
            self._adoption.listen(alive)


def _own_identity() -> str:
    from obskit.journal.levels import identity

    return identity(os.getpid())
