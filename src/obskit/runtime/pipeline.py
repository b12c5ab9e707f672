"""The one way from an event to a line: build, decide, protect, serialise, write."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import StatusCode, get_current_span

from obskit.context.scope import layer
from obskit.decide.levels import ERROR
from obskit.line.encode import encode
from obskit.protect.redactor import Redactor
from obskit.record import log as log_record
from obskit.record import span as span_record
from obskit.record.error import describe
from obskit.record.error import message as message_of
from obskit.record.seen import Seen
from obskit.runtime.tally import Tally
from obskit.tracing.span import Span

if TYPE_CHECKING:
    from obskit.decide.sampling import Sampler
    from obskit.journal.store import Store
    from obskit.runtime.report import Report

_DEEPEST = 16
# What a line needs beside the values that a caller gave.
_FRAME = 1024

LogSink = Callable[[bytes, dict[str, Any], int, BaseException | None], None]


class Pipeline:
    """Emit logs and spans.

    Args:
        static: The service fields of every line.
        redactor: Protects.
        sampler: Decides for a trace.
        store: Writes lines under their ids.
        sinks: Called with each log line, its record, its level and its exception: console, Sentry, a test's capture.
        span_sinks: Called with each span line and its record.
        line_bytes: The length of the longest line.
    """

    def __init__(
        self,
        *,
        static: Mapping[str, Any],
        redactor: Redactor,
        sampler: Sampler,
        store: Store,
        sinks: list[LogSink],
        span_sinks: list[Callable[[bytes, dict[str, Any]], None]],
        line_bytes: int,
        tally: Tally,
        report: Report,
    ) -> None:
        self.reported = Seen()
        self.sinks = sinks
        self.span_sinks = span_sinks
        self._static = static
        self._redactor = redactor
        self._cutter = Redactor(None, None, redactor.failed)
        self._sampler = sampler
        self._store = store
        self._line_bytes = line_bytes
        self._tally = tally
        self._report = report
        self._depth = threading.local()

    def log(
        self,
        level: int,
        logger: str,
        message: Any,
        fields: Mapping[str, Any],
        error: BaseException | None = None,
        when: int | None = None,
    ) -> None:
        """Emit a log record; never raises.

        Args:
            level: Its number.
            logger: The logger's dotted name.
            message: The event.
            fields: The event's own fields.
            error: The exception that it tells of.
            when: Wall-clock nanoseconds; now by default.
        """
        try:
            self._log(level, logger, message, fields, error, when)
        except Exception as trouble:
            self.failed("a log call", trouble)

    def _log(
        self,
        level: int,
        logger: str,
        message: Any,
        fields: Mapping[str, Any],
        error: BaseException | None,
        when: int | None,
    ) -> None:
        seen = layer()
        scope = seen.frame.scope
        span = get_current_span()
        trace_id, span_id, sampled = _ids(span)
        sampling = None
        errs = level >= ERROR or error is not None
        if self._sampler.rate < 1.0 and not errs and (trace_id is not None or scope is not None):
            sampling = self._head(sampled, scope, trace_id)
            if sampling is None:
                self._tally.add("dropped:sampling")
                return
        merged = {**seen.fields(), **fields}
        found = merged.get("error")
        if isinstance(found, BaseException) and (error is None or error is found):
            error = merged.pop("error")
        made = {
            "when": when if when is not None else _now(span),
            "level": level,
            "message": message,
            "logger": logger,
            "fields": merged,
            "static": self._static,
            "correlation_id": None if scope is None else scope.correlation_id,
            "trace_id": trace_id,
            "span_id": span_id,
            "late": scope is not None and scope.sealed,
            "sampling": sampling or None,
        }
        built = self._build(made, error)
        if built is not None:
            self._hand_out(*built, level, error)

    def _build(self, made: dict[str, Any], error: BaseException | None) -> tuple[dict[str, Any], bytes] | None:
        depth = getattr(self._depth, "now", 0)
        # A value whose repr() logs itself would come back here for ever.
        if depth >= _DEEPEST:
            self._tally.add("dropped:recursion")
            return None
        self._depth.now = depth + 1
        try:
            record = log_record.build(**made, error=None if error is None else describe(error))
            return self._encode(record)
        finally:
            self._depth.now = depth

    def _hand_out(self, record: dict[str, Any], body: bytes, level: int, error: BaseException | None) -> None:
        line = self._store.append("logs", body)
        if error is not None:
            self.reported.first(error)
        for sink in self.sinks:
            try:
                sink(line, record, level, error)
            except Exception as trouble:
                self.failed("a sink", trouble)

    def span(self, span: Span) -> None:
        """Emit a span that has ended; never raises."""
        try:
            failed = span.status.status_code is StatusCode.ERROR
            scope = layer().frame.scope
            sampling: Mapping[str, Any] | None = None
            if self._sampler.rate < 1.0 and not failed:
                sampling = self._head(bool(span.flags & 1), scope, span.trace_id)
                if sampling is None:
                    self._tally.add("dropped:sampling")
                    return
            record = span_record.build(span, self._static, sampling or None)
            record, body = self._encode(record)
            line = self._store.append("spans", body)
            for sink in self.span_sinks:
                sink(line, record)
        except Exception as trouble:
            self.failed("the end of a span", trouble)

    def fresh(self, tally: Tally) -> Tally:
        """In a forked child: count from zero; returns the tally."""
        self._tally = tally
        self._depth = threading.local()
        return tally

    def failed(self, what: str, trouble: Exception) -> None:
        """Count a failure of obskit's own, and tell of it on stderr; never raises."""
        self._tally.add("internal_errors")
        told = f"{what} failed inside obskit: {type(trouble).__name__}: {message_of(trouble)}"
        self._report.seldom(f"failed {what}", told)

    def _head(self, sampled: bool, scope: Any, trace_id: int | str | None) -> Mapping[str, Any] | None:
        """Return the sampling block (empty: the line stands for itself), or None where the line is dropped."""
        if scope is not None and scope.kept:
            return {}
        if scope is not None:
            if scope.sampled is None:
                # One decision for all of a unit's lines: its trace's, or without one by its own id.
                digest = hashlib.blake2b(scope.correlation_id.encode(), digest_size=8).digest()
                scope.sampled = sampled if trace_id is not None else self._sampler.keeps(int.from_bytes(digest))
            sampled = scope.sampled
        return {"rate": self._sampler.rate, "reason": "head"} if sampled else None

    def _encode(self, record: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        limit = self._line_bytes - _FRAME
        record = self._redactor.record(record, limit)
        if "message" in record and type(record["message"]) is not str:
            record["message"] = encode(record["message"]).decode()
        body = encode(record)
        # Escapes and letters outside ASCII take more bytes than they count characters. What is protected already is
        # only cut now: a second look would take a marker, or a value marked as safe, for something new.
        while len(body) > self._line_bytes - 96 and limit > 256:
            limit = limit * (self._line_bytes - 96) // len(body) // 2 + 128
            cut = record.pop("truncated", [])
            record = self._cutter.record(record, limit)
            record["truncated"] = list(dict.fromkeys([*cut, *record.get("truncated", [])]))[:20]
            body = encode(record)
        return record, body


def _ids(span: Any) -> tuple[str | None, str | None, bool]:
    if type(span) is Span:
        return f"{span.trace_id:032x}", f"{span.span_id:016x}", bool(span.flags & 1)
    context = span.get_span_context()
    if not context.is_valid:
        return None, None, True
    return f"{context.trace_id:032x}", f"{context.span_id:016x}", context.trace_flags.sampled


def _now(span: Any) -> int:
    # Within a local root all times have one anchor: a line never stands outside its span.
    return span.now() if type(span) is Span else time.time_ns()
