"""What the journal adds to a log call that writes to the console, too."""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import loggers, side_by_side
from benchmarks.compare import FAST, PURE, Benchmark, Figures, Metric, both, main
from benchmarks.floor import FLOOR, open_for_lines, own_records, writer
from benchmarks.goals import Limit
from benchmarks.line_file import LineFile
from benchmarks.redaction_records import plain
from benchmarks.timing import cpu_per_item, in_turn


def floor(quick: bool) -> Figures:
    """Serialise the records that obskit makes of the same events, and write them once."""
    with LineFile() as file:
        records = own_records(lambda log, event: log.info(event), plain())
        taken = cpu_per_item(writer(open_for_lines(file)), in_turn(records), quick, file.count)
    return {"added": taken, "console": taken, "with_journal": taken, "journal": taken}


def obskit(quick: bool) -> Figures:
    """Log to a file as console, to console and journal, and to the journal alone."""
    # Before the processes are forked: all have the accelerator, or none.
    from obskit.line import speedups  # noqa: F401

    options: dict[str, dict[str, Any]] = {
        "console": {"journal": False},
        "with_journal": {},
        "journal": {"console": False},
    }
    with tempfile.TemporaryDirectory() as below:
        places = {name: Path(below, name) for name in options}
        ways = {name: _way(places[name], given) for name, given in options.items()}
        found = list(side_by_side.rounds(ways, in_turn(plain()), quick))
        for name, given in options.items():
            _check(places[name], console="console" not in given, journal="journal" not in given)
    figures = {name: statistics.median(one[name] for one in found) for name in options}
    # Of one round: what the machine does to both cancels out.
    return {**figures, "added": statistics.median(one["with_journal"] - one["console"] for one in found)}


def _way(place: Path, options: dict[str, Any]) -> side_by_side.Way:
    place.mkdir()

    @contextlib.contextmanager
    def way() -> Iterator[Any]:
        with loggers.obskit(place / "console.jsonl", **{"journal": place / "journal", **options}) as log:
            yield log.info

    return way


def _check(place: Path, *, console: bool, journal: bool) -> None:
    shown = (place / "console.jsonl").read_bytes().count(b"\n")
    kept = sum(path.read_bytes().count(b"\n") for path in (place / "journal").rglob("*.jsonl"))
    # Ten blocks of a quick look make as many calls at least; what was not asked for has a few lines of its own.
    if (shown >= 500) is not console or (kept >= 500) is not journal:
        raise SystemExit(f"{shown} lines on the console, {kept} in the journal: this would mislead")


BENCHMARK = Benchmark(
    name="journal_line",
    title="The journal beside the console",
    method=(
        "CPU time of the process per info() of six fields in a span, all its threads included. Three processes that "
        "live side by side log to a file as console, to console and journal, and to the journal alone, one block of "
        "calls each in turn; what the journal adds is the difference of two neighbouring blocks. The floor is that of "
        "the same records, written once."
    ),
    metrics=(
        Metric("added", "added by the journal", "µs", 2),
        Metric("console", "console", "µs", 1, ratio=True),
        Metric("with_journal", "console and journal", "µs", 1, ratio=True),
        Metric("journal", "journal alone", "µs", 1, ratio=True),
    ),
    contenders={FLOOR: floor, **both(obskit)},
    base=FLOOR,
    limits=(Limit("added", PURE, 1.0, FLOOR), Limit("added", FAST, 1.0, FLOOR)),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
