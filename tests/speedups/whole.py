"""Logs what it is told to, with or without the accelerator: the program that the tests of the whole way compare.

`python whole.py PROGRAM CONSOLE [JOURNAL]` runs one of the programs below, and prints how often `Pipeline.log` ran.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
from typing import Any

import structlog

import obskit
from obskit.decide.recorder import Recorder
from obskit.runtime.pipeline import Pipeline

calls = 0


def count() -> None:
    """Count the calls that Python takes, and let them go on."""
    original = Pipeline.log

    def log(*args: Any, **kwargs: Any) -> None:
        global calls
        calls += 1
        original(*args, **kwargs)

    Pipeline.log = log  # type: ignore[method-assign]


def values(source: random.Random) -> dict[str, Any]:
    """Return fields of many kinds, the same for the same seed."""
    kinds = [
        "EUR", 3, 129.95, True, None, "ann@shop.example", "two\nlines", "é", {"a": {"b": 1}}, [1, 2], ["a", "b"], 2**70,
        float("nan"), "x" * 300, "4111 1111 1111 1111", b"raw", (1, 2), ("password", 99887766), {"pair": ("pin", 1234)},
        "z y " * 20_000,
    ]  # fmt: skip
    names = ["order_id", "amount", "status_code", "password", "größe", "note", "user", "error", "name", "value"]
    if source.random() < 0.85:
        return {name: source.choice(kinds[:5]) for name in names[: source.randint(0, 3)]}
    return {name: source.choice(kinds) for name in source.sample(names, source.randint(0, 5))}


def everything(log: Any, source: random.Random) -> None:
    """Call the logger in every way there is."""
    fields = values(source)
    method = source.choice(["trace", "debug", "info", "msg", "warning", "warn", "error", "critical", "fatal"])
    event = source.choice([*["order accepted"] * 8, "é", "ann@shop.example", "", 5, None, "two\nlines"])
    way = source.randrange(30)
    if way == 0:
        log = log.bind(**values(source))
    elif way == 1:
        log = log.bind(logger="other.name")
    if way == 2:
        getattr(log, method)("%s of %d", event, 5, **fields)
    elif way == 3:
        getattr(log, method)(event, exc_info=ValueError("x"), **{name: 1 for name in fields if name != "error"})
    elif way == 4:
        getattr(log, method)()
    elif way == 5:
        getattr(log, method)(event=event, **fields)
    elif way == 6:
        with structlog.contextvars.bound_contextvars(tenant="t1"):
            getattr(log, method)(event, **fields)
        structlog.contextvars.clear_contextvars()
    elif way == 7:
        logging.getLogger("std.lib").info("from %s", "there", extra={"a": 1})
    else:
        getattr(log, method)(event, **fields)


def units(source: random.Random, log: Any) -> None:
    """Log inside and outside of units of work, of blocks and of spans; some fail, are kept, or are verbose."""
    for number in range(500):
        with obskit.scope(f"req-{number}", **(values(source) if number % 6 == 0 else {})):
            if number % 2:
                obskit.bind(tenant=f"t{number}")
            with obskit.bound(part=number), obskit.span("work"):
                for _ in range(4):
                    everything(log, source)
                if number % 5 == 0:
                    obskit.keep()
                if number % 7 == 0:
                    obskit.verbose()
                everything(log, source)
        everything(log, source)


def ending(log: Any) -> None:
    """End a unit from elsewhere, with a failure, while one of its records is just being held."""
    original = Recorder.hold

    def hold(recorder: Recorder, unit: Any, held: Any) -> bool:
        if b"second" in held[0]:
            unit.seal(failed=True)
        return original(recorder, unit, held)

    Recorder.hold = hold  # type: ignore[method-assign]
    for _ in range(3):
        with obskit.scope():
            log.debug("first", n=1)
            log.debug("second", n=1)


def threads(log: Any) -> None:
    """Log from 8 threads at once."""

    def run(name: int) -> None:
        for number in range(2000):
            log.info("order accepted", thread=name, number=number)

    running = [threading.Thread(target=run, args=(name,)) for name in range(8)]
    for each in running:
        each.start()
    for each in running:
        each.join()


def main() -> None:
    """Run the program that the first argument names."""
    program, console, *journal = sys.argv[1:]
    settings: dict[str, Any] = (
        {"journal": obskit.Journal(journal[0], segment_bytes=1 << 16)} if journal else {"journal": False}
    )
    with open(console, "wb") as stream:
        obskit.init("shop", console="json", stream=stream, ship=False, environment="test", integrations=[], **settings)
        log = obskit.get_logger("shop.orders")
        count()
        if program == "units":
            units(random.Random(7), log)
        elif program == "ending":
            ending(log)
        else:
            threads(log)
        print(calls)
        counted = obskit.stats()
        print(counted.dropped, counted.left_out, counted.internal_errors)
        obskit.shutdown()


if __name__ == "__main__":
    main()
