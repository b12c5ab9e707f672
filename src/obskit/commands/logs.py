"""`obskit logs`: the log lines of all services, in the order of time."""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from obskit.commands import log_rows
from obskit.commands.arguments import add_range, add_source, positive, remark, remark_problems, source_of
from obskit.commands.form import add_form, screen_of
from obskit.commands.safe import escaped_json
from obskit.commands.screen import Screen
from obskit.query import follow, merge
from obskit.query.item import Item
from obskit.query.selection import select
from obskit.query.source import Source, Tracker
from obskit.query.wanted import Wanted


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "logs",
        help="log lines of all services in the order of time",
        description="Print log lines in the order of time: for people on a terminal, as JSON lines into a pipe.",
    )
    add_source(parser)
    parser.add_argument("--correlation-id", metavar="ID", help="lines of this request, in every service")
    parser.add_argument("--trace-id", metavar="ID", help="lines of this trace")
    parser.add_argument("--service", metavar="NAME", help="lines of this service")
    parser.add_argument("--level", metavar="LEVEL", help="lines of at least this level")
    add_range(parser)
    parser.add_argument("--grep", metavar="REGEX", help="lines with a value that matches this regular expression")
    parser.add_argument(
        "--where",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="lines whose field has this value, such as error.type=ValueError or context.order=17; may be repeated",
    )
    parser.add_argument("--follow", "-f", action="store_true", help="go on with what is being written, until Ctrl-C")
    parser.add_argument("--limit", "-n", metavar="N", type=positive, help="the last N of them")
    add_form(parser, "JSON lines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the lines.

    Raises:
        QueryError: The question cannot be understood.
    """
    wanted = select(
        now=datetime.now(UTC),
        correlation_id=options.correlation_id,
        trace_id=options.trace_id,
        service=options.service,
        level=options.level,
        since=options.since,
        until=options.until,
        grep=options.grep,
        conditions=options.where,
    )
    screen = screen_of(options)
    source = source_of(options)
    printer = _Printer(screen, correlation=options.correlation_id is None)
    tracker = Tracker() if options.follow else None
    for item in _limited(_found(source, wanted, tracker), options.limit):
        printer.show(item)
        # Who pipes a running program into this wants to see each line as it comes.
        if options.follow and source.root is None:
            printer.flush()
    printer.flush()
    if tracker is not None:
        for items in follow.new_items(source, wanted, tracker):
            for item in items:
                printer.show(item)
            printer.flush()
    remark_problems(source)
    if not printer.count:
        remark("no records" if wanted == Wanted(logs_only=True) else "no records match")
    return 0


def _found(source: Source, wanted: Wanted, tracker: Tracker | None) -> Iterator[Item]:
    if tracker is not None and source.root is None:
        # A stream that is followed is shown as it comes: to put it in order would hold its newest lines back.
        return (item for part in source.sections() for item in part.items(wanted, source.problems, keep=False))
    return merge.in_order(source, wanted, tracker=tracker)


def _limited(items: Iterable[Item], limit: int | None) -> Iterable[Item]:
    return items if limit is None else deque(items, limit)


class _Printer:
    def __init__(self, screen: Screen | None, *, correlation: bool) -> None:
        self.count = 0
        self._screen = screen
        self._correlation = correlation
        self._terminal = sys.stdout.isatty()
        self._day = ""

    def show(self, item: Item) -> None:
        self.count += 1
        if self._screen is not None:
            self._show_row(item, self._screen)
        elif self._terminal:
            sys.stdout.write(escaped_json(item.raw.decode("utf-8", "replace")) + "\n")
        else:
            sys.stdout.buffer.write(item.raw + b"\n")

    def _show_row(self, item: Item, screen: Screen) -> None:
        day = item.timestamp[:10]
        if day != self._day:
            self._day = day
            screen.row([(f"── {day} UTC " + "─" * max(0, screen.width - 19), "dim")], crop=True)
        for row in log_rows.rows(item.parsed(), correlation=self._correlation, edge=screen.edge):
            screen.row(row)

    def flush(self) -> None:
        sys.stdout.flush()
