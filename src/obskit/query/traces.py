"""Find everything that belongs to one id: of a trace, of a correlation, or the beginning of a trace id."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from obskit.query import merge
from obskit.query.failure import QueryError
from obskit.query.selection import bytes_of
from obskit.query.source import Source
from obskit.query.spans import Trace, arrange
from obskit.query.wanted import Wanted

_HEX = re.compile(r"[0-9a-f]{8,32}", re.ASCII)
_TRACE_ID = 32

Record = dict[str, Any]


@dataclass(slots=True)
class Answer:
    """What was found for an id.

    Args:
        identity: The id in full.
        traces: The traces, by their beginning.
        loose: Lines of the correlation id outside of any trace, in the order of time.
    """

    identity: str
    traces: list[Trace]
    loose: list[Record]


def find(source: Source, identity: str) -> Answer:
    """Find what belongs to an id.

    Args:
        source: Where to look; it is read twice for a correlation id, because a trace may hold other ones.
        identity: A trace id, a correlation id, or at least 8 digits that only one trace id begins with.

    Raises:
        QueryError: Where nothing is found (status 1), or more than one trace id begins so.
    """
    given = identity.strip()
    start = given.lower() if _HEX.fullmatch(given.lower()) else None
    found = list(_matching(source, given, start))
    correlated = [record for record in found if record.get("correlation_id") == given]
    prefixed = {str(record["trace_id"]) for record in found if start and _begins(record, start)}
    if not found:
        raise QueryError(f"nothing found for {given!r}", status=1)
    if correlated:
        exact = prefixed if start and len(start) == _TRACE_ID else set()
        traces = exact | {record["trace_id"] for record in correlated if isinstance(record.get("trace_id"), str)}
        more = (record for record in _of_traces(source, traces) if record.get("correlation_id") != given)
        return _answer(given, [*correlated, *more])
    if len(prefixed) > 1:
        some = ", ".join(sorted(prefixed)[:4])
        raise QueryError(f"{given!r} begins {len(prefixed)} trace ids; type more of it: {some}")
    return _answer(prefixed.pop(), found)


def _matching(source: Source, given: str, start: str | None) -> Iterator[Record]:
    def matches(record: Record) -> bool:
        return record.get("correlation_id") == given or (start is not None and _begins(record, start))

    needles = bytes_of(given)
    if start is not None and needles:
        needles = tuple({*needles, start.encode()})
    return _records(source, Wanted(needles, tests=(matches,)))


def _of_traces(source: Source, traces: set[str]) -> Iterator[Record]:
    if not traces:
        return iter(())
    needles = [bytes_of(trace) for trace in traces]
    plain = tuple(needle for found in needles for needle in found) if all(needles) else ()
    return _records(source, Wanted(plain, tests=(lambda record: str(record.get("trace_id")) in traces,)))


def _records(source: Source, wanted: Wanted) -> Iterator[Record]:
    source.keep()
    return (item.parsed() for item in merge.in_order(source, wanted, keep=True))


def _begins(record: Record, start: str) -> bool:
    trace = record.get("trace_id")
    return isinstance(trace, str) and trace.startswith(start)


def _answer(identity: str, records: list[Record]) -> Answer:
    groups: dict[str, list[Record]] = defaultdict(list)
    loose = []
    for record in records:
        trace = record.get("trace_id")
        if isinstance(trace, str):
            groups[trace].append(record)
        else:
            loose.append(record)
    traces = sorted((arrange(trace, group) for trace, group in groups.items()), key=lambda trace: trace.span[0])
    return Answer(identity, traces, loose)
