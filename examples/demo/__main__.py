"""`python -m examples.demo`: runs the shop, follows one failing checkout, checks that nothing was lost or leaked."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from examples.demo import report, totals
from examples.demo.run import run
from examples.demo.services import Fleet, wait_for
from examples.demo.store import undelivered_spans


def interrupted(number: int, _frame: FrameType | None) -> None:
    """Turns a signal into an exception, so that every `with` block on the way out ends what it began."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def progress(what: str, done: int, total: int) -> None:
    """Shows how far things are: one line that grows on a terminal, a few lines elsewhere."""
    if sys.stdout.isatty():
        bar = "█" * (30 * done // max(total, 1))
        print(f"\r  {what:18} {bar:30} {done:3}/{total}", end="\n" if done == total else "", flush=True)
    elif done == total:
        print(f"  {what:18} {done:3}/{total}", flush=True)


@contextmanager
def own_folder(folder: Path) -> Iterator[Path]:
    """Empties the demo's folder of what the demo left there; refuses while another demo runs in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"another demo is running in {folder}; wait for it, or give --folder another") from None
        for name in ("journal", "out", "witness"):
            shutil.rmtree(folder / name, ignore_errors=True)
        for path in folder.glob("broker.sqlite*"):
            path.unlink()
        yield folder


def wait_for_delivery(fleet: Fleet) -> None:
    """Lets the services hand over what they have, before they are stopped; the journal keeps what can't go."""
    with suppress(TimeoutError):
        wait_for(lambda: undelivered_spans(fleet.folder / "journal") == 0, 10, "delivery to the collector")


def demo(folder: Path, count: int) -> int:
    """Runs the demo once; returns 0 only where its totals hold."""
    endpoint = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    print(
        "Starting gateway (FastAPI, uvicorn), inventory (Flask, gunicorn) and worker (Celery, prefork) ...", flush=True
    )
    done = run(folder, count, progress=progress, before_stop=wait_for_delivery if endpoint else lambda fleet: None)
    shown = report.tell(done)
    counted = totals.count(done, shown)
    report.show(counted, done.seconds)
    if not counted.hold:
        print(f"\nThe totals do not hold. What the services printed is in {report.shortest(done.folder / 'out')}.")
        return 1
    report.go_on(done, endpoint)
    return 0


def main() -> int:
    """Parses the command line and runs the demo, leaving no process behind however it ends."""
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="where journal and outputs go and stay")
    parser.add_argument("--checkouts", type=int, default=60)
    chosen = parser.parse_args()
    if chosen.checkouts < 8:
        parser.error(f"--checkouts {chosen.checkouts}: at least 8, of which one fails in the task")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        with own_folder(chosen.folder.absolute()) as folder:
            return demo(folder, chosen.checkouts)
    except KeyboardInterrupt as stopped:
        print(f"\nStopped by {stopped}; every process was ended.", file=sys.stderr)
        return 130
    except (RuntimeError, TimeoutError) as failed:
        outputs = report.shortest(chosen.folder.absolute() / "out")
        print(f"\nThe demo failed: {failed}\nWhat the services printed is in {outputs}.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
