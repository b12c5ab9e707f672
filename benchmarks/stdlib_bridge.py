"""What a call of the standard library's logging costs that goes through obskit."""

from __future__ import annotations

import logging
import statistics
import sys

from benchmarks import loggers
from benchmarks.compare import FAST, PURE, Benchmark, Figures, Metric, both, main
from benchmarks.goals import Steady
from benchmarks.line_file import LineFile
from benchmarks.redaction_records import plain
from benchmarks.timing import cpu_in_turns, cpu_per_item, in_turn

ALONE = "logging + python-json-logger, without obskit"


def obskit(quick: bool) -> Figures:
    """Log the same events with obskit's logger and with the standard library's, in turns."""
    with LineFile() as file, loggers.obskit(file.path) as native:
        log = logging.getLogger("shop.orders")
        calls = {"native": native.info, "bridge": lambda event: log.info(event.message, extra=event.fields)}
        rounds = list(cpu_in_turns(calls, in_turn(plain()), quick))
        for name, call in calls.items():
            file.taken()
            call(plain(1)[0])
            if file.taken().count(b"\n") != 1:
                raise SystemExit(f"a {name} call did not leave one line: this would mislead")
    return {name: statistics.median(one[name] for one in rounds) for name in calls}


def alone(quick: bool) -> Figures:
    """Log them with the standard library and a formatter of JSON."""
    with LineFile() as file, loggers.json_logger(file.path) as log:
        return {"bridge": cpu_per_item(log.info, in_turn(plain()), quick, file.count)}


BENCHMARK = Benchmark(
    name="stdlib_bridge",
    title="The standard library's logging through obskit",
    method=(
        'CPU time of the process per call. `logging.getLogger("shop.orders").info(event, extra={...})` with six '
        "fields, which obskit's handler takes on, beside the same call of an obskit logger, in turns in one process, "
        "in a unit of work and a span, one line each to a file."
    ),
    metrics=(Metric("bridge", "logging's call", "µs"), Metric("native", "obskit's call", "µs")),
    contenders={**both(obskit), ALONE: alone},
    base="",
    limits=tuple(Steady(name, ("bridge",), 1.5, "native") for name in (PURE, FAST)),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
