"""The one way from an event to a line: build, decide, protect, serialise, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from opentelemetry.trace import StatusCode, get_current_span

from obskit.context.scope import current_layer, layer
from obskit.decide.head import WHOLE, Head
from obskit.decide.levels import ERROR
from obskit.line import speedups
from obskit.line.encode import FRAME
from obskit.line.fused import Fused
from obskit.line.fused_span import FusedSpan
from obskit.record.error import exception_in
from obskit.record.error import message as message_of
from obskit.record.seen import Seen
from obskit.runtime.flight import Flight
from obskit.runtime.limits import Limits
from obskit.runtime.long_way import LongWay
from obskit.runtime.tally import Tally
from obskit.tracing.active import SPAN, variable
from obskit.tracing.span import Span

if TYPE_CHECKING:
    from obskit.context.scope import Scope
    from obskit.decide.limiter import Limiter, Summary
    from obskit.decide.recorder import Recorder
    from obskit.decide.sampling import Sampler
    from obskit.journal.store import Store
    from obskit.protect.redactor import Redactor
    from obskit.runtime.report import Report

LogSink = Callable[[bytes, int, BaseException | None], None]
SpanSink = Callable[[bytes], None]


class Pipeline:
    """Emit logs and spans.

    Args:
        static: The service fields of every line.
        redactor: Protects.
        sampler: Decides for a trace.
        recorder: Holds what sampling and level leave out of a unit of work; None where nothing is held.
        limiter: Limits how many records a second one event writes; None for no limit.
        store: Writes lines under their ids.
        sinks: Called with each log line, its level and its exception: console, Sentry, a test's capture.
        span_sinks: Called with each span line.
        line_bytes: The length of the longest line.
    """

    def __init__(
        self,
        *,
        static: Mapping[str, Any],
        redactor: Redactor,
        sampler: Sampler,
        recorder: Recorder | None,
        limiter: Limiter | None,
        store: Store,
        sinks: list[LogSink],
        span_sinks: list[SpanSink],
        line_bytes: int,
        tally: Tally,
        report: Report,
    ) -> None:
        self.reported = Seen()
        self.sinks = sinks
        self.span_sinks = span_sinks
        # Has somebody look for what is due: slow units, summaries.
        self.watch: Callable[[], object] = lambda: None
        self._tally = tally
        self._report = report
        self._append = store.append
        self._head = Head(sampler)
        self._fused = speedups.fused(Fused(static, redactor, line_bytes - FRAME), redactor)
        self._fused_span = FusedSpan(static, redactor, line_bytes - FRAME)
        self._long_way = LongWay(static, redactor, line_bytes, self.dropped)
        self.flight = Flight(
            recorder,
            self._fused,
            self._long_way,
            write=self._hand_out,
            write_span=self._hand_out_span,
            dropped=self.dropped,
            watch=self._watch,
        )
        self._limits = None if limiter is None else Limits(limiter, self.reported, self._summarise, self._watch)
        # Whether a record that is no error may be left out all the same.
        self._choosy = self._head.decides or limiter is not None

    def log(
        self,
        level: int,
        logger: str,
        message: Any,
        fields: Mapping[str, Any],
        error: BaseException | None = None,
        when: int | None = None,
        below: bool = False,
    ) -> None:
        """Emit a log record; never raises.

        Args:
            level: Its number.
            logger: The logger's dotted name.
            message: The event.
            fields: The event's own fields, in a dict that nobody else changes.
            error: The exception that it tells of.
            when: Wall-clock nanoseconds; now by default.
            below: Whether its logger's level leaves it out: then it is held by the flight recorder, or not at all.
        """
        try:
            seen = current_layer()
            if seen.frame.closed:
                seen = layer()
            scope = seen.frame.scope
            span: Any = variable.get().get(SPAN)
            if type(span) is Span:
                ids = span.shown
                # Within a local root all times have one anchor: a line never stands outside its span.
                when = when or span.now()
            else:
                ids = _shown(get_current_span())
                when = when or time.time_ns()
            if seen.own or seen.frame.fields or (scope is not None and scope.fields):
                fields = {**seen.fields(), **fields}
            if below:
                self.flight.leave_out("level", scope, when, level, logger, message, fields, error, ids)
                return
            sampling = WHOLE
            if level >= ERROR or self._choosy:
                decided = self._decide(scope, when, level, logger, message, fields, error, ids)
                if decided is None:
                    return
                sampling = decided
            body = None
            if error is None and (scope is None or not scope.sealed):
                unit = b"" if scope is None else scope.shown()
                block = b"" if sampling is WHOLE else _block(sampling)
                body = self._fused(when, level, message, logger, unit, ids, fields, block)
            if body is None:
                self._by_the_long_way(when, level, logger, message, fields, error, scope, ids, sampling)
            else:
                self._hand_out(body, level)
        except Exception as trouble:
            self.failed("a log call", trouble)

    def _decide(
        self,
        scope: Scope | None,
        when: int,
        level: int,
        logger: str,
        message: Any,
        fields: Mapping[str, Any],
        error: BaseException | None,
        ids: bytes,
    ) -> Mapping[str, Any] | None:
        """Return the sampling block of a record that is written, None where it was left out."""
        sampling = WHOLE
        if level >= ERROR:
            if scope is not None and not (scope.kept or scope.sealed):
                # The unit has failed: what is held of it comes first.
                scope.keep()
        elif self._head.decides and error is None:
            found = self._head(scope, _trace())
            if found is None:
                self.flight.leave_out("sampling", scope, when, level, logger, message, fields, error, ids)
                return None
            sampling = found
        limits = self._limits
        if limits is not None and not limits.passes(logger, level, message, error, sampling.get("rate", 1.0)):
            self.dropped("limit")
            return None
        return sampling

    def _by_the_long_way(
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
    ) -> None:
        error, fields = exception_in(fields, error)
        late = scope is not None and scope.sealed
        body = self._long_way.log(when, level, logger, message, fields, error, scope, ids, sampling, late=late)
        if body is not None:
            self._hand_out(body, level, error)

    def _hand_out(self, body: bytes, level: int, error: BaseException | None = None) -> None:
        line = self._append("logs", body)
        if error is not None:
            self.reported.first(error)
        for sink in self.sinks:
            try:
                sink(line, level, error)
            except Exception as trouble:
                self.failed("a sink", trouble)

    def span(self, span: Span) -> None:
        """Emit a span that has ended; never raises."""
        try:
            scope = layer().frame.scope
            sampling: Mapping[str, Any] | None = WHOLE
            if span.status.status_code is StatusCode.ERROR:
                if scope is not None and not (scope.kept or scope.sealed):
                    scope.keep()
            elif self._head.decides:
                sampling = self._head(scope, (bool(span.flags & 1), span.probability))
            if sampling is None:
                self.flight.leave_out_span(scope, span)
                return
            if scope is not None and scope.opened is span:
                # This line says that the unit has ended.
                scope.opened = None
            body = self._fused_span(span, b"" if sampling is WHOLE else _block(sampling))
            self._hand_out_span(self._long_way.span(span, sampling) if body is None else body)
        except Exception as trouble:
            self.failed("the end of a span", trouble)

    def _hand_out_span(self, body: bytes) -> None:
        line = self._append("spans", body)
        for sink in self.span_sinks:
            sink(line)

    def release(self, scope: Scope) -> None:
        """Write what is held of a unit of work; never raises."""
        self._guarded("the flight recorder", lambda: self.flight.release(scope))

    def end(self, scope: Scope) -> None:
        """Let go of what is held of a unit that has ended; never raises."""
        self._guarded("the flight recorder", lambda: self.flight.settle(scope))

    def look(self) -> None:
        """Keep the units of work that have become slow, and write the summaries that are due; never raises."""
        self._guarded("the flight recorder", self.flight.keep_slow)
        if self._limits is not None:
            self._guarded("the summaries", self._limits.tell_due)

    def settle(self) -> None:
        """Write the summaries of what was left out so far; never raises."""
        if self._limits is not None:
            self._guarded("the summaries", self._limits.tell_rest)

    def fresh(self, tally: Tally) -> Tally:
        """In a forked child: count from zero; returns the tally."""
        self._tally = tally
        self._long_way.forget()
        self.flight.forget()
        if self._limits is not None:
            self._limits.forget()
        return tally

    def failed(self, what: str, trouble: Exception) -> None:
        """Count a failure of obskit's own, and tell of it on stderr; never raises."""
        self._tally.add("internal_errors")
        told = f"{what} failed inside obskit: {type(trouble).__name__}: {message_of(trouble)}"
        self._report.seldom(f"failed {what}", told)

    def _summarise(self, summary: Summary) -> None:
        self._hand_out(self._long_way.summary(summary), summary.level)

    def dropped(self, reason: str) -> None:
        """Count a record that is not written."""
        self._tally.add(f"dropped:{reason}")

    def _watch(self) -> None:
        self.watch()

    def _guarded(self, what: str, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as trouble:
            self.failed(what, trouble)


def _block(sampling: Mapping[str, Any]) -> bytes:
    return b',"sampling":%b' % orjson.dumps(dict(sampling)) if sampling else b""


def _trace() -> tuple[bool, float] | None:
    """Return whether the current trace is sampled, and how probable that was; None outside of a trace."""
    span = get_current_span()
    if type(span) is Span:
        return bool(span.flags & 1), span.probability
    context = span.get_span_context()
    return (context.trace_flags.sampled, 1.0) if context.is_valid else None


def _shown(span: Any) -> bytes:
    """Return the ids of a span that is not obskit's as a line shows them."""
    context = span.get_span_context()
    if not context.is_valid:
        return b""
    return b',"trace_id":"%032x","span_id":"%016x"' % (context.trace_id, context.span_id)
