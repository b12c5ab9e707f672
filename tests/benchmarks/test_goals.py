from __future__ import annotations

import pytest

from benchmarks.goals import Ceiling, Least, Limit


def result(**medians: float) -> dict[str, dict[str, dict[str, float]]]:
    return {name: {"cpu": {"median": value, "low": value, "high": value}} for name, value in medians.items()}


LIMIT = Limit("cpu", "ours", 1.5, "theirs")
LEAST = Least("cpu", "ours", 0.5, "theirs")
CEILING = Ceiling("cpu", "ours", 8.0, "MiB")


@pytest.mark.parametrize(("ours", "holds"), [(14.9, True), (15.0, True), (15.1, False)])
def test_limit(ours, holds):
    """A limit holds up to its ratio and not beyond."""
    assert (LIMIT.excess(result(ours=ours, theirs=10.0)) is None) is holds


@pytest.mark.parametrize(("ours", "holds"), [(5.1, True), (5.0, True), (4.9, False)])
def test_least(ours, holds):
    """A least ratio holds from there on and not below."""
    assert (LEAST.excess(result(ours=ours, theirs=10.0)) is None) is holds


@pytest.mark.parametrize(("ours", "holds"), [(7.9, True), (8.0, True), (8.1, False)])
def test_ceiling(ours, holds):
    """A ceiling holds up to its figure, whatever others take."""
    assert (CEILING.excess(result(ours=ours)) is None) is holds


@pytest.mark.parametrize("goal", [LIMIT, LEAST])
def test_a_goal_without_a_figure_is_not_reached(goal):
    """A goal whose figure is missing fails, and says so."""
    assert "was not measured" in str(goal.excess(result(theirs=10.0)))
    assert goal.verdict(result(theirs=10.0)) == "not measured"


def test_nothing_is_held_against_a_base_of_nothing():
    """A base that was measured as zero fails its goal, instead of dividing by it."""
    assert "no limit can be held" in str(LIMIT.excess(result(ours=1.0, theirs=0.0)))


@pytest.mark.parametrize(
    ("goal", "ours", "verdict"),
    [
        (LIMIT, 12.0, "reached: 1.20"),
        (LIMIT, 20.0, "**not reached: 2.00**"),
        (LEAST, 2.0, "**not reached: 0.20**"),
        (CEILING, 9.5, "**not reached: 9.50**"),
    ],
)
def test_verdict(goal, ours, verdict):
    """A verdict says whether a goal is reached, with the figure."""
    assert goal.verdict(result(ours=ours, theirs=10.0)) == verdict


def test_complaints_name_figure_and_limit():
    """What `--check` prints names the contender, what it took and what was asked for."""
    found = result(ours=20.0, theirs=100.0)
    assert Limit("cpu", "ours", 0.1, "theirs").excess(found) == "cpu: ours costs 0.20 times theirs, the limit is 0.1"
    assert LEAST.excess(found) == "cpu: ours reaches 0.20 times theirs, the least is 0.5"
    assert CEILING.excess(found) == "cpu: ours takes 20.00 MiB, the limit is 8"
