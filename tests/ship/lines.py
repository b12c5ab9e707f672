"""Lines as obskit writes them, with one or another field of any other kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from obskit.clock import timestamp
from obskit.ship.otlp_values import unix_nano


def _stamp(micros: int) -> str:
    return timestamp(micros * 1000)


TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["", "%s", "{x}", "0" * 32, "0" * 16])
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
ANY = st.recursive(
    PLAIN | TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
TIME = st.integers(0, 2**53).map(_stamp)
NAME = st.sampled_from(["a", "http.route", "log.record.uid", "correlation_id", "error.code", "url.path"]) | TEXT
FLAT = st.dictionaries(NAME, PLAIN | TEXT, max_size=5)


def _hex(digits: int) -> st.SearchStrategy[str]:
    return st.integers(0, 16**digits - 1).map(lambda number: f"{number:0{digits}x}")


SHARED: Mapping[str, st.SearchStrategy[Any]] = {
    "correlation_id": TEXT, "service": TEXT, "environment": TEXT, "truncated": st.lists(TEXT, max_size=2),
    "sampling": st.fixed_dictionaries({"rate": st.floats(0, 1)}, optional={"reason": TEXT}),
}  # fmt: skip


@st.composite
def _some(draw: st.DrawFn, needed: Mapping[str, Any], optional: Mapping[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = draw(st.fixed_dictionaries(dict(needed), optional={**optional, **SHARED}))
    # Most lines are well-formed but for one field, or wholly.
    for name in draw(st.lists(st.sampled_from([*needed, *optional, *SHARED]), max_size=2)):
        if draw(st.booleans()):
            line.pop(name, None)
        else:
            line[name] = draw(ANY)
    return line


SPANS = _some(
    {
        "timestamp": TIME, "name": TEXT, "span_kind": st.sampled_from(["INTERNAL", "SERVER", "CLIENT", "OTHER"]),
        "start": TIME, "duration_ms": st.floats(0, 1e12), "trace_id": _hex(32), "span_id": _hex(16),
        "flags": st.integers(0, 300), "id": TEXT,
    },
    {
        "parent_span_id": _hex(16), "parent_remote": st.booleans(), "attributes": FLAT | st.dictionaries(NAME, ANY),
        "status": st.sampled_from([{"code": "OK"}, {"code": "ERROR", "message": "no"}, {"code": "UNSET"}]),
        "events": st.lists(st.fixed_dictionaries({"timestamp": TIME, "name": TEXT}), max_size=2),
        "instrumentation": st.fixed_dictionaries({"name": TEXT}, optional={"version": TEXT}), "trace_state": TEXT,
        "dropped": st.just({"events": 2}),
    },
)  # fmt: skip

LOGS = _some(
    {
        "timestamp": TIME, "level": st.sampled_from(["INFO", "WARN", "ERROR", "OTHER"]), "message": TEXT,
        "logger": TEXT, "id": TEXT,
    },
    {
        "trace_id": _hex(32), "span_id": _hex(16), "context": FLAT | st.dictionaries(NAME, ANY),
        "error": st.fixed_dictionaries({"type": TEXT, "message": TEXT}), "user": st.just({"id": "u"}),
        "request": st.just({"method": "GET"}), "late": st.just(True),
    },
)  # fmt: skip


def ended(line: dict[str, Any], nanos: int) -> dict[str, Any]:
    """Return a span line that ends so many nanoseconds after its start, as the pipeline writes that."""
    start = unix_nano(line.get("start"))
    if start is None or not isinstance(line.get("timestamp"), str):
        return line
    return {**line, "timestamp": _stamp((start + nanos) // 1000), "duration_ms": nanos / 1e6}
