from __future__ import annotations

import collections
import logging
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

import obskit
from obskit.sources.stdlib import Bridge


def test_structlogs_own_loggers_share_the_pipeline(obskit_capture: Any) -> None:
    """`structlog.get_logger()` gives the same records as obskit's."""
    structlog.get_logger().info("theirs", n=1)
    obskit.get_logger().info("ours", n=1)
    theirs, ours = obskit_capture.records
    assert (theirs.logger, theirs.context) == (ours.logger, ours.context) == (__name__, {"n": 1})


def test_capture_logs_works_for_both() -> None:
    """Structlog's testing helper sees the events, and nothing else does."""
    obskit.init(service="s", console=False, journal=False, integrations=[])
    with capture_logs() as seen:
        obskit.get_logger("x").info("one", n=1)
        structlog.get_logger().warning("two")
    assert [(line["event"], line["log_level"]) for line in seen] == [("one", "info"), ("two", "warning")]
    assert obskit.stats().emitted == 0


def test_a_users_processor_in_front_sees_a_plain_event_dict(obskit_capture: Any) -> None:
    """Processors that were configured before obskit's run, and may change or drop the event."""

    def shorten(_: Any, method: str, event_dict: Any) -> Any:
        if event_dict["event"] == "dropped":
            raise structlog.DropEvent
        return {**event_dict, "method": method}

    structlog.configure(processors=[shorten, *structlog.get_config()["processors"]])
    log = obskit.get_logger("t").bind(a=1)
    log.info("dropped")
    log.info("kept")
    assert [(line.message, line.context) for line in obskit_capture.records] == [("kept", {"a": 1, "method": "info"})]


def test_a_failing_processor_never_reaches_the_application(obskit_capture: Any) -> None:
    """It is counted, and the line is there without the fields that it may have been about to mask."""

    def broken(*_: Any) -> Any:
        raise RuntimeError("processor")

    structlog.configure(processors=[broken, *structlog.get_config()["processors"]])
    obskit.get_logger("t").error("x", password_hint="perhaps it was to be masked", exc_info=ValueError("why"))
    assert obskit.stats().internal_errors == 1
    (line,) = obskit_capture.records
    assert (line.message, line.context, line.error["type"]) == ("x", {"processor_error": "RuntimeError"}, "ValueError")


def test_what_a_processor_gives_back_may_raise_too(obskit_capture: Any) -> None:
    """A mapping of its own that can't be read costs the record, is counted, and does not reach the application."""

    class Unreadable(collections.UserDict[str, Any]):
        def __iter__(self) -> Any:
            raise RuntimeError("keys")

    structlog.configure(processors=[lambda *_: Unreadable(), *structlog.get_config()["processors"]])
    log = obskit.get_logger("t")
    log.info("x")
    with obskit.scope():
        log.debug("held")
    assert obskit.stats().internal_errors == 2
    assert obskit_capture.records == []


def test_structlogs_own_capture_takes_what_is_emitted(obskit_capture: Any) -> None:
    """And not what is only held."""
    with structlog.testing.capture_logs() as taken, obskit.scope():
        obskit.get_logger("t").debug("held")
        obskit.get_logger("t").info("emitted")
    assert [event["event"] for event in taken] == ["emitted"]


def test_what_is_held_has_passed_the_users_processors(obskit_capture: Any) -> None:
    """Who masks a field or drops a record in one means what the flight recorder releases, too."""

    def mine(_logger: Any, _method: str, event: Any) -> Any:
        if event["event"] == "dropped":
            raise structlog.DropEvent
        return {**event, "note": "masked"}

    structlog.configure(processors=[mine, *structlog.get_config()["processors"]])
    log = obskit.get_logger("t")
    with obskit.scope():
        log.debug("of a unit that ends well")
    assert obskit_capture.records == []
    with obskit.scope():
        log.debug("held", note="ours")
        log.debug("dropped")
        log.error("failed")
    found = [(line.message, line.context) for line in obskit_capture.records]
    assert found == [("held", {"note": "masked"}), ("failed", {"note": "masked"})]


@pytest.mark.parametrize(
    ("method", "level"),
    [("debug", None), ("info", "INFO"), ("msg", "INFO"), ("warn", "WARN"), ("error", "ERROR"), ("fatal", "FATAL")],
)
def test_methods_have_their_levels(obskit_capture: Any, method: str, level: str | None) -> None:
    """Below the logger's level nothing is emitted."""
    getattr(obskit.get_logger("t"), method)("x")
    assert [line.level for line in obskit_capture.records] == ([level] if level else [])


async def test_async_methods_emit_too(obskit_capture: Any) -> None:
    """`ainfo` and `aexception` give the records of their plain twins."""
    log = obskit.get_logger("t")
    await log.ainfo("one")
    try:
        raise ValueError("x")
    except ValueError:
        await log.aexception("two")
    assert [line.message for line in obskit_capture.records] == ["one", "two"]
    assert obskit_capture.records[1].error.type == "ValueError"


def test_positional_arguments_are_formatted(obskit_capture: Any) -> None:
    """A wrong format keeps its arguments and raises nothing."""
    log = obskit.get_logger("t")
    log.info("%s has %d", "a", 2)
    log.info("%(name)s", {"name": "b"})
    log.info("%d", "wrong")
    assert [line.message for line in obskit_capture.records] == ["a has 2", "b", "%d ('wrong')"]


def test_bind_new_and_unbind_work_as_structlogs(obskit_capture: Any) -> None:
    """Each gives another logger, the former stays as it was."""
    log = obskit.get_logger("t", a=1)
    more = log.bind(b=2)
    with pytest.raises(KeyError):
        log.unbind("b")
    for one in (log, more, more.unbind("a"), more.new(c=3), more.try_unbind("a", "zzz")):
        one.info("x")
    assert [line.context for line in obskit_capture.records] == [
        {"a": 1}, {"a": 1, "b": 2}, {"b": 2}, {"c": 3}, {"b": 2}
    ]  # fmt: skip


def test_exc_info_takes_every_form(obskit_capture: Any) -> None:
    """True, an exception and a tuple mean the same; without one there is no error."""
    log = obskit.get_logger("t")
    try:
        raise ValueError("x")
    except ValueError as error:
        log.info("a", exc_info=True)
        log.info("b", exc_info=error)
        log.info("c", exc_info=(type(error), error, error.__traceback__))
        log.info("d", error=error)
    log.info("e", exc_info=True)  # noqa: LOG014 - outside a handler is the case that is tested
    assert [line.error and line.error.type for line in obskit_capture.records] == ["ValueError"] * 4 + [None]


def test_stack_info_gives_the_callers_stack(obskit_capture: Any) -> None:
    """The stack ends where the log call stands."""
    obskit.get_logger("t").info("x", stack_info=True)
    assert "test_stack_info_gives_the_callers_stack" in obskit_capture.records[0].context["stack"].splitlines()[-2]


def test_one_unit_can_log_at_debug(obskit_capture: Any) -> None:
    """`verbose` raises the level of the current unit only."""
    log = obskit.get_logger("t")
    with obskit.scope():
        obskit.verbose()
        log.debug("shown")
    log.debug("hidden")
    assert [line.message for line in obskit_capture.records] == ["shown"]


def test_before_init_a_logger_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Without `init`, loggers, bind and span work in a plain way, redacted."""
    with obskit.scope("job"), obskit.span("s") as span:
        obskit.bind(a=1)
        obskit.get_logger("t").info("mail a@b.example")
    out = capsys.readouterr().out
    assert '"message":"mail [REDACTED:email]"' in out
    assert '"a":1' in out
    assert span.get_span_context().is_valid


class Unshowable:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


def test_an_argument_that_cannot_be_shown_reaches_nobody(obskit_capture: Any) -> None:
    """Neither the application, nor does it cost the record."""
    obskit.get_logger("t").info("v %s", Unshowable())
    record = logging.makeLogRecord({"msg": "v %s", "args": (Unshowable(),), "levelno": 30, "exc_info": True})
    Bridge().handle(record)
    assert [line.message for line in obskit_capture.records] == ["v %s ((Unshowable))", "v %s ((Unshowable))"]


def test_odd_names_and_levels_raise_nothing(obskit_capture: Any) -> None:
    """A logger's name may be anything, a level too."""
    obskit.get_logger(7).info("x")  # type: ignore[arg-type]
    obskit.get_logger("t").log(None, "y")  # type: ignore[arg-type]
    with obskit.scope(correlation_id=42) as unit:  # type: ignore[arg-type]
        assert unit.correlation_id == "42"
    assert [(line.logger, line.level) for line in obskit_capture.records] == [("7", "INFO"), ("t", "INFO")]


def test_a_chain_of_the_applications_own_keeps_every_record(obskit_capture: Any) -> None:
    """Whoever configures structlog after `init` changes what a record says, not whether it is there."""
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    obskit.get_logger("t").error("x", n=1)
    assert [line.message for line in obskit_capture.records] == ['{"n": 1, "event": "x"}']


def test_shutdown_gives_structlog_its_configuration_back() -> None:
    """What the application had configured before `init` is in force again."""
    mine = [structlog.processors.JSONRenderer()]
    structlog.configure(processors=mine)
    obskit.init(service="s", console=False, journal=False, integrations=[])
    assert structlog.get_config()["processors"] != mine
    obskit.shutdown()
    assert structlog.get_config()["processors"] == mine


def test_fields_of_structlogs_contextvars_are_taken(obskit_capture: Any) -> None:
    """`bind_contextvars` works as with structlog's own chain; the event's fields win."""
    with structlog.contextvars.bound_contextvars(a=1, b=1):
        obskit.get_logger("t").info("x", b=2)
    assert obskit_capture.records[0].context == {"a": 1, "b": 2}


def test_a_logger_field_of_an_event_is_a_field(obskit_capture: Any) -> None:
    """The logger's name is its own; what the event calls so stands under context."""
    obskit.get_logger("t").info("x", logger="mine")
    assert (obskit_capture.records[0].logger, obskit_capture.records[0].context) == ("t", {"logger": "mine"})
