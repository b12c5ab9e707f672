from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import obskit
from obskit.protect import policy
from obskit.testing import capture
from tests.redaction.hostile.cases import everything
from tests.redaction.hostile.lengths import prose, texts
from tests.redaction.hostile.run import Outcome, run

SLOWEST = 10.0
LEAST = 0.95
SIZES = (64 * 1024, 1024 * 1024)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    with capture() as seen:
        found = run(everything(), seen)
        assert obskit.stats().internal_errors == 0
    return found


def test_there_are_a_thousand_hostile_cases() -> None:
    """So that a percent means ten."""
    assert sum(bool(case.secrets) for case in everything()) >= 1000


def test_no_hostile_case_crashes(outcome: Outcome) -> None:
    """Each leaves a line, with the field that stood beside it."""
    assert not outcome.broken, outcome.summary()


def test_hostile_cases_are_redacted(outcome: Outcome) -> None:
    """At least 95 of 100, half-masked ones counted as missed."""
    assert outcome.share >= LEAST, f"{outcome.share:.1%} of {outcome.judged}\n{outcome.summary()}"


def seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def slow(act: Callable[[str], object], size: int) -> dict[str, float]:
    """Return those texts that take more than so many times as long as prose of their length, and how many times."""
    plain = prose(size)
    act(plain)
    found = {}
    for name, text in texts(size).items():
        # One look is enough where it is fast; what seems slow is measured again, in turns with prose.
        times, base = [seconds(lambda text=text: act(text))], [seconds(lambda: act(plain)) for _ in range(2)]
        if times[0] > SLOWEST / 2 * min(base):
            for _ in range(4):
                base.append(seconds(lambda: act(plain)))
                times.append(seconds(lambda text=text: act(text)))
        ratio = min(statistics.median(times), times[0]) / statistics.median(base)
        if ratio > SLOWEST:
            found[name] = round(ratio, 1)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_no_text_takes_ten_times_as_long_as_prose(size: int) -> None:
    """Whatever it is made of, when the redactor alone looks at it."""
    redactor = policy.make(obskit.Redaction(), lambda: None)
    assert not slow(redactor.text, size)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_no_line_takes_ten_times_as_long_as_one_of_prose(size: int, tmp_path: Path) -> None:
    """From the log call to the file."""
    with (tmp_path / "out").open("w") as stream:
        obskit.init("hostile", console="json", stream=stream, journal=False, integrations=[])
        log = obskit.get_logger("hostile")
        found = slow(lambda text: log.info("case", data=text), size)
        obskit.shutdown(0.0)
    assert not found
