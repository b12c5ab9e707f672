from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks import backlog, compare, import_cost, log_call
from benchmarks.run import BENCHMARKS, page


def result(**medians: float) -> compare.Result:
    return {name: {"cpu": {"median": value, "low": value, "high": value}} for name, value in medians.items()}


LIMIT = compare.Limit("cpu", "ours", 1.5, "theirs")


@pytest.mark.parametrize(("ours", "holds"), [(14.9, True), (15.0, True), (15.1, False)])
def test_limit(ours, holds):
    """A limit holds up to its ratio and not beyond."""
    assert (LIMIT.excess(result(ours=ours, theirs=10.0)) is None) is holds


def test_limit_without_a_figure_does_not_hold():
    """A limit whose figure is missing fails, and says so."""
    assert "was not measured" in str(LIMIT.excess(result(theirs=10.0)))


@pytest.mark.parametrize(("ours", "status"), [(1.0, 0), (100.0, 1)])
def test_check_of_the_import_gate(tmp_path, ours, status):
    """`--check` of the real script exits with 1 on a bad figure, and with 0 on a good one."""
    metrics = ("cpu", "wall", "memory", "modules")
    figures = {
        name: {metric: {"median": value, "low": value, "high": value} for metric in metrics}
        for name, value in (("obskit", ours), (import_cost.BASE, 10.0))
    }
    source = tmp_path / "figures.json"
    source.write_text(json.dumps(figures))
    command = [sys.executable, "-m", "benchmarks.import_cost", "--from", str(source), "--check"]
    done = subprocess.run(command, cwd=compare.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert ("LIMIT EXCEEDED" in done.stdout) is bool(status)


def test_backlog_has_its_gate():
    """A p99 of more than twice the idle one is found."""
    cell = {"low": 0.0, "high": 0.0}
    figures = {"idle": {"p99": {"median": 1.0, **cell}}, "draining": {"p99": {"median": 2.1, **cell}}}
    assert compare.excesses(backlog.BENCHMARK.limits, figures) == [
        "p99: draining costs 2.10 times idle, the limit is 2"
    ]


def test_table_shows_medians_spread_and_ratios():
    """A table has a row a contender with its median, its spread and its ratio."""
    figures = {
        name: {"cpu": {"median": m, "low": m - 1, "high": m + 1}, "bytes": {"median": 9.0, "low": 9.0, "high": 9.0}}
        for name, m in ((log_call.BENCHMARK.base, 4.0), ("obskit", 12.0))
    }
    assert "| obskit | 12.0 | 11.0 to 13.0 | 3.00 | 9 |" in compare.table(log_call.BENCHMARK, figures)


def test_page_names_the_command_beside_each_table():
    """The page has each measured benchmark with its command and whether its limits hold."""
    figures = {
        name: {m.key: {"median": 1.0, "low": 1.0, "high": 1.0} for m in import_cost.BENCHMARK.metrics}
        for name in import_cost.BENCHMARK.contenders
    }
    text = page({"import_cost": figures})
    assert "    python -m benchmarks.import_cost\n" in text
    assert "It holds." in text


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_base_and_limits_name_contenders(benchmark):
    """Every base and limit names a contender and a metric that there are."""
    rows = {*benchmark.contenders, *benchmark.differences}
    assert benchmark.base in {"", *benchmark.contenders}
    assert {name for pair in benchmark.differences.values() for name in pair} <= set(benchmark.contenders)
    assert set(benchmark.needs) <= set(benchmark.contenders)
    for limit in benchmark.limits:
        assert limit.contender in rows
        if isinstance(limit, compare.Limit):
            assert limit.base in rows
            assert limit.metric in {metric.key for metric in benchmark.metrics}


def test_contenders_run_in_turns_in_processes_of_their_own():
    """One quick import contender is measured for real: its figures are positive."""
    found = compare.run(import_cost.BENCHMARK, quick=True, only=["opentelemetry-api"])
    assert found["opentelemetry-api"]["cpu"]["median"] > 0
    assert len(found["opentelemetry-api"]["cpu"]["values"]) == import_cost.BENCHMARK.quick_rounds
