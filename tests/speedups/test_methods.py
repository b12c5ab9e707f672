"""The accelerator's methods stand in the place of a logger's, and nobody notices but the clock."""

from __future__ import annotations

import functools
import inspect
import os
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import orjson
import pytest
import structlog
from structlog.testing import capture_logs

import obskit
import obskit_speedups
from obskit import state
from obskit.runtime.outlets import ConsoleOut
from obskit.runtime.pipeline import Pipeline
from obskit.sources.logger import Logger

Quick = Callable[[str], Any]


@pytest.fixture
def by_python(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was left to Python: the events, and `console` for each line that it wrote there."""
    seen: list[str] = []
    log, show = Pipeline.log, ConsoleOut.__call__

    def logged(*args: Any, **kwargs: Any) -> None:
        seen.append(args[3])
        log(*args, **kwargs)

    def shown(*args: Any) -> bool:
        seen.append("console")
        return show(*args)

    monkeypatch.setattr(Pipeline, "log", logged)
    monkeypatch.setattr(ConsoleOut, "__call__", shown)
    return seen


def _written(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_a_plain_call_never_meets_python(quick: Quick, by_python: list[str], tmp_path: Path) -> None:
    """With fields, bound ones, in a unit and a span, to the console and the journal."""
    with (tmp_path / "console").open("wb") as stream:
        obskit.init("shop", console="json", stream=stream, journal=str(tmp_path / "j"), ship=False, integrations=[])
        log = quick("shop").bind(tenant="t1")
        for number in range(3):
            if number == 2:
                by_python.clear()
            with obskit.scope("req-1", route="/a"), obskit.span("work"), obskit.bound(part="x"):
                log.info("first", order_id="o-17")
                log.info("second", order_id="o-17")
                log.debug("held", order_id="o-17")
                log.critical("last")
    # A failure has Python keep the unit.
    assert by_python == ["last", "console", "console"]
    shown = _written(tmp_path / "console")
    assert [line["message"] for line in shown[-4:]] == ["first", "second", "held", "last"]
    assert shown[-3]["context"] == {"route": "/a", "part": "x", "tenant": "t1", "order_id": "o-17"}


def test_a_filtered_call_ends_at_once(quick: Quick, by_python: list[str], tmp_path: Path) -> None:
    """Below the level and outside of a unit nothing is looked at; a changed level counts from the next call on."""
    with (tmp_path / "console").open("wb") as stream:
        runtime = obskit.init("shop", console="json", stream=stream, journal=False, integrations=[])
        log = quick("shop")
        log.info("asks for the level")
        log.debug("nothing", a=object())
        assert by_python.count("nothing") == 0
        runtime.thresholds.change(10, {})
        log.debug("something", a=1)
    assert [line["message"] for line in _written(tmp_path / "console")] == ["asks for the level", "something"]


def test_it_looks_like_the_method_it_stands_for() -> None:
    """Name, docs, module and signature are the method's own, on class and logger; it can be bound and patched."""
    function = inspect.unwrap(vars(Logger)["info"])
    method = obskit_speedups.Method(function, 20, _parts())
    functools.update_wrapper(method, function)
    assert inspect.signature(method) == inspect.signature(function)
    assert (method.__name__, method.__doc__, method.__module__) == (
        function.__name__,
        function.__doc__,
        function.__module__,
    )
    holder = type("Holder", (), {"info": method})
    assert holder.info is method
    assert isinstance(holder().info, types.MethodType)
    assert list(inspect.signature(holder().info).parameters) == ["event", "args", "fields"]
    with mock.patch.object(holder, "info"):
        holder().info("x")
    mock.create_autospec(holder, instance=True).info("x", a=1)


def _parts() -> dict[str, Any]:
    from obskit.context.scope import OUTSIDE, layer_variable
    from obskit.sources import logger as sources
    from obskit.sources.named import NamedLogger

    return {
        "state": vars(state), "layer": layer_variable, "outside": OUTSIDE, "bound": {},
        "config": sources._CONFIG, "emit": sources.emit, "Logger": Logger, "NamedLogger": NamedLogger,
        "InForce": state.InForce,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["state", "layer", "Logger", "NamedLogger", "InForce"])
def test_it_refuses_parts_of_another_kind(name: str) -> None:
    """A part that is missing, or is something else: an error when it is made, never when it is called."""
    with pytest.raises((TypeError, KeyError, AttributeError)):
        obskit_speedups.Method(print, 20, {**_parts(), name: 5})
    with pytest.raises(KeyError):
        obskit_speedups.Method(print, 20, {key: value for key, value in _parts().items() if key != name})


def test_a_wrong_call_fails_as_before(quick: Quick, obskit_capture: Any) -> None:
    """Two events, or none at all with a method taken from its class: Python's own errors."""
    log = quick("shop")
    with pytest.raises(TypeError, match="multiple values"):
        log.info("one", event="two")
    with pytest.raises(TypeError, match="missing"):
        type(log).info()
    log.info(event="named")
    assert [line.message for line in obskit_capture.records] == ["named"]


def test_who_looks_on_with_structlog_sees_it(quick: Quick) -> None:
    """`capture_logs` and processors of the application's get every event."""
    obskit.init("shop", console=False, journal=False, integrations=[])
    log = quick("shop")
    log.info("before")
    with capture_logs() as seen:
        log.info("one", n=1)
    assert [(line["event"], line["n"]) for line in seen] == [("one", 1)]


def test_what_structlog_has_bound_is_there_and_gone(quick: Quick, obskit_capture: Any) -> None:
    """Variables of structlog.contextvars count while they are bound."""
    log = quick("shop")
    for number in range(2):
        with structlog.contextvars.bound_contextvars(tenant="t1"):
            log.info("bound", n=number)
        log.info("free", n=number)
    assert [line.context for line in obskit_capture.records] == [
        {"tenant": "t1", "n": 0}, {"n": 0}, {"tenant": "t1", "n": 1}, {"n": 1},
    ]  # fmt: skip


def test_a_subclass_keeps_its_own_ways(quick: Quick, obskit_capture: Any) -> None:
    """Whoever overrides what a method calls is asked."""

    class Own(type(quick("x"))):  # type: ignore[misc]
        def _emit(self, level: int, method: str, event: Any, args: Any, fields: Any) -> None:
            super()._emit(level, method, f"own {event}", args, fields)

    log = quick("shop")
    Own(log._logger, log._processors, {}).info("event")
    assert [line.message for line in obskit_capture.records] == ["own event"]


def test_a_sink_that_fails_is_counted(quick: Quick, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A console on a full disk, a sink that raises: counted and told of, never raised; the journal has the line."""
    full = os.open("/dev/full", os.O_WRONLY)
    runtime = obskit.init("shop", console="json", stream=full, journal=str(tmp_path / "j"), ship=False, integrations=[])
    log = quick("shop")
    for number in range(3):
        log.info("order accepted", n=number)
    assert obskit.stats().internal_errors == 3
    assert obskit.stats().written == 3
    runtime.pipeline.sinks.append(lambda *_: 1 / 0)
    log.info("order accepted", n=4)
    assert obskit.stats().internal_errors == 5
    os.close(full)
    assert "a sink failed inside obskit: OSError" in capfd.readouterr().err


def test_an_interrupt_passes(quick: Quick) -> None:
    """What a sink raises that is no Exception reaches the caller, as it does without the accelerator."""
    runtime = obskit.init("shop", console=False, journal=False, integrations=[])
    log = quick("shop")
    log.info("order accepted")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    runtime.pipeline.sinks.append(interrupted)
    with pytest.raises(KeyboardInterrupt):
        log.info("order accepted")
