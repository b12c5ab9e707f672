"""Draw a trace: each span with its bar, the log lines in place, what failed, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from obskit.commands import log_rows, words
from obskit.commands.safe import cells, escaped
from obskit.commands.screen import Piece, Row, padded, service_style
from obskit.commands.wrap import wrapped
from obskit.query import times
from obskit.query.spans import Entry, Node, Trace, at

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_TOOK = 9
_ROLE = 9
# In fewer columns the bars need the room of the roles.
_WIDE = 72
_ROLES = {"SERVER": "server", "CLIENT": "client", "PRODUCER": "producer", "CONSUMER": "consumer"}


class Waterfall:
    """The picture of one trace.

    Args:
        trace: The trace.
        width: Columns that a span's row may take.
        edge: Columns after which the other rows break; None: nowhere.
    """

    def __init__(self, trace: Trace, width: int, edge: int | None = None) -> None:
        self._trace = trace
        self._edge = edge
        self._start, self._end = trace.span
        self._total = times.milliseconds(self._start, self._end)
        self._entries = trace.entries()
        self.services = _services(trace)
        names = max(
            (cells(_prefix(entry)) + cells(_name(entry.node)) for entry in self._entries if _is_span(entry)), default=4
        )
        self._service_width = min(max(map(cells, self.services), default=0), 16)
        self._role_width = _ROLE if width >= _WIDE else 0
        room = width - self._service_width - 4 - self._role_width - _TOOK - 2
        self._name_width = max(min(names, room // 2), 12)
        self._bar_width = max(room - self._name_width, 10)

    def rows(self) -> Iterator[Row]:
        """Yield the rows, the heading first."""
        yield from self._heading()
        yield self._scale()
        for entry in self._entries:
            if entry.gap_ms is not None:
                yield from wrapped(self._gap(entry, entry.gap_ms), [self._service("")], self._edge)
            if entry.log is not None:
                yield from self._log(entry, entry.log)
            elif entry.node is not None:
                indent = [self._service(""), (_inside(entry, entry.node), "dim")]
                yield from wrapped(self._span(entry, entry.node), indent, self._edge)
                yield from self._status(entry, entry.node)

    def _heading(self) -> Iterator[Row]:
        nodes = list(self._trace.nodes())
        spans = sum(1 for node in nodes if node.record is not None)
        failed = sum(1 for node in nodes if node.failed)
        logs = sum(len(node.logs) for node in nodes) + len(self._trace.loose)
        yield [("trace ", "strong"), (escaped(self._trace.trace_id), "strong")]
        row: Row = [(words.duration(self._total), ""), ("  from ", "dim")]
        row += [(self._start.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3], ""), (" UTC", "dim")]
        row += [
            (f"  ·  {words.plural(len(self.services), 'service')}", ""),
            (f"  ·  {words.plural(spans, 'span')}", ""),
        ]
        row.append((f"  ·  {words.plural(logs, 'log line')}", ""))
        if failed:
            row.append((f"  ·  ✗ {words.plural(failed, 'span')} failed", "ERROR"))
        if missing := len(nodes) - spans:
            row.append((f"  ·  {words.plural(missing, 'span')} not in this journal", "WARN"))
        yield from wrapped(row, [], self._edge)
        others = sorted({str(c) for r in self._trace.records() if (c := r.get("correlation_id"))})
        if others:
            yield from wrapped([("correlation id ", "dim"), (escaped(", ".join(others)), "")], [], self._edge)
        yield []

    def _scale(self) -> Row:
        """Return the row that says which times the bars stand for."""
        ticks = 4 if self._bar_width >= 48 else 2 if self._bar_width >= 22 else 1
        step = self._bar_width // ticks
        text = "".join(padded(words.duration(self._total * tick / ticks), step) for tick in range(ticks))
        head = padded("", self._service_width + 2) + padded("", self._name_width + 2 + self._role_width)
        return [(head, ""), (padded(text, self._bar_width), "dim"), (f"{words.duration(self._total):>{_TOOK}}", "dim")]

    def _service(self, text: str) -> Piece:
        return padded(escaped(text), self._service_width) + "  ", service_style(text)

    def _span(self, entry: Entry, node: Node) -> Row:
        prefix = _prefix(entry)
        name = padded(_name(node), max(self._name_width - cells(prefix), 4))
        if node.record is None:
            text = "not in this journal" if node.children or node.logs else ""
            return [self._service(""), (prefix, "dim"), (name, "WARN"), (f"  {text}", "WARN")]
        record = node.record
        service = str(record.get("service", ""))
        role = _ROLES.get(str(record.get("span_kind", "")).upper(), "")
        style = "failed" if node.failed else service_style(service)
        row: Row = [
            self._service(service),
            (prefix, "dim"),
            (name, "ERROR" if node.failed else ""),
            ("  " + padded(role, self._role_width), "dim"),
        ]
        row += self._bar(node, style)
        row.append((f"{words.duration(times.milliseconds(node.start, node.end)):>{_TOOK}}", ""))
        row.append((" ✗", "failed") if node.failed else ("", ""))
        return row

    def _bar(self, node: Node, style: str) -> Row:
        """Return the bar, to an eighth of a column at its end; never empty, however short the span."""
        scale = self._bar_width / self._total if self._total > 0 else 0.0
        left = min(int(times.milliseconds(self._start, node.start) * scale), self._bar_width - 1)
        right = times.milliseconds(self._start, node.end) * scale if scale else float(self._bar_width)
        whole, eighths = divmod(round((right - left) * 8), 8)
        bar = "█" * whole + (_EIGHTHS[eighths] if eighths else "")
        bar = (bar or "▏")[: self._bar_width - left]
        return [(" " * left, ""), (bar, style), (" " * (self._bar_width - left - cells(bar)), "")]

    def _status(self, entry: Entry, node: Node) -> Iterator[Row]:
        """Yield what the span's status says, unless a log line in it says the same."""
        status = (node.record or {}).get("status")
        message = status.get("message") if isinstance(status, dict) else None
        told = [str(error.get("message", "")) for log in node.logs if isinstance(error := log.get("error"), dict)]
        if message and node.failed and not any(text and text in str(message) for text in told):
            indent: Row = [self._service(""), (_inside(entry, node), "dim")]
            row = [*indent, ("✗ ", "failed"), (escaped(str(message)), "failed")]
            yield from wrapped(row, [*indent, ("  ", "")], self._edge)

    def _log(self, entry: Entry, log: dict[str, Any]) -> Iterator[Row]:
        service = str(log.get("service", ""))
        after = times.milliseconds(self._start, at(log))
        prefix = _prefix(entry)
        row: Row = [self._service(service), (prefix, "dim"), (f"{'+' + words.duration(after):<8} ", "dim")]
        row += [log_rows.level(log), (" ", ""), (escaped(str(log.get("message", ""))), "strong" if _bad(log) else "")]
        below = "".join("  " if last else "│ " for last in entry.last[1:])
        indent: Row = [self._service(""), (below + "  ", "dim")]
        yield from wrapped(row + log_rows.fields(log), [*indent, (" " * 13, "")], self._edge)
        # The access line repeats the error that was logged where it was caught.
        if not _told(entry.node, log):
            yield from log_rows.error_rows(log, indent, stack=False, edge=self._edge)

    def _gap(self, entry: Entry, milliseconds: float) -> Row:
        lines = "".join("  " if last else "│ " for last in entry.last[1:-1])
        joint = "┆ " if len(entry.last) > 1 else ""
        text = f"{words.duration(milliseconds)} in which nothing was recorded"
        return [self._service(""), (lines + joint, "dim"), (f"··· {text} ···", "WARN")]


def _is_span(entry: Entry) -> bool:
    return entry.log is None


def _prefix(entry: Entry) -> str:
    """Return the branches of the tree in front of a row."""
    if len(entry.last) <= 1:
        return ""
    branches = "".join("  " if last else "│ " for last in entry.last[1:-1])
    return branches + ("└ " if entry.last[-1] else "├ ")


def _inside(entry: Entry, node: Node) -> str:
    branches = "".join("  " if last else "│ " for last in entry.last[1:])
    return branches + ("│ " if node.children or node.logs else "  ")


def _name(node: Node | None) -> str:
    if node is None:
        return ""
    if node.record is None:
        return f"span {escaped(node.span_id)}"
    return escaped(str(node.record.get("name", "")))


def _bad(log: dict[str, Any]) -> bool:
    return log.get("level") in ("ERROR", "FATAL")


def _told(node: Node | None, log: dict[str, Any]) -> bool:
    """Tell whether an earlier line of the same span has the same error."""
    mark = _fingerprint(log)
    if node is None or mark is None:
        return False
    return next(earlier for earlier in node.logs if _fingerprint(earlier) == mark) is not log


def _fingerprint(log: dict[str, Any]) -> object:
    error = log.get("error")
    return error.get("fingerprint") if isinstance(error, dict) else None


def _services(trace: Trace) -> list[str]:
    """Return the services in the order in which they appear."""
    first: dict[str, datetime] = {}
    for record in trace.records():
        service = str(record.get("service", ""))
        when = times.parse(record.get("start")) or at(record)
        first[service] = min(first.get(service, when), when)
    return sorted(first, key=lambda service: first[service])
