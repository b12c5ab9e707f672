"""`obskit errors`: what goes wrong, grouped by fault."""

from __future__ import annotations

import argparse
import shlex
from datetime import UTC, datetime
from typing import Any

from obskit.commands import log_rows, words
from obskit.commands.arguments import add_range, add_source, positive, remark, remark_problems, same_source, source_of
from obskit.commands.form import add_form, screen_of, write_json
from obskit.commands.safe import escaped
from obskit.commands.screen import Row, Screen, service_style
from obskit.commands.wrap import wrapped
from obskit.query import faults, merge, times
from obskit.query.faults import Fault
from obskit.query.selection import select

_INDENT = (" " * 8, "")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "errors",
        help="errors grouped by fault",
        description="Print the errors, grouped by their fingerprint, the most frequent first. An exception that was "
        "logged twice in one span counts once; a line that stands for others, by sampling or a limit, counts for all "
        "of them, and ~ marks a number that rests on such lines.",
    )
    add_source(parser)
    add_range(parser)
    parser.add_argument("--service", metavar="NAME", help="errors of this service")
    parser.add_argument("--limit", "-n", metavar="N", type=positive, help="the N most frequent")
    add_form(parser, "one JSON array")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the groups.

    Raises:
        QueryError: The question cannot be understood.
    """
    now = datetime.now(UTC)
    wanted = select(now=now, service=options.service, since=options.since, until=options.until, logs_only=False)
    screen = screen_of(options)
    source = source_of(options)
    found = faults.group(merge.in_order(source, wanted, keep=True))
    shown = found[: options.limit]
    where = same_source(options)
    if screen is None:
        write_json([_plain(fault, where) for fault in shown])
    else:
        _show(screen, shown, found, now, where)
    remark_problems(source)
    if not found:
        remark("no errors")
    return 0


def _plain(fault: Fault, where: list[str]) -> dict[str, Any]:
    error = fault.example["error"]
    return {
        "fingerprint": fault.fingerprint,
        "type": error.get("type"),
        "message": error.get("message"),
        "count": _number(fault.count),
        "lines": fault.lines,
        "estimated": fault.estimated,
        "services": sorted(fault.services),
        "first_seen": fault.first,
        "last_seen": fault.last,
        "affected_users": len(fault.users),
        "example": {key: given for key in _EXAMPLE if (given := fault.example.get(key)) is not None}
        | ({"command": command} if (command := _command(fault, where)) else {}),
    }


_EXAMPLE = ("id", "timestamp", "message", "service", "correlation_id", "trace_id", "span_id", "error")


def _number(count: float) -> int | float:
    return int(count) if count.is_integer() else round(count, 2)


def _command(fault: Fault, where: list[str]) -> str | None:
    """Return what to type to see the example, from the same directory and source."""
    for key in ("correlation_id", "trace_id"):
        identity = str(fault.example.get(key) or "")
        if identity and not identity.startswith("-"):
            return shlex.join(["obskit", "trace", identity, *where])
    return None


def _show(screen: Screen, shown: list[Fault], found: list[Fault], now: datetime, where: list[str]) -> None:
    for fault in shown:
        for row in _rows(fault, now):
            for part in wrapped(row, [_INDENT, ("  ", "")], screen.edge):
                screen.row(part)
        if command := _command(fault, where):
            # Whole, however long, so that it can be copied.
            screen.row([_INDENT, ("see  ", "dim"), (escaped(command), "good")])
        screen.row([])
    if found:
        estimated = "~" if any(fault.estimated for fault in found) else ""
        total = words.plural(sum(fault.count for fault in found), "error")
        text = f"{words.plural(len(found), 'fault')}, {estimated}{total}"
        if len(shown) < len(found):
            text += f"; shown are the {len(shown)} most frequent"
        screen.row([(text, "dim")])


def _rows(fault: Fault, now: datetime) -> list[Row]:
    error = fault.example["error"]
    estimated = "~" if fault.estimated else ""
    head: Row = [
        (f"{estimated + f'{fault.count:,.0f}':>6}× ", "strong"),
        (escaped(str(error.get("type", ""))), "ERROR"),
    ]
    head.append((f"  {escaped(fault.fingerprint)}", "dim"))
    rows: list[Row] = [head]
    if message := str(error.get("message", "")):
        rows.append([_INDENT, (escaped(message), "failed")])
    if place := log_rows.place(str(error.get("stack_trace", ""))):
        rows.append([_INDENT, *place])
    rows.append([_INDENT, *_where(fault)])
    rows.append([_INDENT, *_when(fault, now)])
    logged = str(fault.example.get("message", ""))
    if logged and logged != message:
        rows.append([_INDENT, ("logged as  ", "dim"), (escaped(logged), "")])
    return rows


def _where(fault: Fault) -> Row:
    row: Row = [("in  ", "dim")]
    for service in sorted(fault.services):
        row += [(escaped(service), service_style(service)), (", ", "dim")]
    row.pop()
    if fault.users:
        least = "at least " if fault.estimated else ""
        row.append((f"  ·  {least}{words.plural(len(fault.users), 'user')} affected", ""))
    return row


def _when(fault: Fault, now: datetime) -> Row:
    first, last = _stamp(fault.first), _stamp(fault.last)
    if fault.lines == 1 or first == last:
        row: Row = [("at  ", "dim"), (last, "")]
    else:
        row = [("first  ", "dim"), (first, ""), ("  last  ", "dim")]
        row.append((last[11:] if last[:10] == first[:10] else last, ""))
    when = times.parse(fault.last)
    ago = words.age(when, now) if when else ""
    return [*row, (" UTC", "dim"), *([(f"  ({ago})", "dim")] if ago else [])]


def _stamp(timestamp: str) -> str:
    return timestamp[:19].replace("T", " ")
