"""Dispatch the commands of obskit."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence

from obskit.commands import doctor, errors, level, logs, redact, replay, schema, ship, trace, verify
from obskit.commands.arguments import Parser, remark
from obskit.query.failure import QueryError

_INTERRUPTED = 130
_BROKEN_PIPE = 141
# That of sysexits.h for input and output: neither an answer nor a wrong question.
_UNWRITABLE = 74
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_COMMANDS = (logs, trace, errors, level, redact, ship, replay, verify, doctor, schema)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: Arguments; by default those of the process.

    Returns:
        The exit status: 0 where the question was answered, 1 where nothing was found or something does not work,
        2 for a wrong question, 74 where the output can't be written, 130 after Ctrl-C, 141 where its reader left early.
    """
    try:
        options = _parser().parse_args(argv)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    if sys.stdout is None:
        remark("the standard output is closed: there is nowhere to write to")
        return _UNWRITABLE
    _allow_many_files()
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except QueryError as failure:
        remark(str(failure))
        return failure.status
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return _BROKEN_PIPE
    except OSError as trouble:
        if trouble.errno not in _FULL:
            raise
        _discard_output()
        remark(f"the output can't be written: {trouble.strerror}")
        return _UNWRITABLE


def _parser() -> Parser:
    parser = Parser(
        prog="obskit",
        description="Ask what happened: the log lines, traces and errors that services have written.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for command in _COMMANDS:
        command.add(commands)
    return parser


def _allow_many_files() -> None:
    """Raise the soft limit of open files: a merge holds one for each writer that lived at the time it has reached."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _discard_output() -> None:
    """Keep the interpreter from complaining, at exit, of what it cannot write any more."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
