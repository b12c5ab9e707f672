"""Run the contenders of one claim in turns, each in a fresh process, and compare their medians."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 300  # seconds that one contender may take

Figures = Mapping[str, float]
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
class Limit:
    """A gate: `contender` may cost at most `most` times what `base` costs."""

    metric: str
    contender: str
    most: float
    base: str

    def excess(self, result: Result) -> str | None:
        """Return what is wrong, None when the limit holds."""
        for name in (self.contender, self.base):
            if self.metric not in result.get(name, {}):
                return f"{self.metric} of {name} was not measured: its limit can't be checked"
        base = result[self.base][self.metric]["median"]
        if base <= 0:
            return f"{self.metric} of {self.base} was measured as {base:g}: no limit can be held against it"
        ratio = result[self.contender][self.metric]["median"] / base
        if ratio <= self.most:
            return None
        return f"{self.metric}: {self.contender} costs {ratio:.2f} times {self.base}, the limit is {self.most:g}"

    def __str__(self) -> str:
        """Return the limit as a sentence."""
        return f"{self.metric} of {self.contender} at most {self.most:g} times that of {self.base}."


@dataclass(frozen=True, slots=True)
class Steady:
    """A gate: none of the contender's figures in `of` may be more than `most` times its figure `base`."""

    contender: str
    of: Sequence[str]
    most: float
    base: str

    def excess(self, result: Result) -> str | None:
        """Return which figure is the worst where the limit does not hold, else None."""
        figures = result.get(self.contender, {})
        missing = [key for key in (self.base, *self.of) if key not in figures]
        if missing:
            return f"{missing[0]} of {self.contender} was not measured: its limit can't be checked"
        base = figures[self.base]["median"]
        if base <= 0:
            return f"{self.base} of {self.contender} was measured as {base:g}: no limit can be held against it"
        above = {key: ratio for key in self.of if (ratio := figures[key]["median"] / base) > self.most}
        if not above:
            return None
        worst = ", ".join(f"{key} {above[key]:.1f}" for key in sorted(above, key=lambda key: -above[key]))
        return f"{self.contender}: times {self.base}, the limit is {self.most:g}: {worst}"

    def __str__(self) -> str:
        """Return the limit as a sentence."""
        return f"each of {len(self.of)} figures of {self.contender} at most {self.most:g} times that of {self.base}."


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
        limits: Gates.
        differences: Further rows: by how much one contender is above another, round by round.
        needs: Modules that a contender needs and that need not be installed: without them it is left out.
        rounds: How often each contender runs.
        quick_rounds: The same with `--quick`.
    """

    name: str
    title: str
    method: str
    metrics: Sequence[Metric]
    contenders: Mapping[str, Callable[[bool], Figures]]
    base: str
    limits: Sequence[Limit | Steady] = field(default=())
    differences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    rounds: int = 7
    quick_rounds: int = 3


def run(benchmark: Benchmark, *, quick: bool = False, only: Sequence[str] = ()) -> Result:
    """Let each contender measure itself in turns, beginning with another one in each round."""
    absent = missing(benchmark)
    for name in absent:
        print(f"{benchmark.name}: LEFT OUT: {name}: no {benchmark.needs[name]} here; make bench", file=sys.stderr)
    names = [name for name in benchmark.contenders if (not only or name in only) and name not in absent]
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
    return [name for name, module in benchmark.needs.items() if importlib.util.find_spec(module) is None]


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


def excesses(limits: Sequence[Limit | Steady], result: Result) -> list[str]:
    """Return a sentence for each limit that does not hold."""
    return [found for limit in limits if (found := limit.excess(result)) is not None]


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
        print(json.dumps(benchmark.contenders[options.contender](options.quick)))
        return 0
    if options.source:
        result = json.loads(options.source.read_text())
    else:
        result = run(benchmark, quick=options.quick, only=options.only)
    print(table(benchmark, result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    wrong = excesses(benchmark.limits, result)
    for sentence in wrong:
        print(f"LIMIT EXCEEDED: {sentence}")
    return 1 if options.check and wrong else 0


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
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
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
