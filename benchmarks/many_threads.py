"""How many lines eight threads write in a second."""

from __future__ import annotations

import gc
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import orjson

from benchmarks import loggers
from benchmarks.compare import FAST, PURE, Benchmark, Contender, Figures, Metric, both, main
from benchmarks.floor import FLOOR, own_records, writer
from benchmarks.goals import Least
from benchmarks.line_file import LineFile
from benchmarks.redaction_records import Event, plain

THREADS = 8
LINES = 2_000  # of one thread
QUICK_LINES = 500

Unit = Callable[[], Any]


def floor(quick: bool) -> Figures:
    """Serialise the records that obskit makes of the same events, and write them, eight threads at a time."""
    events = _events(QUICK_LINES if quick else LINES)
    with LineFile() as file:
        records = [own_records(lambda log, event: log.info(event), each) for each in events]
        descriptor = os.open(file.path, os.O_WRONLY | os.O_APPEND)
        return _measure(writer(descriptor), records, nullcontext, file, quick)


def logging_with(setup: Callable[[], loggers.Setup], unit: Unit) -> Contender:
    """Return a contender whose threads log with one logger, each in a unit of work of its own."""

    def contender(quick: bool) -> Figures:
        with LineFile() as file, setup()(file.path) as log:
            return _measure(log.info, _events(QUICK_LINES if quick else LINES), unit, file, quick)

    return contender


def _obskit_unit() -> Any:
    import obskit

    return obskit.scope()


def _structlog_unit() -> Any:
    import structlog

    from benchmarks.log_records import IDS, SERVICE

    return structlog.contextvars.bound_contextvars(**IDS, **SERVICE)


def _events(lines: int) -> list[list[Event]]:
    events = plain()
    return [
        [
            (event := events[(thread * lines + number) % len(events)])._replace(
                fields={**event.fields, "place": f"{thread}-{number}"}
            )
            for number in range(lines)
        ]
        for thread in range(THREADS)
    ]


def _measure(
    call: Callable[[Any], object], each: Sequence[Sequence[Any]], unit: Unit, file: LineFile, quick: bool
) -> Figures:
    lines = sum(map(len, each))
    rates, used = [], []
    # The first one warms up.
    for number in range(4 if quick else 6):
        gc.collect()
        seconds, cpu = _together(call, each, unit)
        _check(file.taken(), lines)
        if number:
            rates.append(lines / seconds / 1000)
            used.append(cpu / lines * 1e6)
    return {"rate": statistics.median(rates), "cpu": statistics.median(used)}


def _together(call: Callable[[Any], object], each: Sequence[Sequence[Any]], unit: Unit) -> tuple[float, float]:
    ready = threading.Barrier(len(each) + 1)

    def work(mine: Sequence[Any]) -> None:
        with unit():
            ready.wait()
            for one in mine:
                call(one)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in each]
    for thread in threads:
        thread.start()
    ready.wait()
    begin, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin, time.process_time() - cpu


def _check(written: bytes, lines: int) -> None:
    """Refuse lines that are torn, twice there, or missing."""
    places = [_place(orjson.loads(line)) for line in written.splitlines()]
    if len(places) != lines or len(set(places)) != lines:
        raise SystemExit(f"{len(places)} lines with {len(set(places))} places, {lines} were logged: one is missing")


def _place(record: dict[str, Any]) -> str:
    if "record" in record:
        record = record["record"]["extra"]
    return str(record.get("context", record)["place"])


BENCHMARK = Benchmark(
    name="many_threads",
    title="Eight threads that log",
    method=(
        "Lines a second of eight threads together, each in a unit of work of its own, that log 2,000 events of six "
        "fields (and one that tells them apart) to one file; median of five turns. Every line is parsed afterwards: "
        "none torn, none missing, none twice. The floor is `orjson.dumps` of the very records that obskit writes and "
        "one `os.write` each, by eight threads as well."
    ),
    metrics=(Metric("rate", "lines", "1,000/s", 1), Metric("cpu", "CPU per line", "µs", 1, ratio=True)),
    contenders={
        FLOOR: floor,
        **both(logging_with(lambda: loggers.obskit, _obskit_unit)),
        "structlog + orjson": logging_with(loggers.structlog, _structlog_unit),
        "logging + python-json-logger": logging_with(lambda: loggers.json_logger, nullcontext),
        "loguru": logging_with(lambda: loggers.loguru, nullcontext),
    },
    base=FLOOR,
    rounds=5,
    quick_rounds=1,
    limits=(Least("rate", PURE, 0.2, FLOOR), Least("rate", FAST, 0.5, FLOOR)),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
