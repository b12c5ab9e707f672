from __future__ import annotations

import logging
import logging.config
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import obskit
from obskit.sources.stdlib import Bridge


@pytest.fixture
def own_logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("test.bridge")
    yield logger
    # What was taken away is given back first, while its stream is still the one of this test.
    obskit.shutdown(0.0)
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(logging.NOTSET)


def test_a_record_of_the_standard_library_has_the_schema(obskit_capture: Any) -> None:
    """Message, logger, level, extras and exception come out like any other's."""
    try:
        raise KeyError("k")
    except KeyError:
        logging.getLogger("lib.db").warning("query %s", 7, exc_info=True, extra={"rows": 3, "password": "p"})
    line = obskit_capture.records[0]
    assert (line.message, line.logger, line.level) == ("query 7", "lib.db", "WARN")
    assert line.context == {"rows": 3, "password": "[REDACTED:password]"}
    assert line.error.type == "KeyError"


def test_a_wrong_format_costs_no_record(obskit_capture: Any) -> None:
    """The arguments stand behind the message."""
    Bridge().handle(logging.makeLogRecord({"msg": "%d", "args": ("seven",), "name": "x", "levelno": 40}))
    assert obskit_capture.records[0].message == "%d ('seven')"


def test_nothing_is_printed_twice(own_logger: logging.Logger, capfd: pytest.CaptureFixture[str]) -> None:
    """Handlers that print are taken away, and given back by shutdown."""
    handler = logging.StreamHandler(sys.stderr)
    own_logger.addHandler(handler)
    own_logger.propagate = False
    obskit.init(service="s", console="json", journal=False, integrations=[])
    own_logger.warning("once")
    out, err = capfd.readouterr()
    assert out.count("once") + err.count("once") == 1
    obskit.shutdown()
    assert own_logger.handlers == [handler]
    assert own_logger.propagate is False


def test_a_server_that_configures_logging_later_is_adopted(
    own_logger: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    """`dictConfig` after `init`, as uvicorn.run() does it, brings no second print."""
    obskit.init(service="s", console="json", journal=False, integrations=[])
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"h": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}},
            "loggers": {"test.bridge": {"handlers": ["h"], "level": "INFO", "propagate": False}},
        }
    )
    own_logger.info("once")
    out, err = capfd.readouterr()
    assert out.count("once") == 1
    assert "once" not in err


def test_warnings_become_records(obskit_capture: Any) -> None:
    """`warnings.warn` goes down the pipeline."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old way", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    assert [line.logger for line in obskit_capture.records] == ["py.warnings"]
    assert "old way" in obskit_capture.records[0].message


def test_levels_by_name_count_for_the_standard_library(capfd: pytest.CaptureFixture[str]) -> None:
    """`levels=` quiets a library and wakes another."""
    obskit.init(service="s", console="json", journal=False, integrations=[], levels={"noisy": "ERROR", "deep": "DEBUG"})
    logging.getLogger("noisy.sub").warning("hidden")
    logging.getLogger("deep").debug("shown")
    logging.getLogger("other").debug("hidden too")
    out = capfd.readouterr().out
    assert "shown" in out
    assert "hidden" not in out


def test_shutdown_gives_the_root_its_level_back() -> None:
    """Levels and handlers of the root are as before."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    obskit.init(service="s", console=False, journal=False, integrations=[], level="DEBUG")
    assert root.level == 10
    obskit.shutdown()
    assert (root.level, list(root.handlers)) == before


def test_basic_config_with_force_brings_no_second_print(capfd: pytest.CaptureFixture[str]) -> None:
    """A library that configures the root anew takes neither the bridge nor redaction away."""
    before = list(logging.getLogger().handlers)
    obskit.init(service="s", console="json", journal=False, integrations=[])
    logging.basicConfig(force=True)
    try:
        logging.getLogger("x").warning("password=hunter2")
        out, err = capfd.readouterr()
        assert out.count("password=[REDACTED:password]") == 1
        assert "hunter2" not in out + err
    finally:
        obskit.shutdown()
        logging.getLogger().handlers[:] = before


def test_shutdown_gives_the_library_back_what_it_is_made_of() -> None:
    """What obskit has put in place in the logging module is gone afterwards."""
    names = ((logging.Logger, "addHandler"), (logging.Handler, "handleError"), (logging, "lastResort"))
    before = [getattr(owner, name) for owner, name in names]
    obskit.init(service="s", console=False, journal=False, integrations=[])
    assert [getattr(owner, name) for owner, name in names] != before
    obskit.shutdown()
    assert [getattr(owner, name) for owner, name in names] == before


def test_a_handler_that_fails_is_told_of_once(capfd: pytest.CaptureFixture[str]) -> None:
    """The library's print, with the arguments as they are, gives way to a redacted word; the record is written."""

    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            try:
                raise OSError("disk full at a@b.example")
            except OSError:
                self.handleError(record)

    obskit.init(service="s", console="json", journal=False, integrations=[])
    logger = logging.getLogger("test.failing")
    handler = Failing()
    logger.addHandler(handler)
    logger.warning("of %s", "a@b.example")
    logger.warning("of %s", "a@b.example")
    logger.removeHandler(handler)
    out, err = capfd.readouterr()
    assert err == "obskit: Failing failed on a record of test.failing: OSError: disk full at [REDACTED:email]\n"
    assert out.count('"of [REDACTED:email]"') == 2


def test_a_logger_without_handlers_is_heard(capfd: pytest.CaptureFixture[str]) -> None:
    """What the library would print by itself, as its last resort, is a record."""
    obskit.init(service="s", console="json", journal=False, integrations=[])
    alone = logging.Logger("alone")  # noqa: LOG001 - that is the case
    alone.warning("of a@b.example")
    out, err = capfd.readouterr()
    assert '"message":"of [REDACTED:email]"' in out
    assert err == ""


def test_a_handler_that_prints_and_is_added_later_is_adopted(
    own_logger: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    """A library that adds its own when it is imported brings no second print."""
    obskit.init(service="s", console="json", journal=False, integrations=[])
    own_logger.addHandler(logging.StreamHandler(sys.stderr))
    own_logger.propagate = False
    own_logger.warning("once")
    out, err = capfd.readouterr()
    assert (out.count("once"), err) == (1, "")
