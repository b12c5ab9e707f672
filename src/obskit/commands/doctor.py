"""`obskit doctor`: what is configured, from where, and what of it works."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from obskit.commands import words
from obskit.commands.form import add_form, screen_of, write_json
from obskit.commands.safe import escaped
from obskit.commands.screen import Row
from obskit.commands.wrap import wrapped

if TYPE_CHECKING:
    from obskit.commands.checks.check import Check

_MARKS = {"works": ("✓", "good"), "broken": ("✗", "ERROR"), "warning": ("!", "WARN"), "note": ("·", "dim")}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="what is configured, and what of it works",
        description="Look at the settings that the environment gives, the journal, the collector, versions, plug-ins. "
        "What a program gives init() in its code comes on top and is not seen here. "
        "The exit status is 1 where something configured does not work.",
    )
    parser.add_argument("--journal", metavar="DIR", help="the journal to look at; by default the one that is found")
    add_form(parser, "one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Look at everything and print what was seen."""
    screen = screen_of(options)
    found = [_cleaned(check) for check in _checks(options.journal)]
    broken = [check for check in found if check.state == "broken"]
    if screen is None:
        write_json(_plain(found, not broken))
    else:
        for row in _rows(found, len(broken), screen.edge):
            screen.row(row)
    return 1 if broken else 0


def _checks(journal: str | None) -> Iterator[Check]:
    # Settings and shipping are heavy to import, and no other command needs them.
    from obskit.commands.checks import collector, configuration, versions
    from obskit.commands.checks import journal as of_journal

    settings, checks = configuration.settings(os.environ)
    yield from checks
    path, checks = of_journal.locate(journal, settings, os.environ, Path.cwd())
    yield from checks
    if path is not None:
        yield from of_journal.checks(path, settings)
    if settings is not None:
        yield from collector.checks(settings, path, os.environ)
    yield from versions.checks()


def _cleaned(check: Check) -> Check:
    """Return a check without the secrets that a variable, a path or a collector's answer has brought into it."""
    from obskit.runtime.told import clean

    return replace(check, name=clean(check.name), detail=clean(check.detail), facts=clean(check.facts))


def _plain(found: list[Check], fine: bool) -> dict[str, object]:
    checks = [
        {"subject": check.subject, "name": check.name, "state": check.state, "detail": check.detail, **check.facts}
        for check in found
    ]
    return {"ok": fine, "checks": checks}


def _rows(found: list[Check], broken: int, edge: int | None) -> Iterator[Row]:
    for subject, group in groupby(found, key=lambda check: check.subject):
        checks = list(group)
        width = max(len(check.name) for check in checks)
        if edge is not None:
            # A single long name must not leave the others' details a narrow column.
            width = min(width, edge // 4)
        yield [(subject, "strong")]
        for check in checks:
            mark, style = _MARKS[check.state]
            loud = style if check.state in ("broken", "warning") else ""
            row = [("  ", ""), (mark, style), (f" {check.name:<{width}}  ", "dim"), (escaped(check.detail), loud)]
            yield from wrapped(row, [(" " * (width + 6), "")], edge)
        yield []
    yield [
        (f"{words.plural(broken, 'check')} failed: something that is configured does not work", "ERROR")
        if broken
        else ("all that is configured works", "good")
    ]
