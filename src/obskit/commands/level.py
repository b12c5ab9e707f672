"""`obskit level`: see, set and reset the levels of running services, and sign the header of one request."""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from obskit.commands import level_view
from obskit.commands.arguments import positive, remark
from obskit.commands.form import add_form, screen_of, write_json
from obskit.commands.level_choice import check, concerns, is_gone, level_of, named, same
from obskit.commands.level_view import Answer
from obskit.commands.safe import escaped
from obskit.decide.level_file import LATEST, Entry
from obskit.journal.levels import LevelFile, Newer, Unusable, identity, place_of
from obskit.query import place, times
from obskit.query.failure import QueryError
from obskit.query.processes import living

_EXAMPLES = """\
examples:
  obskit level                                    what is set, and for whom
  obskit level DEBUG --service shop --for 10m     every process of shop, for ten minutes
  obskit level WARN --logger sqlalchemy.engine    one logger and those below it, in every service
  obskit level TRACE --pid 4711                   one process
  obskit level reset --service shop               as its init() says again
  curl -H "$(obskit level sign DEBUG)" ...        one request
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "level",
        help="see and set the levels of running services; sign the header of one request",
        description="See, set and reset levels. Every process that uses the journal takes a level within about a "
        "second,\nand so does one that starts later, until the level's time is over or it is reset.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="LEVEL",
        help="TRACE, DEBUG, INFO, WARN, ERROR or FATAL to set it; reset; sign LEVEL; without it: show what is set",
    )
    parser.add_argument("--service", metavar="NAME", help="the processes of this service; by default of all")
    parser.add_argument("--pid", type=positive, metavar="N", help="this process alone, of this machine or container")
    parser.add_argument("--logger", metavar="NAME", help="this logger and those below it; by default all")
    parser.add_argument("--for", dest="length", metavar="TIME", help="so long: 90s, 10m, 2h; by default until reset")
    parser.add_argument("--key-file", metavar="FILE", help="sign: the file with the key; by default $OBSKIT_LEVEL_KEY")
    parser.add_argument("--journal", metavar="DIR", help="the services' journal; by default the one that is found")
    add_form(parser, "one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show, set, reset or sign."""
    asked = options.words
    if asked and asked[0] == "sign":
        return _sign(options)
    if options.key_file is not None:
        raise QueryError("--key-file is for: obskit level sign LEVEL")
    if len(asked) > 1:
        raise QueryError(f"one LEVEL at a time, not {' '.join(asked)!r}")
    if options.length is not None and (not asked or asked[0] == "reset"):
        raise QueryError("--for needs a LEVEL, such as: obskit level DEBUG --for 10m")
    level = level_of(asked[0]) if asked and asked[0] != "reset" else None
    found = place.find(options.journal, os.environ, Path.cwd())
    remark(f"journal {found.path} ({found.reason})")
    if level is not None:
        return _set(options, found.path, level)
    return _reset(options, found.path) if asked else _show(options, found.path)


def _sign(options: argparse.Namespace) -> int:
    # What signs is needed by nobody else.
    from obskit.commands import level_sign

    if any((options.service, options.pid, options.logger, options.journal)):
        raise QueryError("a header is for one request, wherever it goes: sign takes --for and --key-file only")
    return level_sign.run(options.words[1:], options.length, options.key_file)


def _show(options: argparse.Namespace, root: Path) -> int:
    now = time.time()
    entries: tuple[Entry, ...] = ()
    try:
        entries = LevelFile(place_of(root)).read()
    except Unusable as reason:
        remark(str(reason))
    chosen = [entry for entry in entries if concerns(options, entry) and not is_gone(entry, now)]
    answer = Answer(chosen, [process for process in living(root) if named(options, process)], entries, now)
    screen = screen_of(options)
    if screen is None:
        write_json(level_view.plain(answer))
        return 0
    for row in level_view.rows(answer):
        screen.row(row)
    return 0


def _set(options: argparse.Namespace, root: Path, level: int) -> int:
    length = None if options.length is None else times.length(options.length, "--for")
    processes = living(root)
    check(options, root, processes)
    now = time.time()
    until = None if length is None else now + length.total_seconds()
    if until is not None and until > LATEST:
        raise QueryError(f"--for {options.length} ends behind the year 9999; leave --for out: it holds until reset")
    process = "" if options.pid is None else identity(options.pid)
    entry = Entry(level, options.service, options.pid, process, options.logger or None, until)
    with _changing(root) as (file, before):
        kept = [other for other in before if other.target != entry.target and not is_gone(other, now)]
        file.write([*kept, entry])
    reached = [process for process in processes if named(options, process)]
    screen = screen_of(options)
    if screen is None:
        write_json(level_view.plain(Answer([entry], reached, [*kept, entry], now)))
        return 0
    screen.row([(f"{level_view.said(entry)}, {level_view.end(entry, now)}", "strong")])
    who = ", ".join(f"{process.service} {process.pid}" for process in reached)
    text = f"taken within about a second by {who}" if who else "no such process runs now: it is for those to come"
    screen.row([(escaped(text), "")])
    return 0


def _reset(options: argparse.Namespace, root: Path) -> int:
    now = time.time()
    with _changing(root) as (file, before):
        there = [entry for entry in before if not is_gone(entry, now)]
        kept = [entry for entry in there if not same(options, entry)]
        file.write(kept)
    gone = [entry for entry in there if same(options, entry)]
    if not gone and any((options.service, options.pid, options.logger)):
        others = "; ".join(level_view.said(entry) for entry in kept)
        raise QueryError(f"no such level is set{f', but {others}' if others else ', nor any other'}", status=1)
    screen = screen_of(options)
    if screen is None:
        write_json(level_view.plain(Answer(kept, living(root), kept, now)))
        return 0
    for entry in gone:
        screen.row([(f"reset: {level_view.said(entry)}", "")])
    for entry in kept:
        screen.row([(f"still set: {level_view.said(entry)}, {level_view.end(entry, now)}", "")])
    if not there:
        screen.row([("no level was set", "")])
    return 0


@contextlib.contextmanager
def _changing(root: Path) -> Iterator[tuple[LevelFile, tuple[Entry, ...]]]:
    """Yield the level file and what it says, while nobody else changes it."""
    file = LevelFile(place_of(root))
    try:
        with file.changing():
            yield file, _current(file)
    except OSError as trouble:
        if isinstance(trouble, TimeoutError):
            raise QueryError(f"{file.path}: {trouble.strerror}") from None
        raise QueryError(
            f"{file.path} can't be written: {trouble.strerror or trouble}; run this as the user that owns the journal"
        ) from None


def _current(file: LevelFile) -> tuple[Entry, ...]:
    try:
        return file.read()
    except Newer as reason:
        raise QueryError(str(reason)) from None
    except Unusable as reason:
        remark(f"{file.path} is replaced: {reason.why}")
        return ()
