from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import obskit
from obskit.protect import policy
from obskit.testing import capture
from tests.redaction.hostile.cases import everything
from tests.redaction.hostile.lengths import ordinary, texts
from tests.redaction.hostile.run import Outcome, run

SLOWEST = 10.0
LEAST = 0.95
_numbers = itertools.count()


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


def cpu(act: Callable[[str], object], text: str) -> float:
    """Return the CPU seconds of the fastest of three calls, for a text that was not seen before each time."""
    times = []
    for _ in range(3):
        fresh = f"{next(_numbers)} {text}"
        begin = time.process_time()
        act(fresh)
        times.append(time.process_time() - begin)
    return min(times)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_no_line_takes_ten_times_as_long_as_one_of_ordinary_text(tmp_path: Path) -> None:
    """From the log call to the file, whatever one thing the text repeats, at the limit of a line."""
    size = 64 * 1024
    plain = ordinary(size)
    with (tmp_path / "out").open("w") as stream:
        obskit.init("hostile", console="json", stream=stream, journal=False, integrations=[])
        log = obskit.get_logger("hostile")

        def tell(text: str) -> None:
            log.info("case", data=text)

        base = cpu(tell, plain)
        named = {name: text for name, text in texts(size).items() if not name.startswith("mix")}
        ratios = {name: cpu(tell, text) / base for name, text in named.items()}
        obskit.shutdown(0.0)
    assert {name: ratio for name, ratio in ratios.items() if ratio > SLOWEST} == {}


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_time_grows_with_the_length_of_the_text_and_no_faster() -> None:
    """Four times the text takes less than eight times as long, also where everything is mixed."""
    redactor = policy.make(obskit.Redaction(), lambda: None)
    short, long = texts(16 * 1024), texts(64 * 1024)
    grown = {name: cpu(redactor.text, long[name]) / cpu(redactor.text, text)
             for name, text in short.items() if cpu(redactor.text, long[name]) > 0.004}  # fmt: skip
    assert {name: factor for name, factor in grown.items() if factor > 8} == {}
