"""Build a line stage by stage: what the straight way of a plain record does not take."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from obskit.line.encode import FRAME, fitted
from obskit.protect.redactor import Redactor
from obskit.record import log as log_record
from obskit.record import span as span_record
from obskit.record.error import describe

if TYPE_CHECKING:
    from obskit.context.scope import Scope
    from obskit.decide.limiter import Summary
    from obskit.tracing.span import Span

_DEEPEST = 16
_MOST_NESTED = 64


class LongWay:
    """Record, protect, encode.

    Args:
        static: The service fields of every line.
        redactor: Protects.
        line_bytes: The length of the longest line.
        dropped: Called with a reason for a record that can't be built.
    """

    def __init__(
        self, static: Mapping[str, Any], redactor: Redactor, line_bytes: int, dropped: Callable[[str], object]
    ) -> None:
        self._static = static
        self._redactor = redactor
        self._cutter = Redactor(None, None, redactor.failed)
        self._line_bytes = line_bytes
        self._dropped = dropped
        self._depth = threading.local()

    def log(
        self,
        when: int,
        level: int,
        logger: str,
        message: Any,
        fields: Mapping[str, Any],
        error: BaseException | None,
        scope: Scope | None,
        ids: bytes,
        sampling: Mapping[str, Any],
        *,
        late: bool,
    ) -> bytes | None:
        """Return the line of a log record without its id, None where it can't be built.

        Args:
            when: Nanoseconds since the epoch.
            level: Its number.
            logger: The logger's name.
            message: The event.
            fields: All of its fields.
            error: The exception that it tells of.
            scope: Its unit of work.
            ids: The ids of its span, as a line shows them.
            sampling: Its sampling block; empty for none.
            late: Whether its unit had ended.
        """
        depth = getattr(self._depth, "now", 0)
        self._depth.nested = self._depth.nested + 1 if depth else 0
        # A value whose repr() logs itself would come back here for ever, or several times as often at each level.
        if depth >= _DEEPEST or self._depth.nested > _MOST_NESTED:
            self._dropped("recursion")
            return None
        self._depth.now = depth + 1
        try:
            trace_id, span_id = _read(ids)
            record = log_record.build(
                when=when,
                level=level,
                message=message,
                logger=logger,
                fields=dict(fields),
                static=self._static,
                correlation_id=None if scope is None else scope.correlation_id,
                trace_id=trace_id,
                span_id=span_id,
                error=None if error is None else describe(error),
                late=late,
                sampling=sampling or None,
            )
            return self.encode(record)
        finally:
            self._depth.now = depth

    def span(self, span: Span, sampling: Mapping[str, Any]) -> bytes:
        """Return the line of a span that has ended, without its id."""
        return self.encode(span_record.build(span, self._static, sampling or None))

    def unredacted(self, span: Span) -> dict[str, Any]:
        """Return the record of a span as `encode` takes it."""
        return span_record.build(span, self._static, None)

    def summary(self, summary: Summary) -> bytes:
        """Return the line that stands for the records which the limiter left out, without its id."""
        record = log_record.build(
            when=summary.last,
            level=summary.level,
            message=summary.event,
            logger=summary.logger,
            fields=summary.context,
            static=self._static,
            correlation_id=None,
            trace_id=None,
            span_id=None,
            error=summary.error,
            late=False,
            sampling=summary.sampling,
        )
        return self.encode(record)

    def encode(self, record: dict[str, Any]) -> bytes:
        """Protect a record and serialise it within a line's length."""
        return fitted(self._redactor.record(record, self._line_bytes - FRAME), self._line_bytes, self._cutter.record)

    def forget(self) -> None:
        """In a forked child: no other thread is in the middle of a record."""
        self._depth = threading.local()


def _read(ids: bytes) -> tuple[str | None, str | None]:
    return (ids[13:45].decode(), ids[58:74].decode()) if ids else (None, None)
