"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from obskit.commands.safe import escaped
from obskit.query import place
from obskit.query.failure import QueryError
from obskit.query.source import Source, open_source


class Parser(argparse.ArgumentParser):
    """A parser that takes options and positional arguments in any order, and says what is wrong in one line."""

    _mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, so that SOURCE may also stand behind an option; argparse alone would not know it there."""
        if self._mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and exit with status 2."""
        self.exit(2, f"{self.prog}: {escaped(message)}; see {self.prog} --help\n")


def positive(text: str) -> int:
    """Read a count of at least 1.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add what says where to read."""
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="a journal directory, a JSON-lines file, or - for the standard input",
    )
    parser.add_argument(
        "--journal",
        metavar="DIR",
        help="the journal; by default $OBSKIT_JOURNAL, the nearest .obskit upwards, then $STATE_DIRECTORY, "
        "$XDG_STATE_HOME/obskit, ~/.local/state/obskit, /var/tmp/obskit-UID",
    )


def add_range(parser: argparse.ArgumentParser) -> None:
    """Add the range of time."""
    when = "RFC 3339, a date (its first moment), or an age: 30s, 10m, 2h, 1d; without an offset it is UTC"
    parser.add_argument("--since", metavar="TIME", help=f"from this time on; {when}")
    parser.add_argument("--until", metavar="TIME", help="up to this time; in the same forms")


def source_of(options: argparse.Namespace) -> Source:
    """Open what the arguments name, else the journal that is found; which one is said on the standard error.

    Raises:
        QueryError: It is not there.
    """
    if options.source is not None and options.journal is not None:
        raise QueryError("name a SOURCE or a --journal, not both")
    if options.source is not None:
        return open_source(options.source, None)
    found = place.find(options.journal, os.environ, Path.cwd())
    remark(f"reading {found.path} ({found.reason})")
    return open_source(None, found.path)


def same_source(options: argparse.Namespace) -> list[str]:
    """Return the arguments that make another command, typed in the same directory, read what this one reads."""
    if options.journal is not None:
        return ["--journal", _no_option(options.journal)]
    if options.source is None:
        return []
    name = options.source if options.source == "-" else _no_option(options.source)
    return ["--journal", name] if Path(name).is_dir() else [name]


def _no_option(path: str) -> str:
    return f"./{path}" if path.startswith("-") else path


def remark(text: str) -> None:
    """Say something beside the answer, on the standard error."""
    print(f"obskit: {escaped(text)}", file=sys.stderr)


def remark_problems(source: Source) -> None:
    """Say what was left aside while reading."""
    found = source.problems
    if found.newer:
        remark(f"{found.newer} segment(s) are of a newer format and were left alone: update obskit-sdk to read them")
    if found.torn:
        remark(f"{found.torn} broken line(s), as a crash leaves them; what could be saved of them was read")
    if found.foreign:
        remark(f"{found.foreign} line(s) that are no records were passed over")
    if found.unreadable:
        remark(f"{found.unreadable} file(s) could not be read; run this as the user that owns the journal")
    if found.vanished:
        remark(f"{found.vanished} segment(s) were removed or merged while being read; run this again for a full answer")
