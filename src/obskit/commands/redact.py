"""`obskit redact`: try a redaction policy on text, and find what old logs hold."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from obskit.commands.arguments import remark
from obskit.commands.form import add_form, screen_of
from obskit.commands.policy_argument import add_policy, policy_of
from obskit.commands.words import plural
from obskit.query.failure import QueryError

if TYPE_CHECKING:
    from obskit.commands.policy_argument import Chosen


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "redact",
        help="redact the standard input; tell what was found; scan old logs",
        description="Copy the standard input to the standard output, redacted: what is a JSON object or array by its "
        "keys and values, any other line as text. Lines without a find stay as they are, byte for byte.",
    )
    add_policy(parser)
    parser.add_argument(
        "--explain",
        action="store_true",
        help="instead of the text tell of each find its line, path, kind and rule, never the secret",
    )
    parser.add_argument(
        "--check",
        nargs="+",
        metavar="PATH",
        help="scan log files, and directories for them (journals too); the exit status is 1 where anything is found",
    )
    parser.add_argument(
        "--apply",
        metavar="JOURNAL",
        help="bring what a journal holds up to the policy, in place",
    )
    add_form(parser, "with --explain JSON lines, with --check and --apply one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Redact, explain or check.

    Raises:
        QueryError: The arguments or the policy can't be used, or the input can't be read.
    """
    if options.apply is not None and (options.explain or options.check):
        raise QueryError("--apply changes a journal, --explain and --check only look: name one of them")
    if (options.json or options.text) and not (options.explain or options.check or options.apply is not None):
        raise QueryError("--json and --text are for --explain, --check and --apply: lines keep the form that they have")
    if options.apply is not None and not options.apply.strip():
        raise QueryError("--apply '': name the journal's directory")
    chosen = policy_of(options.policy, os.environ)
    if options.explain:
        remark(f"policy: {chosen.origin}")
    if options.check:
        from obskit.commands import redact_check

        return redact_check.run(options, chosen)
    if options.apply is not None:
        from obskit.commands import redact_apply

        return redact_apply.apply(Path(options.apply), chosen.policy, screen=screen_of(options))
    return _stream(options, chosen)


def _stream(options: argparse.Namespace, chosen: Chosen) -> int:
    from obskit.commands import redact_stream

    # Python has no such stream where the descriptor is closed.
    if sys.stdin is None:
        raise QueryError("there is no standard input: obskit redact < app.log")
    if sys.stdin.isatty():
        remark("reading what you type; end with Ctrl-D (or: obskit redact < app.log)")
    failures = redact_stream.run(_reader(sys.stdin.buffer), chosen.policy, options)
    if failures:
        remark(f"redaction failed on {plural(failures, 'value')}, replaced by [REDACTED:error]")
    return 0


def _reader(stream: BinaryIO) -> Callable[[int], bytes]:
    # One read of what a pipe holds now; read() would wait until there is as much as was asked for.
    one: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return one
