"""What one log call costs, from the call to the line in a file."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import loggers, scrubbers
from benchmarks.compare import FAST, PURE, Benchmark, Contender, Figures, Metric, both, main
from benchmarks.floor import FLOOR, open_for_lines, own_records, writer
from benchmarks.goals import Limit
from benchmarks.line_file import LineFile
from benchmarks.log_records import SHAPES
from benchmarks.redaction_peers import Scrub
from benchmarks.timing import cpu_per_item, in_turn

WITHOUT_RE2 = "obskit, without google-re2"


def floor(quick: bool) -> Figures:
    """Serialise the records that obskit makes of the same events, and write them."""
    figures = {}
    with LineFile() as file:
        call = writer(open_for_lines(file))
        for shape, events in SHAPES.items():
            records = own_records(lambda log, event: log.info(event), events())
            figures[shape] = cpu_per_item(call, in_turn(records), quick, file.count)
        return {**figures, "bytes": file.size}


def logging_with(setup: Callable[[], loggers.Setup]) -> Contender:
    """Return a contender that logs the events with one logger."""

    def contender(quick: bool) -> Figures:
        figures = {}
        with LineFile() as file, setup()(file.path) as log:
            for shape, events in SHAPES.items():
                figures[shape] = cpu_per_item(log.info, in_turn(events()), quick, file.count)
        return {**figures, "bytes": file.size}

    return contender


def without_re2(quick: bool) -> Figures:
    """Log with obskit where google-re2 is not installed."""
    sys.modules["re2"] = None  # type: ignore[assignment]
    return logging_with(lambda: loggers.obskit)(quick)


def scrubbing(make: Callable[[], Scrub]) -> Contender:
    """Return a contender that logs with structlog and this in front of its renderer."""
    return logging_with(lambda: loggers.structlog(loggers.processor(make())))


_GOALS = {"six": (5.0, 1.8), "one": (4.5, 1.5), "thirty": (6.0, 2.5), "nested": (7.0, 2.0), "same": (5.0, 1.8)}

BENCHMARK = Benchmark(
    name="log_call",
    title="One info() in a span, to a file",
    method=(
        "CPU time of the process per call, median of seven blocks; different events take turns, so that no memory of "
        "texts helps: 1,000 of six fields of five kinds, the same with one of their fields, with thirty, and with six "
        "values up to five levels deep. Last, where such memory does help, one event of six fields, as a loop logs it. "
        "Every contender writes each line to a file before its call returns. The floor "
        "is `orjson.dumps` of the very record that obskit writes for the event, and one `os.write`. obskit writes "
        "its whole schema through redaction, with a correlation id, a trace and an id of the line; the peers write "
        "their own formats with the same fields and as many ids from their own kind of context. structlog is set up "
        "as its documentation advises for speed; it redacts where the row says so, by names and twelve patterns, as a "
        "careful team would write them: with `re` one after the other, or behind one RE2 search a value that looks for "
        "all twelve. Logfire scrubs by its defaults; the others don't redact."
    ),
    metrics=(
        Metric("six", "six fields", "µs", 1),
        Metric("one", "one field", "µs", 1, ratio=True),
        Metric("thirty", "thirty fields", "µs", 1, ratio=True),
        Metric("nested", "five levels", "µs", 1, ratio=True),
        Metric("same", "one event over and over", "µs", 1, ratio=True),
        Metric("bytes", "mean line", "bytes", 0),
    ),
    contenders={
        FLOOR: floor,
        **both(logging_with(lambda: loggers.obskit)),
        WITHOUT_RE2: without_re2,
        "structlog + orjson": logging_with(loggers.structlog),
        "structlog, redacting with RE2": scrubbing(scrubbers.linear),
        "structlog, redacting with re": scrubbing(scrubbers.standard),
        "logging + python-json-logger": logging_with(lambda: loggers.json_logger),
        "loguru": logging_with(lambda: loggers.loguru),
        "Logfire": logging_with(lambda: loggers.logfire),
    },
    base=FLOOR,
    rounds=5,
    needs={PURE: "re2", "structlog, redacting with RE2": "re2"},
    limits=(
        *(Limit(shape, PURE, goal, FLOOR) for shape, (goal, _) in _GOALS.items()),
        *(Limit(shape, FAST, goal, FLOOR) for shape, (_, goal) in _GOALS.items()),
        Limit("six", WITHOUT_RE2, 8.0, FLOOR),
    ),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
