"""Run the contenders of one claim in turns, each in a fresh process, and compare their medians."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 300  # seconds that one contender may take
PURE = "obskit"
FAST = "obskit, accelerated"
_SPEEDUPS = "obskit_speedups"

Figures = Mapping[str, float]
Contender = Callable[[bool], Figures]
Result = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Metric:
    """One column: what is measured, in which unit, shown with how many digits, and whether with its ratio."""

    key: str
    label: str
    unit: str
    digits: int = 1
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One claim.

    Attributes:
        name: The module's name below `benchmarks`.
        title: What is compared, for a heading.
        method: How, for the page.
        metrics: Columns; the first is the one whose ratios are shown.
        contenders: Each measures itself once and returns its figures; told whether to be quick.
        base: The contender that the others are divided by; empty where there is none.
        limits: Goals: what `--check` judges.
        differences: Further rows: by how much one contender is above another, round by round.
        needs: Modules that a contender needs and that need not be installed: without them it is left out.
        accelerated: Contenders that run with obskit-speedups, all others run without; left out where that is not
            installed, and so are their goals.
        rounds: How often each contender runs.
        quick_rounds: The same with `--quick`.
    """

    name: str
    title: str
    method: str
    metrics: Sequence[Metric]
    contenders: Mapping[str, Contender]
    base: str
    limits: Sequence[Goal] = field(default=())
    differences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    accelerated: Collection[str] = (FAST,)
    rounds: int = 7
    quick_rounds: int = 2


def both(contender: Contender) -> dict[str, Contender]:
    """Return obskit as it is, and with its accelerator, as contenders."""
    return {PURE: contender, FAST: contender}


def run(benchmark: Benchmark, *, quick: bool = False, only: Sequence[str] = ()) -> Result:
    """Let each contender measure itself in turns, beginning with another one in each round."""
    absent = missing(benchmark)
    for name in absent:
        print(f"{benchmark.name}: LEFT OUT: {name}: no {_needed(benchmark, name)} here; make bench", file=sys.stderr)
    names = [name for name in benchmark.contenders if (not only or name in only) and name not in absent]
    if not names:
        raise SystemExit(f"{benchmark.name}: no contender is left; there are: {', '.join(benchmark.contenders)}")
    found: dict[str, list[Figures]] = {name: [] for name in names}
    rounds = benchmark.quick_rounds if quick else benchmark.rounds
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(_measure(benchmark, name, quick))
            print(f"{benchmark.name}: round {number + 1} of {rounds}, {name}", file=sys.stderr)
    for name, (more, less) in benchmark.differences.items():
        if more in found and less in found:
            found[name] = [_difference(*pair) for pair in zip(found[more], found[less], strict=True)]
    return {name: _summary(values) for name, values in found.items()}


def missing(benchmark: Benchmark) -> list[str]:
    """Return the contenders whose modules are not installed here."""
    return [
        name
        for name in benchmark.contenders
        if (module := _needed(benchmark, name)) is not None and importlib.util.find_spec(module) is None
    ]


def _needed(benchmark: Benchmark, name: str) -> str | None:
    return _SPEEDUPS if name in benchmark.accelerated else benchmark.needs.get(name)


def table(benchmark: Benchmark, result: Result) -> str:
    """Return a Markdown table: medians, the spread of the first metric, ratios to the base."""
    first, *others = benchmark.metrics
    head = [f"{first.label} ({first.unit})", "spread", *([f"against {benchmark.base}"] if benchmark.base else [])]
    head += [f"{metric.label} ({metric.unit})" for metric in others]
    lines = ["| | " + " | ".join(head) + " |", "|---" * (1 + len(head)) + "|"]
    base = result.get(benchmark.base, {})
    for name, figures in result.items():
        cell = figures[first.key]
        low, high = (f"{cell[edge]:.{first.digits}f}" for edge in ("low", "high"))
        row = [name, f"{cell['median']:.{first.digits}f}", f"{low} to {high}"]
        if benchmark.base:
            row.append(_ratio(figures, base, first.key))
        lines.append("| " + " | ".join(row + [_shown(metric, figures, base) for metric in others]) + " |")
    return "\n".join(lines)


def verdicts(benchmark: Benchmark, result: Result) -> list[str]:
    """Return what became of each goal: `reached`, `not reached` or `not measured`, with its figure."""
    return [
        f"not measured: no {_SPEEDUPS} here" if _left_out(benchmark, goal, result) else goal.verdict(result)
        for goal in benchmark.limits
    ]


def goals(benchmark: Benchmark, result: Result) -> str:
    """Return a Markdown table: each goal with what was measured and whether it is reached; empty without goals."""
    if not benchmark.limits:
        return ""
    labels = {metric.key: metric.label for metric in benchmark.metrics}
    lines = ["| goal | | |", "|---|---|---|"]
    for goal, verdict in zip(benchmark.limits, verdicts(benchmark, result), strict=True):
        keys = goal.keys()
        what = labels.get(keys[0], keys[0]) if len(keys) == 1 else f"each of {len(keys)} figures"
        lines.append(f"| {what}, {goal.contender} | {goal.aim()} | {verdict} |")
    return "\n".join(lines)


def excesses(benchmark: Benchmark, result: Result) -> list[str]:
    """Return a sentence for each goal that is not reached."""
    due = [goal for goal in benchmark.limits if not _left_out(benchmark, goal, result)]
    return [found for goal in due if (found := goal.excess(result)) is not None]


def main(benchmark: Benchmark, arguments: Sequence[str] | None = None) -> int:
    """Be the command line of one script."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{benchmark.name}", description=benchmark.title)
    parser.add_argument("--quick", action="store_true", help="fewer rounds of fewer calls: a first impression")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there, too")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a limit does not hold")
    parser.add_argument(
        "--from", type=Path, dest="source", metavar="FILE", help="read figures of --json, measure nothing"
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this contender only; repeatable")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.contender:
        return _contend(benchmark, options.contender, options.quick)
    if options.source:
        result = json.loads(options.source.read_text())
    else:
        result = run(benchmark, quick=options.quick, only=options.only)
    print(f"{table(benchmark, result)}\n\n{goals(benchmark, result)}".rstrip())
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    return judged(excesses(benchmark, result), options.check)


def judged(wrong: Sequence[str], check: bool) -> int:
    """Print what is wrong; return the status to exit with."""
    for sentence in wrong:
        print(f"LIMIT EXCEEDED: {sentence}")
    return 1 if check and wrong else 0


def _contend(benchmark: Benchmark, name: str, quick: bool) -> int:
    figures = benchmark.contenders[name](quick)
    if (_SPEEDUPS in sys.modules) is not (name in benchmark.accelerated):
        raise SystemExit(f"{_SPEEDUPS} was {'' if _SPEEDUPS in sys.modules else 'not '}loaded: this would mislead")
    print(json.dumps(figures))
    return 0


def _left_out(benchmark: Benchmark, goal: Goal, result: Result) -> bool:
    return (
        goal.contender in benchmark.accelerated
        and goal.contender not in result
        and importlib.util.find_spec(_SPEEDUPS) is None
    )


def _ratio(figures: Mapping[str, Any], base: Mapping[str, Any], key: str) -> str:
    whole = base.get(key, {}).get("median")
    return f"{figures[key]['median'] / whole:.2f}" if whole else ""


def _shown(metric: Metric, figures: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    if metric.key not in figures:
        return ""
    shown = f"{figures[metric.key]['median']:.{metric.digits}f}"
    ratio = _ratio(figures, base, metric.key) if metric.ratio else ""
    return f"{shown} ({ratio})" if ratio else shown


def _difference(more: Figures, less: Figures) -> Figures:
    return {key: more[key] - less[key] for key in more if key in less}


def _measure(benchmark: Benchmark, name: str, quick: bool) -> Figures:
    command = [
        sys.executable,
        "-m",
        f"benchmarks.{benchmark.name}",
        "--contender",
        name,
        *(["--quick"] if quick else []),
    ]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL_", "OBSKIT_", "SENTRY_", "LOGFIRE_"))}
    if name not in benchmark.accelerated:
        environment["OBSKIT_SPEEDUPS"] = "false"
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise SystemExit(f"{benchmark.name}: {name} was not done within {TIMEOUT} s") from None
    if done.returncode:
        raise SystemExit(f"{benchmark.name}: {name} failed with {done.returncode}\n{done.stdout}\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _summary(values: Sequence[Figures]) -> dict[str, dict[str, Any]]:
    keys = values[0].keys()
    by_key = {key: [figures[key] for figures in values] for key in keys}
    return {
        key: {"median": statistics.median(series), "low": min(series), "high": max(series), "values": series}
        for key, series in by_key.items()
    }
