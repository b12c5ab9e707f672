"""Understand whom a level is for, and refuse what could never take effect."""

from __future__ import annotations

import argparse
from pathlib import Path

from obskit.commands.arguments import remark
from obskit.decide import levels
from obskit.decide.level_file import Entry
from obskit.journal.levels import here, identity
from obskit.query.failure import QueryError
from obskit.query.processes import Process, services
from obskit.settings.mistakes import nearest


def level_of(text: str) -> int:
    """Read a level given on the command line.

    Raises:
        QueryError: It is none.
    """
    try:
        return levels.number(text)
    except ValueError as error:
        raise QueryError(f"{error}; or: obskit level reset, obskit level sign LEVEL") from None


def check(options: argparse.Namespace, root: Path, processes: list[Process]) -> None:
    """Refuse a service that nobody has heard of, and a process that is not there.

    Raises:
        QueryError: It names those that are.
    """
    known = services(root)
    if options.service is not None and options.service not in known:
        raise QueryError(_unknown_service(options.service, known, root), status=1)
    if options.pid is None:
        return
    fitting = [found for found in processes if found.pid == options.pid and found.here]
    if not fitting and not identity(options.pid):
        running = ", ".join(f"{found.service} {found.pid}" for found in processes) or "none"
        raise QueryError(f"no process {options.pid} runs here; those that write to {root}: {running}", status=1)
    if fitting and options.service is not None and all(found.service != options.service for found in fitting):
        raise QueryError(f"process {options.pid} is one of {fitting[0].service}, not of {options.service}", status=1)
    if not fitting:
        remark(f"process {options.pid} has written nothing to {root} yet; it takes the level if it uses this journal")


def _unknown_service(name: str, known: list[str], root: Path) -> str:
    text = f"no service {name!r} has written to {root}"
    if not known:
        return f"{text}, nor has any other: name the journal of your services with --journal DIR"
    near = nearest(name, known, 0.6)
    return f"{text}; there are: {', '.join(known)}" + (f"; did you mean --service {near}?" if near else "")


def same(options: argparse.Namespace, entry: Entry) -> bool:
    """Tell whether an entry was set for what was named."""
    wanted = (options.service, options.pid, options.logger)
    return all(given in (None, found) for given, found in zip(wanted, entry.target, strict=True))


def concerns(options: argparse.Namespace, entry: Entry) -> bool:
    """Tell whether an entry counts for what was named: one for all services counts for each."""
    wanted = (options.service, options.pid, options.logger)
    return all(given is None or found in (None, given) for given, found in zip(wanted, entry.target, strict=True))


def named(options: argparse.Namespace, process: Process) -> bool:
    """Tell whether a process is one of those that were named."""
    return options.service in (None, process.service) and options.pid in (None, process.pid)


def is_gone(entry: Entry, now: float) -> bool:
    """Tell whether the time of an entry has passed, or its process has ended."""
    if entry.over(now):
        return True
    # Of a process in another container, or of another machine, nothing is known here.
    return entry.pid is not None and entry.process.startswith(here()) and identity(entry.pid) != entry.process
