from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from opentelemetry import trace

import obskit
from obskit import state
from obskit.runtime import forks


def start(tmp_path: Path, **arguments: Any) -> None:
    obskit.init(service="s", console=False, journal=str(tmp_path / "journal"), integrations=[], **arguments)


def test_wrong_settings_are_all_told_in_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments and variables, each with its name, its value and what is accepted."""
    monkeypatch.setenv("OBSKIT_SAMPLING_RATE", "2")
    with pytest.raises(obskit.ConfigError) as raised:
        obskit.init(level="LOUD", otlp_endpoint="ftp://x", sentry_dsn="https://k3y@nowhere")
    text = str(raised.value)
    assert all(part in text for part in ("level", "LOUD", "OBSKIT_SAMPLING_RATE", "otlp_endpoint", "sentry_dsn"))
    assert "k3y" not in text
    assert state.runtime is None


def test_an_argument_that_equals_its_default_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the caller wrote down counts."""
    monkeypatch.setenv("OBSKIT_ENVIRONMENT", "production")
    obskit.init("s", "development", console=False, journal=False, integrations=[])
    assert state.runtime is not None
    assert state.runtime.settings.environment == "development"


def test_a_fourth_positional_argument_is_refused() -> None:
    """Everything beyond service, environment and version is named."""
    with pytest.raises(TypeError, match="name the others"):
        obskit.init("s", "e", "v", "INFO")  # type: ignore[misc]


def test_init_again_reconfigures_and_loses_nothing(tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """The first run's lines are there, the second's have the new service."""
    start(tmp_path)
    log = obskit.get_logger("t")
    log.info("one")
    obskit.init(service="other", console=False, journal=str(tmp_path / "journal"), integrations=[])
    log.info("two")
    assert sorted((line["message"], line["service"]) for line in lines()) == [("one", "s"), ("two", "other")]


def test_fifty_rounds_of_init_and_shutdown_leak_nothing(tmp_path: Path) -> None:
    """Descriptors and threads are given back."""

    def counts() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), threading.active_count()

    start(tmp_path)
    obskit.shutdown()
    before = counts()
    for _ in range(50):
        start(tmp_path, otlp_endpoint="http://127.0.0.1:9")
        obskit.get_logger("t").info("x")
        obskit.shutdown(0.0)
    after = counts()
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1]


def test_a_directory_that_cannot_be_used_degrades(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The application goes on, told once, and stats() shows it."""
    bad = tmp_path / "shared"
    bad.mkdir()
    bad.chmod(0o777)
    obskit.init(service="s", console=False, journal=bad, integrations=[])
    for _ in range(5):
        obskit.get_logger("t").info("x")
    err = capfd.readouterr().err
    assert err.count("others can write to it") == 1
    assert obskit.stats().journal == {}
    assert obskit.stats().emitted == 5


def test_sampling_is_one_decision_for_a_traces_logs_and_spans(
    tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """At rate 0.3 a trace is whole or absent; what is kept says what it stands for; errors always stay."""
    start(tmp_path, sampling=obskit.Sampling(rate=0.3))
    log = obskit.get_logger("t")
    for _ in range(200):
        with obskit.span("work"):
            log.info("a")
            log.info("b")
    with obskit.span("failing"):
        log.error("kept")
    found = lines()
    by_trace: dict[str, list[str]] = {}
    for line in found:
        if line.get("message") != "kept" and line.get("name") != "failing":
            by_trace.setdefault(line["trace_id"], []).append(line.get("name") or line["message"])
            assert line["sampling"] == {"rate": 0.3, "reason": "head"}
    assert all(sorted(kept) == ["a", "b", "work"] for kept in by_trace.values())
    assert 30 < len(by_trace) < 90
    assert [line.get("sampling") for line in found if line.get("message") == "kept"] == [None]
    assert obskit.stats().left_out["sampling"] >= 300


def test_an_error_span_of_an_unsampled_trace_is_kept(tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """Errors always stay, spans too."""
    start(tmp_path, sampling=obskit.Sampling(rate=0.0))
    with pytest.raises(ValueError, match="x"), obskit.span("bad", n=1):
        raise ValueError("x")
    with obskit.span("good"):
        pass
    assert [(line["name"], line["attributes"]) for line in lines()] == [("bad", {"n": 1})]


def test_keep_keeps_a_unit_whatever_sampling_says(tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """`obskit.keep()` counts from then on."""
    start(tmp_path, sampling=obskit.Sampling(rate=0.0))
    with obskit.scope():
        obskit.keep()
        with obskit.span("s"):
            obskit.get_logger("t").info("kept")
    assert sorted(line.get("name") or line["message"] for line in lines()) == ["kept", "s"]


def test_a_forked_child_is_a_writer_of_its_own(tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """Parent and child count from one, under ids of their own, and the fork warns of no thread."""
    start(tmp_path, otlp_endpoint="http://127.0.0.1:9")
    log = obskit.get_logger("t")
    log.info("parent")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pid = os.fork()
    if pid == 0:
        log.info("child")
        os._exit(0 if obskit.stats().emitted == 1 else 1)
    assert os.waitpid(pid, 0)[1] == 0
    log.info("parent again")
    found = {line["message"]: line["id"] for line in lines()}
    assert found["child"].endswith("-l1")
    assert found["parent again"].endswith("-l2")
    assert found["child"][:32] != found["parent"][:32]


def test_a_record_outlives_os_exit_and_sigkill(tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """Once the call has returned, the record is in the journal."""
    program = (
        "import obskit, os, signal\n"
        f"obskit.init(service='s', console=False, journal={str(tmp_path / 'journal')!r}, integrations=[])\n"
        "for n in range(100): obskit.get_logger('t').info('x', n=n)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=30).returncode == -9
    assert [line["context"]["n"] for line in lines()] == list(range(100))


def test_a_log_call_in_a_signal_handler_is_neither_lost_nor_stuck(
    tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """While another is being written, thousands of times."""
    program = (
        "import obskit, signal\n"
        f"obskit.init(service='s', console=False, integrations=[],\n"
        f"  journal=obskit.Journal({str(tmp_path / 'journal')!r}, segment_bytes=20_000))\n"
        "log = obskit.get_logger('t')\n"
        "handled = [0]\n"
        "def on_alarm(*_):\n    handled[0] += 1\n    log.info('handler', n=handled[0])\n"
        "class D:\n    def __del__(self): log.info('finaliser')\n"
        "signal.signal(signal.SIGALRM, on_alarm)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)\n"
        "for n in range(4000):\n    D()\n    log.info('main', n=n)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "print(handled[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = lines()
    counted = {name: sum(line["message"] == name for line in found) for name in ("main", "finaliser", "handler")}
    assert counted == {"main": 4000, "finaliser": 4000, "handler": int(done.stdout)}
    assert int(done.stdout) > 10


def test_stats_name_journal_and_counts(tmp_path: Path) -> None:
    """What a process did with its records can be asked."""
    start(tmp_path)
    obskit.get_logger("t").info("x")
    with obskit.span("s"):
        pass
    found = obskit.stats()
    assert (found.emitted, found.written, found.pending) == (2, 2, 0)
    assert found.journal["path"] == str(tmp_path / "journal")
    assert len(found.writer) == 32


def test_the_tracer_provider_serves_any_instrumentation_package(obskit_capture: Any) -> None:
    """It is the SDK's by type, and its spans carry the correlation id."""
    from opentelemetry.sdk.trace import TracerProvider

    assert isinstance(trace.get_tracer_provider(), TracerProvider)
    with obskit.scope("u"), trace.get_tracer("some.package", "1").start_as_current_span("theirs"):
        pass
    assert obskit_capture.spans[0].correlation_id == "u"
    assert obskit_capture.spans[0].instrumentation == {"name": "some.package", "version": "1"}


def test_capture_exception_logs_the_one_being_handled(obskit_capture: Any) -> None:
    """With fields; without an exception nothing happens."""
    obskit.capture_exception()
    try:
        raise ValueError("x")
    except ValueError:
        obskit.capture_exception(order=1)
    assert [(line.error.type, line.context) for line in obskit_capture.records] == [("ValueError", {"order": 1})]


def test_plain_init_works_in_a_fresh_process(tmp_path: Path) -> None:
    """No argument is needed: service from the program, journal in .obskit with its own .gitignore."""
    (tmp_path / "shop.py").write_text("import obskit\nobskit.init()\nobskit.get_logger().info('hello')\n")
    environ = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run([sys.executable, "shop.py"], cwd=tmp_path, env=environ, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["service"] == "shop"
    assert (tmp_path / ".obskit" / ".gitignore").read_text() == "*\n"
    assert (tmp_path / ".obskit").stat().st_mode & 0o777 == 0o700


def test_a_child_forked_in_the_middle_of_an_init_can_initialise(tmp_path: Path) -> None:
    """The lock that another thread held at the fork does not hold the child."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with forks.changing():
            held.set()
            release.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    with warnings.catch_warnings():
        # Python 3.12 and later warn of the thread above, which is the point of this test.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        signal.alarm(10)
        start(tmp_path)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    release.set()
    thread.join()
    assert status == 0


def test_a_working_directory_that_is_gone_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal then lies in the user's own place."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    obskit.init(service="s", console=False, integrations=[])
    assert obskit.stats().journal["path"] == str(tmp_path / "state" / "obskit")


def test_a_bad_limit_of_opentelemetrys_stops_nothing() -> None:
    """One warning, and the default holds."""
    environ = {**os.environ, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "zz"}
    program = (
        "import obskit, os\nobskit.init(service='s', console=False, journal=False, integrations=[])\n"
        "with obskit.span('x'): pass\nprint(os.environ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT'])"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "zz\n"), done.stderr
    assert done.stderr.count("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT") == 1


def test_after_shutdown_the_same_rules_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """What is still logged is redacted by the same policy, in the same form, for the same service."""
    obskit.init(
        service="s",
        console="json",
        journal=False,
        integrations=[],
        redaction=obskit.Redaction(custom={"staff": r"EMP-\d+"}),
    )
    obskit.shutdown()
    obskit.get_logger("t").info("by EMP-123")
    line = orjson.loads(capsys.readouterr().out)
    assert (line["message"], line["service"]) == ("by [REDACTED:staff]", "s")
    obskit.init(service="s", console=False, journal=False, integrations=[])
    obskit.shutdown()
    obskit.get_logger("t").info("silent")
    assert capsys.readouterr().out == ""


def test_an_init_that_fails_leaves_the_former_in_force(tmp_path: Path) -> None:
    """Until its mistake is mended, everything goes on as before."""
    start(tmp_path)
    with pytest.raises(obskit.ConfigError, match="nosuch"):
        obskit.init(service="other", console=False, journal=False, integrations=["nosuch"])
    obskit.get_logger("t").info("x")
    assert obskit.stats().journal["path"] == str(tmp_path / "journal")


def test_another_service_name_is_told_of(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Two modules that both call `init` under their own names are a common slip."""
    start(tmp_path)
    obskit.init(service="worker", console=False, journal=False, integrations=[])
    assert "the service was 's', everything from now on is 'worker'" in capfd.readouterr().err


def test_a_unit_is_sampled_as_a_whole(tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """Its lines before, in and after a span, and the span, are kept or dropped together."""
    start(tmp_path, sampling=obskit.Sampling(rate=0.5))
    log = obskit.get_logger("t")
    for n in range(100):
        with obskit.scope(unit=n):
            log.info("before")
            with obskit.span("in"):
                log.info("in")
            log.info("after")
    kept: dict[str, int] = {}
    for line in lines():
        kept[line["correlation_id"]] = kept.get(line["correlation_id"], 0) + 1
    assert set(kept.values()) == {4}
    assert 20 < len(kept) < 80


def test_a_value_given_twice_is_refused() -> None:
    """As Python itself would."""
    with pytest.raises(TypeError, match="several values for service"):
        obskit.init("a", service="b")  # type: ignore[misc]
