"""Give the flight recorder what is left out, and write what it releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from obskit.protect.spotless import serialised

if TYPE_CHECKING:
    from obskit.context.scope import Scope
    from obskit.decide.recorder import Held, Recorder
    from obskit.line.fused import Fused
    from obskit.runtime.long_way import LongWay
    from obskit.tracing.span import Span

_WHOLE: Mapping[str, Any] = {}


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
        payload = serialised((message, fields)) if error is None and type(message) is str else None
        kind = "event"
        if payload is None:
            payload = self._long_way.log(when, level, logger, message, fields, error, scope, ids, _WHOLE, late=False)
            kind = "line"
        if payload is not None and recorder.hold(scope, (payload, kind, why, when, level, logger, ids)):
            self._watch()

    def leave_out_span(self, scope: Scope | None, span: Span) -> None:
        """Hold a span that has ended, or count it as dropped."""
        recorder = self.recorder
        payload = None
        if recorder is not None and scope is not None and not scope.sealed:
            payload = serialised(self._long_way.unredacted(span))
        if recorder is None or scope is None or payload is None:
            self._dropped("sampling")
        elif recorder.hold(scope, (payload, "span", "sampling", 0, 0, "", b"")):
            self._watch()

    def release(self, scope: Scope) -> None:
        """Write what is held of a unit of work, in order, each record with its own time."""
        if self.recorder is not None:
            for held in self.recorder.release(scope):
                self._release(scope, held)

    def _release(self, scope: Scope, held: Held) -> None:
        payload, kind, _, when, level, logger, ids = held
        if kind == "span":
            self._write_span(self._long_way.encode(orjson.loads(payload)))
            return
        body: bytes | None = payload
        if kind == "event":
            message, fields = orjson.loads(payload)
            body = self._fused(when, level, message, logger, scope.shown(), ids, fields, b"")
            if body is None:
                body = self._long_way.log(when, level, logger, message, fields, None, scope, ids, _WHOLE, late=False)
        if body is not None:
            self._write(body, level)

    def end(self, scope: Scope) -> None:
        """Write what is still held of a unit that has ended where it is kept, else drop it."""
        if self.recorder is None:
            return
        if scope.kept:
            self.release(scope)
        self.recorder.end(scope)

    def keep_slow(self) -> None:
        """Keep the units of work that have become slow."""
        for scope in self.recorder.due() if self.recorder is not None else ():
            scope.keep()

    def forget(self) -> None:
        """In a forked child: what the parent's units hold is the parent's to tell."""
        if self.recorder is not None:
            self.recorder.forget()
