"""Log a case as an application would, and tell what became of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import obskit
from obskit.runtime.capture import Capture
from obskit.sources.stdlib import Bridge
from tests.redaction.hostile.case import Hostile, leaks

NEIGHBOUR = "orchard 42"


@dataclass
class Outcome:
    """What became of many cases.

    Attributes:
        judged: Those that hold a secret.
        missed: Those of which one could be read, with it.
        broken: Those that raised, left no line, or lost the field beside them, with the reason.
    """

    judged: int = 0
    missed: list[tuple[Hostile, str]] = field(default_factory=list)
    broken: list[tuple[Hostile, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Return the share of those that are redacted."""
        return 1.0 - len(self.missed) / self.judged

    def summary(self) -> str:
        """Return how many of which kind were missed or broken."""
        counted = Counter(case.kind for case, _ in [*self.missed, *self.broken])
        return "\n".join(f"{many:4} {kind}" for kind, many in counted.most_common())


def run(cases: Iterable[Hostile], seen: Capture) -> Outcome:
    """Log every case and judge its lines.

    Args:
        cases: What to log.
        seen: Takes what is logged.
    """
    outcome = Outcome()
    with _alone():
        _run(cases, seen, outcome)
    return outcome


@contextmanager
def _alone() -> Iterator[None]:
    # A test runner's own handlers raise where a template does not fit its arguments.
    root = logging.getLogger()
    others = [handler for handler in root.handlers if not isinstance(handler, Bridge)]
    for handler in others:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in others:
            root.addHandler(handler)


def _run(cases: Iterable[Hostile], seen: Capture, outcome: Outcome) -> None:
    for case in cases:
        seen.clear()
        try:
            log(case)
        except Exception as error:
            outcome.broken.append((case, f"raised {error!r}"))
            continue
        if not any(NEIGHBOUR in str(record) for record in seen.records):
            outcome.broken.append((case, "no line, or one without its neighbour"))
        if case.secrets:
            outcome.judged += 1
            left = [secret for record in seen.records for secret in leaks(record, case.secrets)]
            if left:
                outcome.missed.append((case, left[0]))


def log(case: Hostile) -> None:
    """Log one case."""
    log = obskit.get_logger("hostile")
    if case.via == "exception":
        try:
            raise case.make()
        except BaseException:
            log.exception("case", orchard=NEIGHBOUR)
    elif case.via == "args":
        template, *args = case.make()
        log.info(template, *args, orchard=NEIGHBOUR)
        logging.getLogger("hostile").warning(template, *args, extra={"orchard": NEIGHBOUR})
    elif case.via == "message":
        log.info(case.make(), orchard=NEIGHBOUR)
    else:
        fields: dict[str, Any] = {"event": "case", "orchard": NEIGHBOUR}
        made = case.make()
        fields |= made if case.via == "fields" else {"data": {made: "x"} if case.via == "key" else made}
        log.info(fields.pop("event"), **fields)
