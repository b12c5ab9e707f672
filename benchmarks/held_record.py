"""What it costs to hold a record in the flight recorder of a unit of work."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence

from benchmarks import loggers
from benchmarks.compare import FAST, PURE, Benchmark, Figures, Metric, both, main
from benchmarks.floor import FLOOR, open_for_lines, own_records, writer
from benchmarks.goals import Limit
from benchmarks.line_file import LineFile
from benchmarks.redaction_records import Event, plain
from benchmarks.timing import cpu_per_item, in_turn

UNIT = 100  # records of one unit


def floor(quick: bool) -> Figures:
    """Serialise the records that obskit makes of the same events, and write them."""
    with LineFile() as file:
        records = own_records(lambda log, event: log.info(event), plain())
        taken = cpu_per_item(writer(open_for_lines(file)), in_turn(records), quick, file.count)
    return {"units": taken, "ring": taken}


def obskit(quick: bool) -> Figures:
    """Call debug() at level INFO in units of a hundred records that end well, and in one unit whose ring is full."""
    import obskit

    with LineFile() as file, loggers.obskit(file.path):
        log = obskit.get_logger("shop.orders")

        def unit(events: Sequence[Event]) -> None:
            with obskit.scope():
                for event in events:
                    log.debug(event.message, **event.fields)

        events = in_turn(plain())
        units = cpu_per_item(unit, lambda count: [events(UNIT) for _ in range(count)], quick) / UNIT
        with obskit.scope():
            # More than any ring holds: from here on each record takes the place of an older one.
            for event in itertools.islice(itertools.cycle(plain()), 20_000):
                log.debug(event.message, **event.fields)
            ring = cpu_per_item(lambda event: log.debug(event.message, **event.fields), events, quick)
        _check(file)
    return {"units": units, "ring": ring}


def _check(file: LineFile) -> None:
    import obskit

    if file.taken():
        raise SystemExit("records of units that ended well were written: this would mislead")
    log = obskit.get_logger("shop.orders")
    try:
        with obskit.scope():
            for number in range(UNIT):
                log.debug("step", number=number)
            raise LookupError("the unit fails")
    except LookupError:
        pass
    if (found := file.taken().count(b'"step"')) != UNIT:
        raise SystemExit(f"{found} of {UNIT} records came out of a unit that failed: this would measure nothing")


BENCHMARK = Benchmark(
    name="held_record",
    title="A record that the flight recorder holds",
    method=(
        "CPU time per debug() of six fields at level INFO. In units of a hundred records that end well: with the "
        "unit's beginning and end, its share of them a hundredth. And in one unit whose ring is full, where each "
        "record takes the place of an older one. The floor is that of the same records, written. A unit that fails "
        "is checked to give out what it held."
    ),
    metrics=(
        Metric("units", "in units of 100", "µs", 2),
        Metric("ring", "in a full ring", "µs", 2, ratio=True),
    ),
    contenders={FLOOR: floor, **both(obskit)},
    base=FLOOR,
    limits=tuple(Limit(metric, name, 1.5, FLOOR) for name in (PURE, FAST) for metric in ("units", "ring")),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
