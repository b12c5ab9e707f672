from __future__ import annotations

import json

import pytest

from benchmarks import compare, import_cost, log_call, run
from benchmarks.compare import FAST, PURE
from benchmarks.run import BENCHMARKS, page


def figures(benchmark: compare.Benchmark, median: float = 1.0) -> compare.Result:
    cell = {"median": median, "low": median, "high": median}
    rows = [*benchmark.contenders, *benchmark.differences]
    return {name: {metric.key: cell for metric in benchmark.metrics} for name in rows}


def test_table_shows_medians_spread_and_ratios():
    """A table has a row a contender with its median, its spread and its ratio."""
    benchmark = import_cost.BENCHMARK
    result = figures(benchmark, 4.0)
    result["obskit"] = {metric.key: {"median": 12.0, "low": 11.0, "high": 13.0} for metric in benchmark.metrics}
    assert "| obskit | 12.0 | 11.0 to 13.0 | 3.00 | 12.0 | 12.0 | 12 |" in compare.table(benchmark, result)


def test_goals_stand_beside_their_results():
    """Each goal is in a table with what was measured, whether it was reached or not."""
    result = figures(log_call.BENCHMARK)
    result[PURE] = {**result[PURE], "six": {"median": 9.0, "low": 9.0, "high": 9.0}}
    del result[FAST]
    lines = compare.goals(log_call.BENCHMARK, result).splitlines()
    assert "| six fields, obskit | at most 5 times floor: orjson + write | **not reached: 9.00** |" in lines
    assert "| one field, obskit | at most 4.5 times floor: orjson + write | reached: 1.00 |" in lines
    assert len(lines) == 2 + len(log_call.BENCHMARK.limits)


def test_page_names_the_command_beside_each_table():
    """The page has each measured benchmark with its command, its goals, and how many of all are reached."""
    text = page({benchmark.name: figures(benchmark) for benchmark in (import_cost.BENCHMARK, log_call.BENCHMARK)})
    assert "    python -m benchmarks.import_cost\n" in text
    assert "    python -m benchmarks.log_call\n" in text
    assert "| CPU, obskit | at most 0.45 times structlog | **not reached: 1.00** |" in text
    assert " goals are reached" in text
    assert "python -m benchmarks.backlog" not in text


def test_page_renders_every_benchmark():
    """A page of all of them has a section for each, and no table that ends early."""
    measured = [one for one in BENCHMARKS if one.base or one.name == "stdlib_bridge"]
    text = page({benchmark.name: figures(benchmark) for benchmark in measured})
    assert [line for line in text.splitlines() if line.startswith("## ")] == [f"## {one.title}" for one in measured]
    assert "None" not in text


def test_what_fails_does_not_stop_the_others(monkeypatch, capsys, tmp_path):
    """A benchmark that fails is named in the end, the others are measured, the status is 1, the page stays."""

    def measured(benchmark, *, quick, only=()):
        if benchmark is log_call.BENCHMARK:
            raise SystemExit("log_call: obskit failed with 1")
        return figures(benchmark)

    monkeypatch.setattr(compare, "run", measured)
    monkeypatch.setattr(run, "PAGE", tmp_path / "performance.md")
    monkeypatch.setattr(run, "BENCHMARKS", (log_call.BENCHMARK, import_cost.BENCHMARK))
    target = tmp_path / "figures.json"
    assert run.main(["--json", str(target)]) == 1
    assert "FAILED: log_call: obskit failed with 1" in capsys.readouterr().out
    assert list(json.loads(target.read_text())) == ["import_cost"]
    assert not (tmp_path / "performance.md").exists()


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--check"], 1)])
def test_the_whole_run_is_judged(monkeypatch, capsys, tmp_path, arguments, status):
    """`python -m benchmarks --check` returns 1 for a goal that is not reached, and writes the page all the same."""

    def measured(benchmark, *, quick):
        return figures(benchmark)

    monkeypatch.setattr(compare, "run", measured)
    monkeypatch.setattr(run, "PAGE", tmp_path / "performance.md")
    monkeypatch.setattr(compare, "ROOT", tmp_path)
    monkeypatch.setattr(run, "BENCHMARKS", (import_cost.BENCHMARK,))
    assert run.main(arguments) == status
    assert "LIMIT EXCEEDED: import_cost: cpu: obskit costs 1.00 times structlog" in capsys.readouterr().out
    assert (tmp_path / "performance.md").read_text().startswith("# Performance\n")


def test_a_benchmark_that_there_is_not_is_refused(capsys):
    """`--only` with a wrong name says which there are."""
    with pytest.raises(SystemExit):
        run.main(["--only", "logcall"])
    assert "there is no benchmark logcall; there are: log_call" in capsys.readouterr().err
