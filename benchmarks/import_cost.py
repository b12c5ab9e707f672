"""What `import obskit` costs in time and memory."""

from __future__ import annotations

import importlib
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.compare import Benchmark, Contender, Figures, Metric, main
from benchmarks.goals import Ceiling, Limit

BASE = "structlog"
INIT = "obskit, import and init()"


def imports(*modules: str, rich: bool = False) -> Contender:
    """Return a contender that imports these modules, with or without rich at hand."""

    def contender(_quick: bool) -> Figures:
        if not rich:
            # structlog imports rich where that is installed, which an application need not have.
            sys.modules["rich"] = None  # type: ignore[assignment]
        return _figures(lambda: [importlib.import_module(module) for module in modules])

    return contender


def started(*, line: bool) -> Contender:
    """Return a contender: `import obskit` and `init()`, and its first line, which is what a service pays in the end."""

    def contender(_quick: bool) -> Figures:
        import tempfile

        sys.modules["rich"] = None  # type: ignore[assignment]
        with tempfile.TemporaryDirectory() as place:
            figures = _figures(lambda: _start(place, line=line))
            import obskit

            obskit.shutdown()
        return figures

    return contender


def _start(place: str, *, line: bool) -> None:
    import obskit

    obskit.init("shop", journal=place, console=False)
    if line:
        obskit.get_logger().info("started")


def _figures(call: Callable[[], object]) -> Figures:
    before, count = _resident(), len(sys.modules)
    begin, wall = time.process_time_ns(), time.perf_counter_ns()
    call()
    used, passed = time.process_time_ns() - begin, time.perf_counter_ns() - wall
    return {
        "cpu": used / 1e6,
        "wall": passed / 1e6,
        "memory": (_resident() - before) / 1024,
        "modules": len(sys.modules) - count,
    }


def _resident() -> int:
    """Return the resident size in KiB: the present one, for the largest is the parent's where that was larger."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() // 1024


BENCHMARK = Benchmark(
    name="import_cost",
    title="The cost of an import",
    method=(
        "CPU time, growth of the resident size, and number of modules, of the import in a fresh process "
        "whose byte code is cached; what the interpreter and the benchmark load themselves is not counted. rich is "
        "made unavailable, for structlog would import it where it is installed; Logfire requires it."
    ),
    metrics=(
        Metric("cpu", "CPU", "ms", 1),
        Metric("wall", "time", "ms", 1),
        Metric("memory", "memory", "MiB", 1),
        Metric("modules", "modules", "number", 0),
    ),
    contenders={
        "obskit": imports("obskit"),
        INIT: started(line=False),
        "obskit, init() and one line": started(line=True),
        BASE: imports("structlog"),
        "opentelemetry-api": imports("opentelemetry.trace"),
        "opentelemetry-sdk": imports("opentelemetry.sdk.trace.export"),
        "sentry-sdk": imports("sentry_sdk"),
        "Logfire": imports("logfire", rich=True),
    },
    base=BASE,
    limits=(
        Limit("cpu", "obskit", 0.45, BASE),
        Ceiling("memory", "obskit", 8.0, "MiB"),
        Limit("cpu", INIT, 2.0, BASE),
    ),
    rounds=15,
    quick_rounds=3,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
