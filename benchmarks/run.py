"""Run every benchmark and write docs/performance.md: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import (
    backlog,
    compare,
    fastapi_request,
    import_cost,
    log_call,
    redaction_cost,
    redaction_engines,
    redaction_linear,
    span_delivery,
)

BENCHMARKS = (
    log_call.BENCHMARK,
    span_delivery.BENCHMARK,
    fastapi_request.BENCHMARK,
    backlog.BENCHMARK,
    import_cost.BENCHMARK,
    redaction_cost.BENCHMARK,
    redaction_engines.BENCHMARK,
    redaction_linear.BENCHMARK,
)
PAGE = compare.ROOT / "docs" / "performance.md"
PEERS = (
    "structlog", "orjson", "python-json-logger", "loguru", "logfire", "sentry-sdk", "fastapi", "uvicorn",
    "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http", "opentelemetry-instrumentation-fastapi",
    "google-re2", "presidio-analyzer", "regex", "hyperscan",
)  # fmt: skip

_HEAD = """# Performance

What obskit costs beside its peers. Every number comes from the command under its table; the ratios are of one run, in
which the contenders took turns, each in a fresh process. Absolute figures depend on the machine, ratios much less: run
the commands on yours. A figure is the median of the rounds, the spread their lowest and highest.

`make bench` runs all of them and writes this page. `--check` exits with 1 when a limit is exceeded, `--json FILE`
writes every single figure, `--quick` gives a first impression.
"""


def page(results: Mapping[str, compare.Result]) -> str:
    """Return the page for the results, by the name of their benchmark."""
    parts = [_HEAD, f"Measured with {_versions()}.\n"]
    for benchmark in BENCHMARKS:
        if benchmark.name not in results:
            continue
        result = results[benchmark.name]
        parts.append(f"## {benchmark.title}\n\n{compare.table(benchmark, result)}\n")
        parts.append(f"    python -m benchmarks.{benchmark.name}\n")
        parts.append(benchmark.method + "\n")
        parts.extend(f"Left out, not being installed: {name}.\n" for name in compare.missing(benchmark))
        parts.extend(_limit(limit, result) for limit in benchmark.limits)
    return "\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Be the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Run every benchmark.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds of fewer calls; docs/performance.md stays")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a limit does not hold")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this benchmark only; repeatable")
    options = parser.parse_args(arguments)
    chosen = [benchmark for benchmark in BENCHMARKS if not options.only or benchmark.name in options.only]
    results = {}
    for benchmark in chosen:
        results[benchmark.name] = compare.run(benchmark, quick=options.quick)
        print(f"\n{benchmark.title}\n\n{compare.table(benchmark, results[benchmark.name])}\n", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if not options.quick and len(chosen) == len(BENCHMARKS):
        PAGE.write_text(page(results))
        print(f"written: {PAGE.relative_to(compare.ROOT)}")
    wrong = [found for benchmark in chosen for found in compare.excesses(benchmark.limits, results[benchmark.name])]
    for sentence in wrong:
        print(f"LIMIT EXCEEDED: {sentence}")
    return 1 if options.check and wrong else 0


def _limit(limit: compare.Limit | compare.Steady, result: compare.Result) -> str:
    holds = "It holds." if limit.excess(result) is None else "**It does not hold.**"
    return f"Limit: {limit} {holds}\n"


def _versions() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return ", ".join([python, *(f"{name} {_version(name)}" for name in PEERS)])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
