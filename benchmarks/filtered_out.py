"""What a debug() costs that the level filters out."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.compare import FAST, PURE, Benchmark, Figures, Metric, both, main
from benchmarks.goals import Limit

Loop = Callable[[int], object]
STANDARD = "logging"
CALLS = 100_000
_TEXT = "order %s: %s %s, %s items from %s, express %s"
ORDER, AMOUNT, CURRENCY, ITEMS, WAREHOUSE, EXPRESS = "o-20391", 129.95, "EUR", 3, "fra-2", True


def standard(quick: bool) -> Figures:
    """Call the standard library's debug()."""
    log = logging.getLogger("shop.orders")
    log.setLevel(logging.INFO)

    def fields(calls: int) -> None:
        for _ in range(calls):
            log.debug(
                "order accepted",
                extra={
                    "order_id": ORDER, "amount": AMOUNT, "currency": CURRENCY, "items": ITEMS, "warehouse": WAREHOUSE,
                    "express": EXPRESS,
                },
            )  # fmt: skip

    return _measure(fields, _arguments(log), _event(log), quick)


def obskit(quick: bool) -> Figures:
    """Call obskit's debug() outside a unit of work, so that nothing is held."""
    import obskit

    with open(os.devnull, "a") as stream:  # noqa: PTH123 - not a path
        obskit.init("shop", console="json", stream=stream, journal=False)
        return _named(obskit.get_logger("shop.orders"), quick)


def structlog(quick: bool) -> Figures:
    """Call structlog's debug(), whose filtering logger does nothing at all below its level."""
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO), cache_logger_on_first_use=True
    )
    return _named(structlog.get_logger().bind(logger="shop.orders"), quick)


def loguru(quick: bool) -> Figures:
    """Call loguru's debug()."""
    from loguru import logger

    logger.remove()
    with open(os.devnull, "a") as stream:  # noqa: PTH123 - not a path
        logger.add(stream, level="INFO")
        return _named(logger, quick)


def logfire(quick: bool) -> Figures:
    """Call Logfire's debug() below its minimum level."""
    import logfire

    with contextlib.redirect_stdout(None):
        logfire.configure(send_to_logfire=False, console=False, metrics=False, min_level="info")
    log: Any = logfire
    return _measure(_fields(log), None, _event(log), quick)


def _named(log: Any, quick: bool) -> Figures:
    return _measure(_fields(log), _arguments(log), _event(log), quick)


def _fields(log: Any) -> Loop:
    def loop(calls: int) -> None:
        for _ in range(calls):
            log.debug(
                "order accepted",
                order_id=ORDER, amount=AMOUNT, currency=CURRENCY, items=ITEMS, warehouse=WAREHOUSE, express=EXPRESS,
            )  # fmt: skip

    return loop


def _arguments(log: Any) -> Loop:
    def loop(calls: int) -> None:
        for _ in range(calls):
            log.debug(_TEXT, ORDER, AMOUNT, CURRENCY, ITEMS, WAREHOUSE, EXPRESS)

    return loop


def _event(log: Any) -> Loop:
    def loop(calls: int) -> None:
        for _ in range(calls):
            log.debug("order accepted")

    return loop


def _measure(fields: Loop, arguments: Loop | None, event: Loop, quick: bool) -> Figures:
    loops = {"fields": fields, "event": event, **({} if arguments is None else {"arguments": arguments})}
    return {name: _per_call(loop, CALLS // 10 if quick else CALLS) for name, loop in loops.items()}


def _per_call(loop: Loop, calls: int) -> float:
    loop(2_000)
    gc.collect()
    blocks = []
    for _ in range(7):
        begin = time.process_time_ns()
        loop(calls)
        blocks.append((time.process_time_ns() - begin) / calls)
    return statistics.median(blocks)


BENCHMARK = Benchmark(
    name="filtered_out",
    title="A debug() that the level filters out",
    method=(
        "CPU time per call, in a loop, the loop included, with level INFO; obskit outside a unit of work, so that its "
        "flight recorder holds nothing. Calls of one shape are compared: an event with six named fields, which the "
        "standard library takes as `extra={...}` and the others as keywords; a text with six positional arguments, "
        "which is left unformatted; an event alone. Logfire takes no positional arguments."
    ),
    metrics=(
        Metric("fields", "six named fields", "ns", 0),
        Metric("arguments", "six arguments", "ns", 0, ratio=True),
        Metric("event", "the event alone", "ns", 0, ratio=True),
    ),
    contenders={
        STANDARD: standard,
        **both(obskit),
        "structlog": structlog,
        "loguru": loguru,
        "Logfire": logfire,
    },
    base=STANDARD,
    limits=tuple(
        Limit(shape, name, 1.0, STANDARD) for name in (PURE, FAST) for shape in ("fields", "arguments", "event")
    ),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
