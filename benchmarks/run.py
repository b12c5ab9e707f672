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
    celery_task,
    compare,
    exception_call,
    fastapi_delivery,
    fastapi_request,
    filtered_out,
    flask_request,
    held_record,
    httpx_call,
    import_cost,
    journal_line,
    log_call,
    many_threads,
    redaction_cost,
    redaction_engines,
    redaction_linear,
    span_cost,
    span_delivery,
    stdlib_bridge,
)

BENCHMARKS = (
    log_call.BENCHMARK,
    journal_line.BENCHMARK,
    held_record.BENCHMARK,
    filtered_out.BENCHMARK,
    exception_call.BENCHMARK,
    many_threads.BENCHMARK,
    stdlib_bridge.BENCHMARK,
    span_cost.BENCHMARK,
    span_delivery.BENCHMARK,
    fastapi_request.BENCHMARK,
    fastapi_delivery.BENCHMARK,
    flask_request.BENCHMARK,
    httpx_call.BENCHMARK,
    celery_task.BENCHMARK,
    backlog.BENCHMARK,
    import_cost.BENCHMARK,
    redaction_cost.BENCHMARK,
    redaction_engines.BENCHMARK,
    redaction_linear.BENCHMARK,
)
PAGE = compare.ROOT / "docs" / "performance.md"
PEERS = (
    "obskit-speedups", "structlog", "orjson", "python-json-logger", "loguru", "logfire", "sentry-sdk",
    "fastapi", "flask", "celery", "httpx", "uvicorn",
    "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-instrumentation-fastapi", "opentelemetry-instrumentation-flask",
    "opentelemetry-instrumentation-httpx", "opentelemetry-instrumentation-celery",
    "google-re2", "presidio-analyzer", "regex", "hyperscan",
)  # fmt: skip

_HEAD = """# Performance

What obskit costs beside its peers. Every number comes from the command under its table; the ratios are of one run, in
which the contenders took turns, each in a fresh process. Absolute figures depend on the machine, ratios much less: run
the commands on yours. A figure is the median of the rounds, the spread their lowest and highest.

Below a table stand the goals that its figures are judged by, with what they reached. obskit stands for the pure Python
one, with google-re2 installed; accelerated is the same with `obskit-speedups`.

`make bench` runs all of them and writes this page. `--check` exits with 1 when a goal is not reached, `--json FILE`
writes every single figure, `--quick` gives a first impression.
"""


def page(results: Mapping[str, compare.Result]) -> str:
    """Return the page for the results, by the name of their benchmark."""
    measured = [(benchmark, results[benchmark.name]) for benchmark in BENCHMARKS if benchmark.name in results]
    parts = [_HEAD, f"Measured with {_versions()}.\n", _reached(measured)]
    for benchmark, result in measured:
        parts.append(f"## {benchmark.title}\n\n{compare.table(benchmark, result)}\n")
        parts.append(f"    python -m benchmarks.{benchmark.name}\n")
        parts.append(benchmark.method + "\n")
        parts.extend(f"Left out, not being installed: {name}.\n" for name in compare.missing(benchmark))
        if benchmark.limits:
            parts.append(compare.goals(benchmark, result) + "\n")
    return "\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Be the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Run every benchmark.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds of fewer calls; docs/performance.md stays")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a goal is not reached")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this benchmark only; repeatable")
    options = parser.parse_args(arguments)
    if unknown := set(options.only) - {benchmark.name for benchmark in BENCHMARKS}:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(_names())}")
    chosen = [benchmark for benchmark in BENCHMARKS if not options.only or benchmark.name in options.only]
    results, failed = _run(chosen, quick=options.quick)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if failed:
        print("\n".join(f"FAILED: {sentence}" for sentence in failed))
    elif not options.quick and len(chosen) == len(BENCHMARKS):
        PAGE.write_text(page(results))
        print(f"written: {PAGE.relative_to(compare.ROOT)}")
    wrong = [
        f"{benchmark.name}: {found}"
        for benchmark in chosen
        if benchmark.name in results
        for found in compare.excesses(benchmark, results[benchmark.name])
    ]
    status = compare.judged(wrong, options.check)
    return 1 if failed else status


def _run(chosen: Sequence[compare.Benchmark], *, quick: bool) -> tuple[dict[str, compare.Result], list[str]]:
    """Run benchmarks; returns their results, and what became of those that failed: the others go on."""
    results: dict[str, compare.Result] = {}
    failed = []
    for benchmark in chosen:
        try:
            result = results[benchmark.name] = compare.run(benchmark, quick=quick)
        except SystemExit as why:
            failed.append(str(why))
            continue
        print(f"\n{benchmark.title}\n\n{compare.table(benchmark, result)}\n", flush=True)
        print(f"{compare.goals(benchmark, result)}\n", flush=True)
    return results, failed


def _reached(measured: Sequence[tuple[compare.Benchmark, compare.Result]]) -> str:
    verdicts = [verdict for pair in measured for verdict in compare.verdicts(*pair)]
    count = sum(verdict.startswith("reached") for verdict in verdicts)
    unmeasured = sum(verdict.startswith("not measured") for verdict in verdicts)
    rest = f", {unmeasured} not measured" if unmeasured else ""
    return f"{count} of {len(verdicts)} goals are reached{rest}.\n"


def _names() -> list[str]:
    return [benchmark.name for benchmark in BENCHMARKS]


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
