"""Redact or explain a stream, each line as soon as it is there."""

from __future__ import annotations

import argparse
import codecs
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from obskit.commands.form import screen_of
from obskit.commands.redact_explain import Explained
from obskit.commands.redact_lines import Lines
from obskit.query.failure import QueryError

if TYPE_CHECKING:
    from obskit.settings.options import Redaction

_CHUNK = 1 << 18
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


Read = Callable[[int], bytes]


def run(read: Read, policy: Redaction, options: argparse.Namespace) -> int:
    """Write a stream redacted, or explain it, to the standard output.

    Args:
        read: Returns what is there of the stream, at most so many bytes; waits where nothing is; empty at its end.
        policy: What is redacted.
        options: The arguments of the command.

    Returns:
        How many values redaction failed on.

    Raises:
        QueryError: The stream is UTF-16, in whose bytes nothing would be found.
    """
    failures: list[None] = []
    lines = Lines(policy, lambda: failures.append(None))
    if options.explain:
        _explain(read, lines, Explained(screen_of(options)))
    else:
        _filter(read, lines)
    return len(failures)


def batches(read: Read) -> Iterator[list[bytes]]:
    """Yield the lines that each read completes, with their ends; the last may have none.

    Raises:
        QueryError: The stream begins as UTF-16 does.
    """
    parts: list[bytes] = []
    first = True
    while chunk := read(_CHUNK):
        if first and chunk.startswith(_UTF_16):
            raise QueryError("the input is UTF-16: convert it first, as with iconv -f UTF-16 -t UTF-8")
        first = False
        head, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            parts.append(rest)
            continue
        whole = b"".join((*parts, head, newline))
        yield whole.splitlines(keepends=True) if b"\r" not in whole else _split(whole)
        parts = [rest] if rest else []
    if parts:
        yield [b"".join(parts)]


def _split(whole: bytes) -> list[bytes]:
    # splitlines() would also split at a bare carriage return, as progress bars print it.
    return [line + b"\n" for line in whole.split(b"\n")[:-1]]


def _filter(read: Read, lines: Lines) -> None:
    out = sys.stdout.buffer
    for batch in batches(read):
        out.write(b"".join(map(lines.redact, batch)))
        out.flush()


def _explain(read: Read, lines: Lines, explained: Explained) -> None:
    for batch in batches(read):
        for line in batch:
            lines.redact(line)
            explained.show(lines.found())
        explained.flush()
    explained.end(lines.number)
