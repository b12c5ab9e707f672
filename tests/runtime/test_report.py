from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

import obskit
from obskit import state
from obskit.runtime.report import Report


class Told:
    """A report with a clock that the test moves and a place for its lines."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.lines: list[str] = []
        self.report = Report(lambda text: text.replace("hunter2", "***"), lambda: self.now, self.lines.append)


@pytest.fixture
def told() -> Told:
    return Told()


def test_once_is_once(told: Told) -> None:
    """However much time goes by, and for each topic of its own."""
    for _ in range(3):
        told.report.once("a", "first")
        told.report.once("b", "second")
        told.now += 1e6
    assert told.lines == ["obskit: first", "obskit: second"]


def test_seldom_is_every_half_minute(told: Told) -> None:
    """Within it a topic is told of a single time; others have their own."""
    said = []
    for seconds in (0.0, 0.1, 29.8, 0.2, 0.0, 30.0):
        told.now += seconds
        before = len(told.lines)
        told.report.seldom("a", "again")
        said.append(len(told.lines) - before)
    assert said == [1, 0, 0, 1, 0, 1]
    told.report.seldom("b", "another")
    assert told.lines[-1] == "obskit: another"


def test_seldom_speaks_right_after_the_start_of_a_machine(told: Told) -> None:
    """The clock begins anywhere."""
    told.now = 0.0
    told.report.seldom("a", "early")
    assert told.lines == ["obskit: early"]


def test_the_two_kinds_do_not_silence_each_other(told: Told) -> None:
    """A topic told of once can be told of seldom, and the other way round."""
    for topic, first, second in (("a", "once", "seldom"), ("b", "seldom", "once")):
        getattr(told.report, first)(topic, first)
        getattr(told.report, second)(topic, second)
    assert len(told.lines) == 4


def test_once_stays_once_whatever_else_is_told(told: Told) -> None:
    """Many other topics make nobody forget it."""
    told.report.once("a", "only")
    for n in range(1000):
        told.report.seldom(f"topic{n}", "other")
    told.report.once("a", "only")
    assert told.lines.count("obskit: only") == 1


def test_topics_without_end_fill_neither_memory_nor_stderr(told: Told) -> None:
    """Those of `seldom` make room for new ones, those of `once` end."""
    for n in range(2000):
        told.report.seldom(f"seldom{n}", "s")
        told.report.once(f"once{n}", "o")
    assert len(told.report._next) == 256
    assert told.lines.count("obskit: o") == 256
    told.report.seldom("seldom1999", "s")
    assert told.lines.count("obskit: s") == 2000


def test_secrets_are_taken_out(told: Told) -> None:
    """An exception's text may hold one."""
    told.report.once("a", "password hunter2 refused")
    told.report.seldom("b", "password hunter2 refused")
    told.report.refused("otlp", "w-l1", "hunter2")
    assert "hunter2" not in "".join(told.lines + told.report.history)
    assert told.lines[0] == "obskit: password *** refused"


def test_a_report_is_one_line_that_steers_no_terminal(told: Told) -> None:
    """Line breaks become blanks, control characters are shown."""
    told.report.once("a", "a\nobskit: forged\r\n\x1b[31mred")
    assert told.lines == ["obskit: a obskit: forged \\x1b[31mred"]


def test_a_refused_record_is_named_with_what_becomes_of_it(told: Told) -> None:
    """Target, record, reason."""
    told.report.refused("otlp+http://h:1#1", "w-l7", "status 400")
    assert told.lines == [
        "obskit: otlp+http://h:1#1 refused the record w-l7 for good: status 400; it stays in the journal"
    ]


def test_the_last_twenty_reports_are_kept(told: Told) -> None:
    """`doctor` and tests look at them."""
    for n in range(30):
        told.report.once(f"topic{n}", str(n))
    assert told.report.history == [f"obskit: {n}" for n in range(10, 30)]


@pytest.mark.parametrize("way", ["once", "seldom"])
def test_threads_that_come_together_say_it_once(told: Told, way: str) -> None:
    """The first of them speaks."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for n in range(100):
            together = threading.Barrier(4)

            def say(topic: str = f"topic{n}", together: threading.Barrier = together) -> None:
                together.wait()
                getattr(told.report, way)(topic, "x")

            threads = [threading.Thread(target=say) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(former)
    assert len(told.lines) == 100


def test_a_topic_is_told_of_again_after_a_line_that_could_not_be_written(told: Told) -> None:
    """An exception in the middle does not silence it for ever."""

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    report = Report(str, lambda: told.now, interrupt)
    with pytest.raises(KeyboardInterrupt):
        report.seldom("a", "x")
    report._write = told.lines.append
    told.now += 31
    report.seldom("a", "x")
    assert told.lines == ["obskit: x"]


def test_trouble_is_told_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Of a running configuration, by its redaction."""
    obskit.init(service="s", console=False, journal=str(tmp_path / "journal"), integrations=[])
    assert state.runtime is not None
    state.runtime.report.once("a", "no answer from postgres://joe:s3cret@db/x")
    assert capfd.readouterr().err == "obskit: no answer from postgres://[REDACTED:userinfo]@db/x\n"


def test_trouble_is_told_while_the_interpreter_goes_down(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be imported any more then; what could steer a terminal is left out all the same."""
    monkeypatch.setitem(sys.modules, "obskit.console.pretty", None)
    told.report.once("a", "the end \x1b[31mis near")
    assert told.lines == ["obskit: the end [31mis near"]
