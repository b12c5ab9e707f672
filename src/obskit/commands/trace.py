"""`obskit trace`: what happened to one request, through every service."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from obskit.commands import log_rows
from obskit.commands.arguments import add_source, remark_problems, source_of
from obskit.commands.form import add_form, screen_of, write_json
from obskit.commands.safe import escaped
from obskit.commands.screen import Row, Screen
from obskit.commands.waterfall import Waterfall
from obskit.query import times, traces
from obskit.query.spans import Trace
from obskit.query.traces import Answer


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "trace",
        help="one request through every service",
        description="Print the waterfall of a trace with its log lines in place; for a correlation id, each of its "
        "traces.",
    )
    parser.add_argument(
        "id", metavar="ID", help="a trace id, a correlation id, or at least 8 digits that one trace id begins with"
    )
    add_source(parser)
    add_form(parser, "one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what belongs to the id.

    Raises:
        QueryError: Nothing is found, or the question cannot be understood.
    """
    screen = screen_of(options)
    source = source_of(options)
    try:
        answer = traces.find(source, options.id)
    finally:
        remark_problems(source)
    if screen is None:
        write_json(_plain(answer))
        return 0
    for row in _rows(answer, screen):
        screen.row(row)
    return 0


def _rows(answer: Answer, screen: Screen) -> Iterator[Row]:
    for index, trace in enumerate(answer.traces):
        if index:
            yield []
        yield from Waterfall(trace, screen.width, screen.edge).rows()
    if answer.loose:
        if answer.traces:
            yield []
        yield [("outside of any trace", "strong"), (f"  {escaped(answer.identity)}", "dim")]
        for record in answer.loose:
            yield from log_rows.rows(record, correlation=False, edge=screen.edge)


def _plain(answer: Answer) -> dict[str, Any]:
    return {"id": answer.identity, "traces": [_plain_trace(trace) for trace in answer.traces], "logs": answer.loose}


def _plain_trace(trace: Trace) -> dict[str, Any]:
    start, end = trace.span
    spans: list[dict[str, Any]] = []
    gaps: list[dict[str, Any]] = []
    for entry in trace.entries():
        node = entry.node
        if entry.gap_ms is not None:
            before = {"log": entry.log.get("id")} if entry.log else {"span_id": node.span_id if node else None}
            gaps.append({"duration_ms": round(entry.gap_ms, 3), "before": before})
        if entry.log is None and node is not None:
            spans.append(
                {
                    "span_id": node.span_id,
                    "missing": node.record is None,
                    "failed": node.failed,
                    "depth": entry.depth,
                    "offset_ms": round(times.milliseconds(start, node.start), 3),
                    "duration_ms": round(times.milliseconds(node.start, node.end), 3),
                    "children": [child.span_id for child in node.children],
                    "record": node.record,
                    "logs": node.logs,
                }
            )
    records = list(trace.records())
    return {
        "trace_id": trace.trace_id,
        "correlation_ids": sorted({str(record["correlation_id"]) for record in records if "correlation_id" in record}),
        "services": sorted({str(record["service"]) for record in records if "service" in record}),
        "start": times.stamp(start),
        "duration_ms": round(times.milliseconds(start, end), 3),
        "failed": any(span["failed"] for span in spans),
        "missing": [span["span_id"] for span in spans if span["missing"]],
        "gaps": gaps,
        "spans": spans,
        "logs": trace.loose,
    }
