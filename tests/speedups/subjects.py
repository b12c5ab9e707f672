"""What the tests of the accelerator share: its `Fused`, and the stages of the Python beside it, one after the other."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import obskit_speedups
from obskit.line import speedups
from obskit.line.encode import FRAME, fitted
from obskit.line.fused import Fused
from obskit.protect.redactor import Redactor
from obskit.record import log as log_record
from tests.protect.subjects import make

STATIC = {"service": "shop", "environment": "test", "host": "h", "version": "1.0"}
LINE_BYTES = 65_536
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
UNIT = b',"correlation_id":"req-1"'
IDS = f',"trace_id":"{TRACE}","span_id":"{SPAN}"'.encode()
WHEN = 1_769_904_000_123_456_789
INFO = 20


def examples(number: int) -> int:
    """Return how many examples a test tries: fewer with sanitizers, which make each cost more."""
    return number // 6 if os.environ.get("SANITIZED") else number


class Subject(NamedTuple):
    """One policy in both ways."""

    redactor: Redactor
    pure: Fused
    quick: Any
    alone: Any


def subject(**policy: Any) -> Subject:
    """Return both ways of a policy; `alone` is the accelerator with nobody to ask."""
    redactor = make(**policy)
    pure = Fused(STATIC, redactor, LINE_BYTES - FRAME)
    quick = speedups.accelerated(obskit_speedups, pure, redactor)
    return Subject(redactor, pure, quick, _Alone(pure, quick))


class _Alone:
    """The accelerator without the Python that it asks: None where it leaves a record."""

    def __init__(self, pure: Fused, quick: Any) -> None:
        self._pure = pure
        self._quick = quick

    def __call__(self, *given: Any) -> bytes | None:
        """Return the line where the accelerator made it."""
        # Python learns names, levels and loggers; the second time they are known.
        self._pure(*given)
        return self._quick.attempt(*given)  # type: ignore[no-any-return]


def stages(
    redactor: Redactor, message: Any, fields: dict[str, Any], *, level: int = INFO, logger: str = "shop"
) -> bytes:
    """Return the line that record, protect and encode make one after the other."""
    record = log_record.build(
        when=WHEN, level=level, message=message, logger=logger, fields=dict(fields), static=STATIC,
        correlation_id="req-1", trace_id=TRACE, span_id=SPAN, error=None, late=False, sampling=None,
    )  # fmt: skip
    record = redactor.record(record, LINE_BYTES - FRAME)
    return fitted(record, LINE_BYTES, Redactor(None, None, lambda: None).record)


def alone(
    found: Subject, message: Any, fields: dict[str, Any], *, level: int = INFO, logger: str = "shop"
) -> bytes | None:
    """Return the line where the accelerator makes it alone, None where it leaves it to Python."""
    return found.alone(WHEN, level, message, logger, UNIT, IDS, dict(fields), b"")  # type: ignore[no-any-return]
