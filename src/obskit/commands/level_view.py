"""Say which levels are set, for whom, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from obskit.commands import words
from obskit.commands.safe import escaped
from obskit.commands.screen import Piece, Row, padded
from obskit.decide import levels
from obskit.decide.level_file import Entry, Plan, describe, moment, plan
from obskit.journal.levels import identity
from obskit.query.processes import Process

_HEAD = ("LEVEL", "SERVICE", "PID", "LOGGER", "UNTIL")


class Answer(NamedTuple):
    """What is shown.

    Attributes:
        shown: The entries that were asked about.
        processes: The processes that were asked about.
        entries: All entries, which decide for a process.
        now: Seconds since the epoch.
    """

    shown: Sequence[Entry]
    processes: Sequence[Process]
    entries: Sequence[Entry]
    now: float


def rows(answer: Answer) -> Iterator[Row]:
    """Lay the answer out for people."""
    if answer.shown:
        table = [_HEAD, *(_cells(entry, answer.now) for entry in answer.shown)]
        widths = [max(len(cells[column]) for cells in table) for column in range(len(_HEAD))]
        for number, cells in enumerate(table):
            row: Row = [(f"{padded(text, width)}  ", "") for text, width in zip(cells, widths, strict=True)]
            yield [(text, "dim") for text, _ in row] if number == 0 else [(row[0][0], cells[0]), *row[1:]]
        yield []
    else:
        yield [("no level is set: every process logs as its own init() says", "strong")]
    names = [escaped(f"{process.service} {process.pid}") for process in answer.processes]
    width = max((len(name) for name in names), default=0)
    for name, process in zip(names, answer.processes, strict=True):
        yield [(f"{padded(name, width)}  ", "key"), _in_force(_plan(answer, process))]
    if not names:
        yield [("no process writes to this journal now", "dim")]


def plain(answer: Answer) -> dict[str, Any]:
    """Return the answer as JSON has it."""
    processes = []
    for process in answer.processes:
        found = _plan(answer, process)
        default = None if found.default is None else levels.name(found.default)
        named = {name: levels.name(level) for name, level in found.levels.items()}
        processes.append({"service": process.service, "pid": process.pid, "level": default, "levels": named})
    shown = [{key: part for key, part in describe(entry).items() if key != "process"} for entry in answer.shown]
    return {"levels": shown, "processes": processes}


def said(entry: Entry) -> str:
    """Say in a few words what was set for whom, harmless on a terminal."""
    whom = f"process {entry.pid}" if entry.pid is not None else ""
    if entry.service is not None:
        whom = f"{whom} of {entry.service}" if whom else f"service {entry.service}"
    logger = f"logger {entry.logger}" if entry.logger is not None else "all loggers"
    return escaped(f"{levels.name(entry.level)} for {logger} of {whom or 'all services'}")


def end(entry: Entry, now: float) -> str:
    """Say how long it holds."""
    if entry.until is None:
        return "until it is reset"
    return f"until {moment(entry.until)} ({words.duration((entry.until - now) * 1000)})"


def _cells(entry: Entry, now: float) -> tuple[str, ...]:
    whom = (entry.service or "all", str(entry.pid or "all"), entry.logger or "all")
    return (levels.name(entry.level), *(escaped(part) for part in whom), end(entry, now).removeprefix("until "))


def _plan(answer: Answer, process: Process) -> Plan:
    def same() -> str:
        return identity(process.pid) if process.here else ""

    return plan(answer.entries, process.service, process.pid, same, answer.now)


def _in_force(found: Plan) -> Piece:
    default = [] if found.default is None else [levels.name(found.default)]
    named = [f"{name}={levels.name(level)}" for name, level in sorted(found.levels.items())]
    return (escaped(", ".join(default + named)), "") if default or named else ("as its init() says", "dim")
