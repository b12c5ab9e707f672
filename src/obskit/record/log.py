"""Build the record of a log call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from obskit.clock import timestamp
from obskit.decide.levels import name as level_name
from obskit.record import blocks

# Names that the schema gives a place of their own: a caller's value is typed into it, or moved under `context`.
RESERVED = frozenset(("user", "request"))


def build(
    *,
    when: int,
    level: int,
    message: Any,
    logger: str,
    fields: dict[str, Any],
    static: Mapping[str, Any],
    correlation_id: str | None,
    trace_id: str | None,
    span_id: str | None,
    error: Mapping[str, Any] | None,
    late: bool,
    sampling: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the record in schema order; absent rather than null.

    Args:
        when: Nanoseconds since the epoch.
        fields: Event, bound and scope fields, merged by precedence; consumed.
        static: The service fields.
    """
    record: dict[str, Any] = {"timestamp": timestamp(when), "level": level_name(level), "message": message}
    if logger:
        record["logger"] = logger
    if correlation_id is not None:
        record["correlation_id"] = correlation_id
    if trace_id is not None:
        record["trace_id"] = trace_id
        record["span_id"] = span_id
    record.update(static)
    if error is not None:
        record["error"] = error
    if fields:
        record.update(blocks.placed(fields, late=late))
        if fields:
            record["context"] = fields
    if sampling is not None:
        record["sampling"] = sampling
    if late:
        record["late"] = True
    return record
