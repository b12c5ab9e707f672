"""What one exception() costs, of an exception that came up through twenty frames."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import loggers, scrubbers
from benchmarks.compare import FAST, PURE, Benchmark, Contender, Figures, Metric, both, main
from benchmarks.exception_records import Program, handled
from benchmarks.floor import FLOOR, open_for_lines, own_records, writer
from benchmarks.goals import Limit
from benchmarks.line_file import LineFile
from benchmarks.redaction_records import FRAMES
from benchmarks.timing import cpu_per_item, in_turn


def floor(quick: bool) -> Figures:
    """Serialise the records that obskit makes of such exceptions, and write them: their traces are texts already."""
    with tempfile.TemporaryDirectory() as place, LineFile() as file:
        failures = Program(Path(place)).failures(500)
        records = own_records(lambda log, failure: handled(log.exception)(failure), failures)
        if any(record["error"]["stack_trace"].count('  File "') != FRAMES for record in records):
            raise SystemExit(f"obskit wrote a trace of other than {FRAMES} frames: this would mislead")
        taken = cpu_per_item(writer(open_for_lines(file)), in_turn(records), quick, file.count)
        return {"cpu": taken, "bytes": file.size}


def logging_with(setup: Callable[[], loggers.Setup]) -> Contender:
    """Return a contender that logs exceptions, each new, with one logger."""

    def contender(quick: bool) -> Figures:
        with tempfile.TemporaryDirectory() as place, LineFile() as file, setup()(file.path) as log:
            program = Program(Path(place))
            call = handled(log.exception)
            taken = cpu_per_item(call, program.failures, quick, file.count)
            call(program.failures(1)[0])
            if b"StockError" not in (last := file.taken()) and b"KeyError" not in last:
                raise SystemExit("the line does not tell of the exception: this would mislead")
            return {"cpu": taken, "bytes": file.size}

    return contender


def _structlog_dicts() -> loggers.Setup:
    import structlog

    return loggers.structlog(exceptions=structlog.processors.dict_tracebacks)


def _structlog_dicts_alone() -> loggers.Setup:
    from structlog.processors import ExceptionRenderer
    from structlog.tracebacks import ExceptionDictTransformer

    return loggers.structlog(exceptions=ExceptionRenderer(ExceptionDictTransformer(show_locals=False)))


def _structlog_redacting() -> Any:
    return loggers.structlog(loggers.processor(scrubbers.linear()))


BENCHMARK = Benchmark(
    name="exception_call",
    title="One exception() of twenty frames, to a file",
    method=(
        "CPU time of the process per call: an exception with 20 frames, whose source lines are read from files, is "
        "raised and logged where it is handled, with six fields. 60 functions of 12 modules call one another along "
        "ways that differ, every exception is new. The floor is `orjson.dumps` of the very record that obskit writes, "
        "its stack trace a text already, and one `os.write`. obskit redacts, and works out the fingerprint; the peers "
        "do neither, but where the row says so. structlog's dictionaries have the variables of each frame by default; "
        "loguru is told to leave them out."
    ),
    metrics=(Metric("cpu", "CPU per call", "µs"), Metric("bytes", "mean line", "bytes", 0)),
    contenders={
        FLOOR: floor,
        **both(logging_with(lambda: loggers.obskit)),
        "structlog, format_exc_info": logging_with(loggers.structlog),
        "structlog, the same, redacting with RE2": logging_with(_structlog_redacting),
        "structlog, dict_tracebacks": logging_with(_structlog_dicts),
        "structlog, dict_tracebacks without variables": logging_with(_structlog_dicts_alone),
        "logging + python-json-logger": logging_with(lambda: loggers.json_logger),
        "loguru": logging_with(lambda: loggers.loguru),
        "Logfire": logging_with(lambda: loggers.logfire),
    },
    base=FLOOR,
    rounds=5,
    quick_rounds=1,
    needs={PURE: "re2", "structlog, the same, redacting with RE2": "re2"},
    limits=(Limit("cpu", PURE, 20, FLOOR), Limit("cpu", FAST, 12, FLOOR)),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
