"""Leave a line in the journal where a unit of work begins, and one at its end where no other does.

What a kill cuts off is then known: whoever adopts the writer finds units that began and did not end.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import get_current_span

from obskit.clock import second_of
from obskit.line.encode import encode
from obskit.tracing.active import SPAN, variable
from obskit.tracing.span import Span

if TYPE_CHECKING:
    from opentelemetry.trace import Span as AnySpan

    from obskit.context.scope import Scope
    from obskit.journal.store import Store
    from obskit.protect.redactor import Redactor

_NOTHING: Mapping[str, Any] = {}
# More of a path says nothing more.
_MOST_BYTES = 8192
# Of the process, not of one runtime: what began before another init() must not close a later unit's number.
_NUMBERS = itertools.count(1)


class Units:
    """Notes beginnings and ends of units of work.

    Args:
        store: Where the lines go; only a journal takes them.
        redactor: Protects what is told of a unit.
        failed: Told of a failure in here.
    """

    def __init__(self, store: Store, redactor: Redactor, failed: Callable[[str, Exception], None]) -> None:
        self._note = store.note
        self._protect = redactor.protect
        by_path = redactor.keys is not None and redactor.keys.by_path
        self._serialised = None if redactor.spotless is None or by_path else redactor.spotless.event
        self._failed = failed

    def begun(
        self,
        scope: Scope,
        span: AnySpan | None = None,
        name: str = "",
        kind: str = "",
        request: Mapping[str, Any] = _NOTHING,
    ) -> None:
        """Note that a unit has begun; never raises.

        Args:
            scope: The unit's.
            span: Its own span; None where it has none.
            name: That span's name.
            kind: That span's kind: `server`, `consumer` or `internal`.
            request: Method and path, where it is a request.
        """
        try:
            unit = next(_NUMBERS)
            own = b""
            if type(span) is Span:
                when, ids = span.start_time, span.shown
                parent = _parent(span)
                told, shown = self._shown(name, request)
                own = b',"name":%b,"span_kind":"%b"' % (told, kind.upper().encode())
            else:
                when, ids, parent, shown = time.time_ns(), _current_ids(), b"", b""
            begin, micro = second_of(when)
            line = b'%b%06dZ","kind":"open"%b%b%b%b%b,"unit":%d}\n' % (
                begin, micro, own, scope.shown(), ids, parent, shown, unit,
            )  # fmt: skip
            if self._note(line):
                scope.opened, scope.unit = span or scope, unit
        except Exception as trouble:
            self._failed("the beginning of a unit of work", trouble)

    def ended(self, scope: Scope) -> None:
        """Note that a unit has ended of which no other line says so; never raises."""
        self._close(b',"unit":%d' % scope.unit)

    def left(self, how: str) -> None:
        """Note that this process leaves its writer in order: `exit` or `replaced`; never raises."""
        self._close(b',"left":"%b"' % how.encode())

    def _close(self, what: bytes) -> None:
        try:
            begin, micro = second_of(time.time_ns())
            self._note(b'%b%06dZ","kind":"close"%b}\n' % (begin, micro, what), begin=False)
        except Exception as trouble:
            self._failed("the end of a unit of work", trouble)

    def _shown(self, name: str, request: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """Return a unit's name as JSON, and its request with the field's name and the comma before it."""
        given = dict(request)
        found = None if self._serialised is None else self._serialised(name, given, _MOST_BYTES)
        if found is None:
            found = encode(self._protect(name, "name")), encode(self._protect(given, "request"))
        return found[0], b',"request":%b' % found[1] if request else b""


def _current_ids() -> bytes:
    span: Any = variable.get().get(SPAN)
    if type(span) is Span:
        return span.shown
    context = get_current_span().get_span_context()
    if not context.is_valid:
        return b""
    return b',"trace_id":"%032x","span_id":"%016x"' % (context.trace_id, context.span_id)


def _parent(span: Span) -> bytes:
    if not span.parent_hex:
        return b""
    return b',"parent_span_id":"%b"%b' % (span.parent_hex, b',"parent_remote":true' if span.parent_remote else b"")
