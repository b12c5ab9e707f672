"""Arrange the records of one trace as a tree, with its log lines and its gaps in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from obskit.query import times

# Shorter pauses are the application's own work between two spans, not something to point at.
_SHORTEST_GAP_MS = 10.0
_SMALLEST_SHARE = 0.05
_LONGEST_MS = 1e12

Record = dict[str, Any]


@dataclass(slots=True)
class Node:
    """A span, or the place of one that others name but that is not there.

    Args:
        span_id: Its id.
        record: Its line; None where it is missing.
        start: When it began; of a missing one, when the first thing in it did.
        end: When it ended; of a missing one, when the last thing in it did.
    """

    span_id: str
    record: Record | None
    start: datetime
    end: datetime
    children: list[Node] = field(default_factory=list)
    logs: list[Record] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the span says that it ended in an error."""
        status = (self.record or {}).get("status")
        return isinstance(status, dict) and str(status.get("code", "")).upper() == "ERROR"


@dataclass(slots=True)
class Entry:
    """One row of a trace: a span or a log line.

    Args:
        node: The span, or the one that a log line belongs to; None for a line outside of any span.
        log: The log line; None where the row is the span itself.
        depth: How many spans it lies in.
        last: For each depth down to its own, whether nothing follows at that depth.
        gap_ms: How long nothing was recorded anywhere in the trace before it, where that is long.
    """

    node: Node | None
    log: Record | None
    depth: int
    last: tuple[bool, ...]
    gap_ms: float | None = None


@dataclass(slots=True)
class Trace:
    """What is known of one trace.

    Args:
        trace_id: Its id.
        roots: Spans that lie in no other, missing ones included.
        loose: Log lines of the trace outside of any span.
    """

    trace_id: str
    roots: list[Node]
    loose: list[Record]

    def nodes(self) -> Iterator[Node]:
        """Yield every span, the missing ones too, parents before their children."""
        waiting = list(reversed(self.roots))
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """First start and last end of anything in it."""
        moments = [(node.start, node.end) for node in self.nodes()] + [(at(log), at(log)) for log in self.loose]
        return min(start for start, _ in moments), max(end for _, end in moments)

    def records(self) -> Iterator[Record]:
        """Yield every line of it."""
        yield from self.loose
        for node in self.nodes():
            if node.record is not None:
                yield node.record
            yield from node.logs

    def entries(self) -> list[Entry]:
        """Return its rows: each span followed by what happened in it, in the order of time."""
        rows: list[Entry] = []
        waiting = _entries(None, self.roots, self.loose, 0, ())
        while waiting:
            entry = waiting.pop()
            rows.append(entry)
            if entry.log is None and entry.node is not None:
                node = entry.node
                waiting += _entries(node, node.children, node.logs, entry.depth + 1, entry.last)
        _mark_gaps(rows)
        return rows


def at(record: Record) -> datetime:
    """Return the time of a record: a span's end, a log line's moment."""
    return times.parse(record.get("timestamp")) or datetime.min.replace(tzinfo=UTC)


def arrange(trace_id: str, records: Iterable[Record]) -> Trace:
    """Build the tree of one trace.

    Args:
        trace_id: Its id.
        records: Its spans and log lines, in any order, each once.
    """
    nodes: dict[str, Node] = {}
    logs: list[Record] = []
    loose: list[Record] = []
    for record in records:
        if record.get("kind") == "span":
            _add_span(nodes, record)
        else:
            logs.append(record)
    for record in logs:
        span_id = record.get("span_id")
        if isinstance(span_id, str):
            _stretched(nodes, span_id, at(record), at(record)).logs.append(record)
        else:
            loose.append(record)
    roots = _connect(nodes)
    for node in nodes.values():
        node.children.sort(key=lambda child: child.start)
    return Trace(trace_id, sorted(roots, key=lambda node: node.start), loose)


def _add_span(nodes: dict[str, Node], record: Record) -> None:
    end = at(record)
    start = times.parse(record.get("start"))
    if start is None:
        duration = record.get("duration_ms")
        known = duration if isinstance(duration, (int, float)) and 0 <= duration < _LONGEST_MS else 0
        start = times.before(end, timedelta(milliseconds=known))
    span_id = str(record.get("span_id", ""))
    # The same id twice is a mistake of whoever made the spans; both are shown.
    while span_id in nodes:
        span_id += "'"
    nodes[span_id] = Node(span_id, record, start, max(start, end))


def _stretched(nodes: dict[str, Node], span_id: str, start: datetime, end: datetime) -> Node:
    """Return a span's node, made where it is missing; a missing one reaches as far as what lies in it."""
    node = nodes.get(span_id)
    if node is None:
        node = nodes[span_id] = Node(span_id, None, start, end)
    elif node.record is None:
        node.start, node.end = min(node.start, start), max(node.end, end)
    return node


def _connect(nodes: dict[str, Node]) -> list[Node]:
    """Give each span to its parent and return those that have none."""
    roots: list[Node] = []
    for node in list(nodes.values()):
        parent = (node.record or {}).get("parent_span_id")
        if isinstance(parent, str):
            _stretched(nodes, parent, node.start, node.end).children.append(node)
        elif node.record is not None:
            roots.append(node)
    roots += [node for node in nodes.values() if node.record is None]
    reached: set[str] = set()
    for root in roots:
        _reach(root, reached)
    for node in sorted(nodes.values(), key=lambda node: node.start):
        # Not reached from any root: spans that are each other's parents, which are opened where they begin.
        if node.span_id not in reached:
            _reach(node, reached)
            roots.append(node)
    return roots


def _reach(root: Node, reached: set[str]) -> None:
    waiting = [root]
    reached.add(root.span_id)
    while waiting:
        node = waiting.pop()
        node.children = [child for child in node.children if child.span_id not in reached]
        reached.update(child.span_id for child in node.children)
        waiting += node.children


def _entries(
    parent: Node | None, children: list[Node], logs: list[Record], depth: int, last: tuple[bool, ...]
) -> list[Entry]:
    """Return what lies directly in a span, the latest first."""
    rows = [(child.start, Entry(child, None, depth, ())) for child in children]
    rows += [(at(log), Entry(parent, log, depth, ())) for log in logs]
    rows.sort(key=lambda row: row[0])
    for index, (_, entry) in enumerate(rows):
        entry.last = (*last, index == len(rows) - 1)
    return [entry for _, entry in reversed(rows)]


def _mark_gaps(rows: list[Entry]) -> None:
    """Note before which rows nothing at all was recorded for long, wherever in the trace they stand."""
    moments = []
    for entry in rows:
        if entry.log is not None:
            moments.append((at(entry.log), at(entry.log), entry))
        elif entry.node is not None and entry.node.record is not None:
            moments.append((entry.node.start, entry.node.end, entry))
    if not moments:
        return
    moments.sort(key=lambda moment: moment[0])
    reached = moments[0][1]
    total = times.milliseconds(moments[0][0], max(end for _, end, _ in moments))
    for start, end, entry in moments:
        pause = times.milliseconds(reached, start)
        if pause >= max(_SHORTEST_GAP_MS, _SMALLEST_SHARE * total):
            entry.gap_ms = pause
        reached = max(reached, end)
