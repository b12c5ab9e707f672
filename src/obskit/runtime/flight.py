"""Give the flight recorder what is left out, and write what it releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from obskit.protect.owned import serialised, serialised_event
from obskit.record.error import exception_in

if TYPE_CHECKING:
    from obskit.context.scope import Scope
    from obskit.decide.recorder import Held, Recorder
    from obskit.line.fused import Fused
    from obskit.runtime.long_way import LongWay
    from obskit.tracing.span import Span

_WHOLE: Mapping[str, Any] = {}
# What head sampling had left out: others stand for it, so that it counts for none.
KEPT: Mapping[str, Any] = {"rate": 1.0, "reason": "kept"}
_LARGE = 32 << 10


class Flight:
    """Holds records and spans of units of work until it is known whether they matter.

    Args:
        recorder: Holds; None where nothing is held.
        fused: The straight way of a released record.
        long_way: The other one.
        write: Writes the line of a log record, given its level.
        write_span: Writes the line of a span.
        dropped: Called with the reason of what is neither written nor held.
        watch: Called when a unit holds something: somebody has to notice when it becomes slow.
    """

    def __init__(
        self,
        recorder: Recorder | None,
        fused: Fused,
        long_way: LongWay,
        *,
        write: Callable[[bytes, int], None],
        write_span: Callable[[bytes], None],
        dropped: Callable[[str], object],
        watch: Callable[[], object],
    ) -> None:
        self.recorder = recorder
        self._fused = fused
        self._long_way = long_way
        self._write = write
        self._write_span = write_span
        self._dropped = dropped
        self._watch = watch

    def leave_out(
        self,
        why: str,
        scope: Scope | None,
        when: int,
        level: int,
        logger: str,
        message: Any,
        fields: Mapping[str, Any],
        error: BaseException | None,
        ids: bytes,
    ) -> None:
        """Hold a log record, or count it as dropped.

        Args:
            why: What left it out, `level` or `sampling`.
            scope: Its unit of work.
            when: Nanoseconds since the epoch.
            level: Its number.
            logger: The logger's name.
            message: The event.
            fields: All of its fields.
            error: The exception that it tells of.
            ids: The ids of its span, as a line shows them.
        """
        recorder = self.recorder
        if recorder is None or scope is None or scope.sealed:
            self._dropped(why)
            return
        error, fields = exception_in(fields, error)
        payload = serialised_event(message, fields) if error is None and type(message) is str else None
        kind = "event"
        # A line is cut to its length; what is larger would push all else out.
        if payload is None or len(payload) > _LARGE:
            sampling = KEPT if why == "sampling" else _WHOLE
            payload = self._long_way.log(when, level, logger, message, fields, error, scope, ids, sampling, late=False)
            kind = "line"
        if payload is not None:
            self.hold(recorder, scope, (payload, kind, why, when, level, logger, ids))

    def hold(self, recorder: Recorder, scope: Scope, held: Held) -> None:
        """Hold what was serialised of a unit of work, and write or drop it where the unit has ended meanwhile."""
        if recorder.hold(scope, held):
            self._watch()
        if scope.sealed or scope.kept:
            # Another thread has ended or kept the unit meanwhile: nobody else comes by for this one.
            self.settle(scope)

    def leave_out_span(self, scope: Scope | None, span: Span) -> None:
        """Hold a span that has ended, or count it as dropped."""
        recorder = self.recorder
        if recorder is None or scope is None or scope.sealed:
            self._dropped("sampling")
            return
        payload = serialised(self._long_way.unredacted(span))
        kind = "span"
        if payload is None or len(payload) > _LARGE:
            payload, kind = self._long_way.span(span, KEPT), "span line"
        self.hold(recorder, scope, (payload, kind, "sampling", 0, 0, "", b""))

    def release(self, scope: Scope) -> None:
        """Write what is held of a unit of work, in order, each record with its own time."""
        if self.recorder is not None:
            for held in self.recorder.release(scope):
                self._release(scope, held)

    def _release(self, scope: Scope, held: Held) -> None:
        payload, kind, why, when, level, logger, ids = held
        if kind == "span":
            self._write_span(self._long_way.encode({**orjson.loads(payload), "sampling": KEPT}))
            return
        if kind == "span line":
            self._write_span(payload)
            return
        body: bytes | None = payload
        if kind == "event":
            message, fields = orjson.loads(payload)
            sampling = KEPT if why == "sampling" else _WHOLE
            block = b',"sampling":%b' % orjson.dumps(dict(sampling)) if sampling else b""
            body = self._fused(when, level, message, logger, scope.shown(), ids, fields, block)
            if body is None:
                body = self._long_way.log(when, level, logger, message, fields, None, scope, ids, sampling, late=False)
        if body is not None:
            self._write(body, level)

    def settle(self, scope: Scope) -> None:
        """Write what is held of a unit that is kept; drop what is left of one that has ended."""
        if self.recorder is None:
            return
        if scope.kept:
            self.release(scope)
        if scope.sealed:
            self.recorder.end(scope)

    def keep_slow(self) -> None:
        """Keep the units of work that have become slow."""
        for scope in self.recorder.due() if self.recorder is not None else ():
            scope.keep()

    def forget(self) -> None:
        """In a forked child: what the parent's units hold is the parent's to tell."""
        if self.recorder is not None:
            self.recorder.forget()
