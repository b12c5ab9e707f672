"""Turn what a person asked for into what a line must be like."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from obskit.decide import levels
from obskit.query import text, times, where
from obskit.query.failure import QueryError
from obskit.query.wanted import Wanted

Test = Callable[[dict[str, Any]], bool]

# What JSON writes as it is, whoever writes it; only such a text can be looked for in the bytes.
_PLAIN = re.compile(r"[A-Za-z0-9._:+=@-]+", re.ASCII)


def select(
    *,
    now: datetime,
    correlation_id: str | None = None,
    trace_id: str | None = None,
    service: str | None = None,
    level: str | None = None,
    since: str | None = None,
    until: str | None = None,
    grep: str | None = None,
    conditions: Sequence[str] = (),
    logs_only: bool = True,
) -> Wanted:
    """Build the selection of a command.

    Args:
        now: What relative times count back from.
        correlation_id: Lines of this correlation id.
        trace_id: Lines of this trace id, 32 hexadecimal digits in any case.
        service: Lines of this service.
        level: Lines of at least this level.
        since: Lines at or after this time.
        until: Lines at or before this time.
        grep: Lines with a value that matches this regular expression.
        conditions: Lines for which all of these `FIELD=VALUE` hold.
        logs_only: Whether only log lines count.

    Raises:
        QueryError: Where one of these cannot be understood.
    """
    tests: list[Test] = []
    needles: list[tuple[bytes, ...]] = []
    if correlation_id is not None:
        tests.append(_equals("correlation_id", correlation_id))
        needles.append(bytes_of(correlation_id))
    if trace_id is not None:
        tests.append(_equals("trace_id", trace_id.lower()))
        needles.append(bytes_of(trace_id.lower()))
    if service is not None:
        tests.append(_equals("service", service))
    if level is not None:
        tests.append(_at_least(level))
    tests += map(where.condition, conditions)
    if grep is not None:
        tests.append(text.pattern(grep))
        needles.append(text.needles(grep))
    first = times.moment(since, now, "--since") if since is not None else None
    last = times.moment(until, now, "--until") if until is not None else None
    if first and last and first > last:
        raise QueryError(f"--since {since!r} is later than --until {until!r}")
    return Wanted(next(filter(None, needles), ()), first, last, logs_only, tuple(tests))


def bytes_of(identity: str) -> tuple[bytes, ...]:
    """Return the bytes that a line with this id must have; nothing where JSON could write them in another way."""
    return (identity.encode(),) if _PLAIN.fullmatch(identity) else ()


def _equals(field: str, value: str) -> Test:
    return lambda record: record.get(field) == value


def _at_least(level: str) -> Test:
    try:
        least = levels.number(level)
    except ValueError as error:
        raise QueryError(f"--level: {error}") from error

    def test(record: dict[str, Any]) -> bool:
        try:
            return levels.number(str(record.get("level", ""))) >= least
        except ValueError:
            return False

    return test
