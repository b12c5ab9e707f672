"""Shows what a run left: the answers of obskit's own commands, then the totals."""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from examples.demo.order import TASK_FAILS
from examples.demo.run import Answer, Run
from examples.demo.services import ROOT
from examples.demo.store import trace_id, undelivered_spans
from examples.demo.totals import Totals
from obskit.commands.main import main as obskit_command

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Tee(io.BufferedIOBase):
    """A binary stream that passes on what is printed and keeps it, to be searched for secrets."""

    def __init__(self, shown: BinaryIO) -> None:
        self.shown = shown
        self.kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, part: Buffer) -> int:
        self.kept += part
        return self.shown.write(part)

    def flush(self) -> None:
        self.shown.flush()

    def isatty(self) -> bool:
        return self.shown.isatty()

    def fileno(self) -> int:
        return self.shown.fileno()


@contextmanager
def kept_output() -> Iterator[Tee]:
    """Keeps what is printed within."""
    before = sys.stdout
    before.flush()
    tee = Tee(before.buffer)
    sys.stdout = io.TextIOWrapper(tee, encoding=before.encoding, errors="replace", write_through=True)
    try:
        yield tee
    finally:
        sys.stdout.flush()
        sys.stdout.detach()
        sys.stdout = before


def chosen(run: Run) -> Answer:
    """Returns the checkout to follow: one that fails in the task, and so was in every process."""
    return next(answer for answer in run.answers if answer.order.item == TASK_FAILS)


def tell(run: Run) -> str:
    """Prints the story of one failing checkout through obskit's commands; returns what they printed."""
    correlation_id = chosen(run).correlation_id
    journal = shortest(run.journal)
    with kept_output() as tee:
        ask("One failing checkout, through all processes", "logs", journal, "--correlation-id", correlation_id)
        ask("Its trace", "trace", correlation_id, "--journal", journal)
        ask("What goes wrong, and how often", "errors", journal)
    return tee.kept.decode(errors="replace")


def ask(title: str, *arguments: str) -> None:
    """Runs one of obskit's commands and shows what was typed; people read the demo from a pipe or a file too."""
    if not sys.stdout.isatty():
        arguments = (*arguments, "--text")
    print(f"\n{title}:\n$ {typed(*arguments)}\n", flush=True)
    status = obskit_command(list(arguments))
    sys.stdout.flush()
    if status:
        raise RuntimeError(f"obskit {arguments[0]} ended with {status}")


def typed(*arguments: str) -> str:
    """Returns a command as it can be typed from the project's folder."""
    program = shortest(Path(sys.prefix, "bin", "obskit"))
    return shlex.join([program, *arguments])


def shortest(path: Path) -> str:
    """Returns a path as seen from the working directory, where that is below it."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def show(totals: Totals, seconds: float) -> None:
    """Prints the totals."""
    seen = f"{totals.logs} logs on the consoles, {totals.spans} spans at a span processor"
    print(f"\nTotals, after {seconds:.0f} s:")
    for what, number, remark in (
        ("requests", totals.requests, f"{totals.unexpected} answered otherwise than planned"),
        ("records emitted", totals.emitted, seen),
        ("records in the store", totals.found, ""),
        ("lost", len(totals.lost), ""),
        ("doubled", len(totals.doubled), ""),
        ("secrets found", len(totals.secrets), f"of {3 * totals.requests} sent, in {totals.outputs} files and outputs"),
    ):
        print(f"  {what:22} {number:6}   {remark}".rstrip())
    for title, found in (
        ("lost", totals.lost),
        ("doubled", totals.doubled),
        ("a secret", totals.secrets),
        ("trouble inside obskit", totals.trouble),
    ):
        for one in found[:10]:
            print(f"  {title}: {one}")


def go_on(run: Run, endpoint: str | None) -> None:
    """Names what can be typed next."""
    journal = shortest(run.journal)
    correlation_id = chosen(run).correlation_id
    print("\nGo on with:")
    print(f"  {typed('logs', journal, '--level', 'ERROR')}")
    print(f"  {typed('logs', journal, '--correlation-id', correlation_id)}")
    print(f"  {typed('trace', correlation_id, '--journal', journal)}")
    print(f"  {typed('errors', journal)}")
    print(f"  {typed('doctor', '--journal', journal)}")
    if endpoint:
        go_on_there(run, endpoint, correlation_id)
    else:
        print("\nFor the same in a Jaeger: make jaeger, then in a second terminal")
        print("  OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 make demo")
    print(f"\nThe services, to copy from, are in {shortest(ROOT / 'examples' / 'shop')}.")


def go_on_there(run: Run, endpoint: str, correlation_id: str) -> None:
    """Tells what the collector got, and how to see the trace there."""
    waiting = undelivered_spans(run.journal)
    if waiting:
        print(f"\n{waiting} spans did not reach {endpoint}; the journal keeps them until something there takes them.")
        return
    jaeger = f"http://{urlsplit(endpoint).hostname}:16686"
    trace = trace_id(run.journal, correlation_id)
    print(f"\nEvery span is at {endpoint} too. Where that is a Jaeger, see this trace with")
    print(f"  curl {jaeger}/api/traces/{trace}")
    print(f"or, where its page is installed, at {jaeger}/trace/{trace}")
