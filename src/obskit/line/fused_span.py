"""Go from a span straight to the bytes of its line: the way of nearly every span."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from opentelemetry.trace import DEFAULT_TRACE_STATE, StatusCode

from obskit.clock import second_of
from obskit.protect.controls import escaped
from obskit.record.span import instrumentation
from obskit.tracing.span import UNSET, Span

if TYPE_CHECKING:
    from opentelemetry.trace import Status, TraceState

    from obskit.protect.redactor import Redactor
    from obskit.tracing.tracer import Tracer

_MOST = 4096
_LONGEST = 256
_dumps = orjson.dumps
_STATUS = {
    StatusCode.UNSET: b"",
    StatusCode.OK: b',"status":{"code":"OK"}',
    StatusCode.ERROR: b',"status":{"code":"ERROR"}',
}
_FLAGS = [b',"flags":%d' % flags for flags in range(4)]
# Three digits each: to look two of them up is cheaper than to format six.
_DIGITS = [b"%03d" % number for number in range(1000)]
# The end of the year 9999, behind which every time is shown as the last.
_END = 253_402_300_800 * 1_000_000_000
_BEGINNING = len(b'{"timestamp":"')
# What stands before and behind the values of a span; nothing where it has to be redacted.
_Frame = tuple[bytes, bytes] | tuple[()]


class FusedSpan:
    """Builds, protects and serialises the line of a plain span in one step.

    What it does not take (events, links, the reason of a failure, values that need a look, hidden names) goes the long
    way: `record`, `protect`, `encode`. Both ways give the same bytes.

    Args:
        static: The service fields of every line, protected.
        redactor: Says what needs no look.
        limit: The bytes that the attributes may have together.
    """

    __slots__ = ("_frames", "_limit", "_redactor", "_serialised", "_state", "_static", "_unit")

    def __init__(self, static: Mapping[str, Any], redactor: Redactor, limit: int) -> None:
        spotless = redactor.spotless
        by_path = redactor.keys is not None and redactor.keys.by_path
        self._serialised = None if spotless is None or by_path else spotless.event
        self._redactor = redactor
        self._limit = limit - _LONGEST
        self._static = b"," + escaped(_dumps(dict(static)))[1:-1] if static else b""
        # By name, kind and tracer: programs have few names of spans.
        self._frames: dict[tuple[str, str, Tracer], _Frame] = {}
        # One slot each, replaced as a whole: the last trace state and the last unit of work.
        self._state: tuple[TraceState, bytes | None] = (DEFAULT_TRACE_STATE, b"")
        self._unit: tuple[str | None, bytes] = (None, b"")

    def __call__(self, span: Span, sampling: bytes = b"") -> bytes | None:
        """Return the line without its id, or None where the span has to go the long way; never raises.

        Args:
            span: It has ended.
            sampling: The sampling block as JSON, with its name and the comma before it, or nothing.
        """
        if type(span) is not Span or type(span.name) is not str or span.more is not None:
            return None
        try:
            frame = self._frames.get((span.name, span.kind._name_, span.tracer))
            if frame is None:
                frame = self._framed(span)
            # Read once each: another thread may replace them.
            local, state, unit = span.local, self._state, self._unit
            if state[0] is not local.trace_state:
                state = self._traced(local.trace_state)
            if unit[0] != span.correlation_id:
                unit = self._united(span.correlation_id)
            status = b"" if span.status is UNSET else _stated(span.status)
            if not frame or status is None or state[1] is None or self._serialised is None:
                return None
            opening, values = b"", b""
            if span.values:
                # A copy: what another thread adds must not pass between the look at names and that at values.
                given = self._serialised("", span.values.copy(), self._limit)
                if given is None:
                    return None
                opening, values = b',"attributes":', given[1]
            start, end, parent = span.start_time, span.end_time or span.start_time, span.parent_hex
            second, micros = second_of(end)
            took, rest = end - start, end % 1_000_000_000
            # In the same second, as a rule.
            close = 0 <= took <= rest and 0 <= end < _END
            began, start_micros = (second, (rest - took) // 1000) if close else second_of(start)
            return b"".join((
                second, _DIGITS[micros // 1000], _DIGITS[micros % 1000], frame[0],
                began[_BEGINNING:], _DIGITS[start_micros // 1000], _DIGITS[start_micros % 1000],
                b'Z","duration_ms":', _dumps(took / 1e6), unit[1], span.shown,
                b',"parent_span_id":"' if parent else b"", parent,
                b"" if not parent else b'","parent_remote":true' if span.parent_remote else b'","parent_remote":false',
                state[1], _FLAGS[local.flags], status, opening, values, frame[1], sampling, b"}",
            ))  # fmt: skip
        except Exception:
            return None

    def _united(self, correlation_id: str | None) -> tuple[str | None, bytes]:
        found = b"" if correlation_id is None else b',"correlation_id":%b' % _dumps(correlation_id)
        unit = self._unit = (correlation_id, found)
        return unit

    def _traced(self, state: TraceState) -> tuple[TraceState, bytes | None]:
        header = state.to_header() if state else ""
        found: bytes | None = b""
        if header:
            found = b',"trace_state":%b' % _dumps(header) if self._redactor.text(header) == header else None
        pair = self._state = (state, found)
        return pair

    def _framed(self, span: Span) -> _Frame:
        name, given = span.name, instrumentation(span)
        frame: _Frame = ()
        if self._serialised is not None and len(name) <= _LONGEST:
            record = {"name": name, "instrumentation": given}
            plain = self._redactor.record({"name": name, "instrumentation": dict(given)}, self._limit) == record
            if plain:
                head = b'Z","kind":"span","name":%b,"span_kind":"%b","start":"' % (
                    escaped(_dumps(name)),
                    span.kind.name.encode(),
                )
                made_by = b',"instrumentation":%b' % escaped(_dumps(given)) if given else b""
                frame = (head, made_by + self._static)
        if len(self._frames) >= _MOST:
            self._frames.clear()
        if len(name) <= _LONGEST:
            self._frames[name, span.kind._name_, span.tracer] = frame
        return frame


def _stated(status: Status) -> bytes | None:
    return None if status.description else _STATUS[status.status_code]
