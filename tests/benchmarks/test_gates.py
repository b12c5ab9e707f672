from __future__ import annotations

import json
import math
import subprocess
import sys
import time

import pytest

from benchmarks import compare
from benchmarks.compare import FAST, PURE, ROOT, Benchmark, Metric
from benchmarks.goals import Ceiling, Goal, Least, Limit, Steady
from benchmarks.run import BENCHMARKS
from benchmarks.timing import cpu_per_item, in_turn

GATES = [(benchmark, goal) for benchmark in BENCHMARKS for goal in benchmark.limits]


def figures(benchmark: Benchmark) -> compare.Result:
    """Return a result in which every row has every figure."""
    rows = [*benchmark.contenders, *benchmark.differences]
    found = {row: {metric.key: cell(1.0) for metric in benchmark.metrics} for row in rows}
    for goal in benchmark.limits:
        if isinstance(goal, Steady):
            found[goal.contender].update({key: cell(1.0) for key in (goal.base, *goal.of)})
    return found


def cell(median: float) -> dict[str, float]:
    return {"median": median, "low": median, "high": median}


def put(goal: Goal, result: compare.Result, factor: float) -> None:
    """Give a goal the figure that is so many times the one that would just do."""
    if isinstance(goal, Steady):
        result[goal.contender][goal.of[-1]] = cell(goal.most * factor * result[goal.contender][goal.base]["median"])
    elif isinstance(goal, Ceiling):
        result[goal.contender][goal.metric] = cell(goal.most * factor)
    else:
        assert isinstance(goal, (Limit, Least))
        asked = goal.most * factor if isinstance(goal, Limit) else goal.least / factor
        result[goal.contender][goal.metric] = cell(asked * result[goal.base][goal.metric]["median"])


@pytest.mark.parametrize(("benchmark_", "goal"), GATES, ids=lambda value: getattr(value, "name", None))
@pytest.mark.parametrize(("factor", "reached"), [(0.99, True), (1.01, False)])
def test_every_gate_closes(benchmark_, goal, factor, reached):
    """Each goal of each benchmark is reached a hundredth before its limit, and not a hundredth beyond."""
    result = figures(benchmark_)
    put(goal, result, factor)
    assert (goal.excess(result) is None) is reached
    assert (goal.excess(result) in compare.excesses(benchmark_, result)) is not reached


@pytest.mark.parametrize("benchmark_", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_base_and_goals_name_contenders(benchmark_):
    """Every base and goal names a contender and a metric that there are."""
    rows = {*benchmark_.contenders, *benchmark_.differences}
    assert benchmark_.base in {"", *benchmark_.contenders}
    assert {name for pair in benchmark_.differences.values() for name in pair} <= set(benchmark_.contenders)
    assert set(benchmark_.needs) <= set(benchmark_.contenders)
    for goal in benchmark_.limits:
        assert goal.contender in rows
        if not isinstance(goal, Steady):
            assert set(goal.keys()) <= {metric.key for metric in benchmark_.metrics}
        if isinstance(goal, (Limit, Least)):
            assert goal.base in rows


@pytest.mark.parametrize("benchmark_", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_each_script_has_its_claim(benchmark_):
    """A benchmark stands in the file of its name, and says what it does in a few sentences."""
    assert (ROOT / "benchmarks" / f"{benchmark_.name}.py").is_file()
    assert benchmark_.title
    assert benchmark_.method.endswith(".")
    assert 1 <= benchmark_.quick_rounds <= benchmark_.rounds


@pytest.mark.parametrize(("factor", "status"), [(0.9, 0), (10.0, 1)])
def test_check_of_a_real_script(tmp_path, factor, status):
    """`--check` of the real script exits with 1 on a bad figure, and with 0 on a good one."""
    named = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    result = figures(named["import_cost"])
    for goal in named["import_cost"].limits:
        put(goal, result, factor)
    source = tmp_path / "figures.json"
    source.write_text(json.dumps(result))
    command = [sys.executable, "-m", "benchmarks.import_cost", "--from", str(source), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert ("LIMIT EXCEEDED" in done.stdout) is bool(status)


def busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def measured(ours: float) -> Benchmark:
    """Return a benchmark that really measures a contender which works for so many seconds a call."""

    def contender(seconds: float) -> compare.Contender:
        return lambda quick: {"cpu": cpu_per_item(lambda _: busy(seconds), in_turn([None]), quick)}

    return Benchmark(
        "measured", "", "", (Metric("cpu", "CPU", "µs"),), {"base": contender(2e-5), PURE: contender(ours)}, "base",
        limits=(Limit("cpu", PURE, 3.0, "base"),),
    )  # fmt: skip


@pytest.mark.parametrize(("ours", "status"), [(2e-5, 0), (2e-4, 1)])
def test_a_contender_made_slow_fails_its_check(monkeypatch, capsys, ours, status):
    """What really takes ten times as long makes `--check` return 1; what takes as long doesn't."""
    monkeypatch.setattr(compare, "_measure", lambda benchmark, name, quick: benchmark.contenders[name](quick))
    assert compare.main(measured(ours), ["--quick", "--check"]) == status
    assert ("LIMIT EXCEEDED" in capsys.readouterr().out) is bool(status)


def accelerated() -> Benchmark:
    contenders = {name: (lambda quick: {"cpu": 1.0}) for name in ("base", PURE, FAST)}
    limits = tuple(Limit("cpu", name, 2.0, "base") for name in (PURE, FAST))
    return Benchmark("none", "", "", (Metric("cpu", "CPU", "µs"),), contenders, "base", limits=limits)


@pytest.fixture
def speedups(monkeypatch, request):
    """Make the accelerator look installed, or not."""
    real = compare.importlib.util.find_spec
    found = object() if request.param else None
    monkeypatch.setattr(
        compare.importlib.util, "find_spec", lambda name: found if name == "obskit_speedups" else real(name)
    )
    return bool(request.param)


@pytest.mark.parametrize("speedups", [False, True], indirect=True)
def test_the_accelerated_one_is_left_out_loudly(monkeypatch, capsys, speedups):
    """Without the accelerator its contender is left out in one line, and its goals are named as not measured."""
    monkeypatch.setattr(compare, "_measure", lambda benchmark, name, quick: benchmark.contenders[name](quick))
    benchmark = accelerated()
    result = compare.run(benchmark, quick=True)
    assert (FAST in result) is speedups
    told = [line for line in capsys.readouterr().err.splitlines() if "LEFT OUT" in line]
    assert len(told) == (0 if speedups else 1)
    assert compare.excesses(benchmark, result) == []
    assert ("not measured: no obskit_speedups here" in compare.goals(benchmark, result)) is not speedups


@pytest.mark.parametrize("speedups", [True], indirect=True)
def test_an_accelerated_one_without_a_figure_fails(speedups):
    """Where the accelerator is installed, its missing figures are a failure as any other's."""
    result = {name: {"cpu": cell(1.0)} for name in ("base", PURE)}
    assert "was not measured" in compare.excesses(accelerated(), result)[0]


@pytest.mark.parametrize(("name", "switched_off"), [(PURE, True), (FAST, False)])
def test_only_the_accelerated_one_may_load_the_accelerator(monkeypatch, name, switched_off):
    """Every other contender is told by its environment to do without."""
    seen = {}

    def run(command, env, **options):
        seen.update(env)
        return subprocess.CompletedProcess(command, 0, '{"cpu": 1.0}\n', "")

    monkeypatch.setattr(compare.subprocess, "run", run)
    monkeypatch.setenv("OBSKIT_SPEEDUPS", "left by somebody")
    compare._measure(accelerated(), name, quick=True)
    assert seen.get("OBSKIT_SPEEDUPS") == ("false" if switched_off else None)


def test_a_pure_contender_that_loads_the_accelerator_is_refused(monkeypatch, capsys):
    """A figure that was measured with the accelerator, though it should be without, is none."""
    monkeypatch.setitem(sys.modules, "obskit_speedups", object())
    with pytest.raises(SystemExit, match="obskit_speedups was loaded"):
        compare.main(accelerated(), ["--contender", PURE])
    assert compare.main(accelerated(), ["--contender", FAST]) == 0
    assert json.loads(capsys.readouterr().out) == {"cpu": 1.0}


def test_a_contender_that_does_not_end_fails(monkeypatch):
    """A contender that is not done in time is named."""

    def run(command, timeout, **options):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(compare.subprocess, "run", run)
    with pytest.raises(SystemExit, match="obskit was not done within"):
        compare._measure(accelerated(), PURE, quick=True)


def test_a_name_that_is_no_contender_is_told():
    """`--only` with a wrong name says which there are."""
    with pytest.raises(SystemExit, match="there are: base, obskit"):
        compare.run(accelerated(), only=["obskitt"])


def test_medians_of_the_rounds_are_judged(monkeypatch):
    """One outlier among the rounds neither makes nor breaks a goal."""
    rounds = iter([1.0, 1.0, 1.0, 90.0, 1.0, 1.0])
    monkeypatch.setattr(compare, "_measure", lambda benchmark, name, quick: {"cpu": next(rounds)})
    contenders = {name: (lambda quick: {"cpu": math.nan}) for name in ("base", PURE)}
    benchmark = Benchmark(
        "none", "", "", (Metric("cpu", "CPU", "µs"),), contenders, "base", rounds=3,
        limits=(Limit("cpu", PURE, 2.0, "base"),),
    )  # fmt: skip
    assert compare.excesses(benchmark, compare.run(benchmark)) == []
