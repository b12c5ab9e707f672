"""What Flask and servers log themselves."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask

import obskit
from obskit.testing import capture


def test_the_applications_own_handlers_get_flasks_line(captured: Any, app: Flask) -> None:
    """A handler that mails errors still gets the line that obskit leaves out."""
    seen: list[logging.LogRecord] = []

    class Mail(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record)

    handler = Mail()
    app.logger.addHandler(handler)
    app.test_client().get("/boom")
    app.logger.removeHandler(handler)
    assert [record.getMessage() for record in seen] == ["Exception on /boom [GET]"]
    assert [line["message"] for line in captured.records] == ["GET /boom 500"]


def test_lines_of_the_application_about_an_exception_stay(captured: Any, app: Flask) -> None:
    """What a handler for 500 logs on its own is no copy of the access line."""

    def sorry(error: Any) -> tuple[str, int]:
        app.logger.error("asked to apologise", extra={"to": "customer"})
        return "sorry", 500

    app.register_error_handler(500, sorry)
    app.test_client().get("/boom")
    assert [line["message"] for line in captured.records] == ["asked to apologise", "GET /boom 500"]


def test_an_overridden_log_exception_stays(captured: Any) -> None:
    """An application that writes its own line about exceptions keeps it."""

    class Shop(Flask):
        def log_exception(self, exc_info: Any) -> None:
            self.logger.error("custom report")

    app = Shop("shop")
    app.add_url_rule("/", view_func=lambda: 1 / 0)
    app.test_client().get("/")
    assert [line["message"] for line in captured.records] == ["custom report", "GET / 500"]


def test_flasks_logger_prints_nothing_beside_obskit(capsys: Any) -> None:
    """A line of `app.logger`, used before init and after, is written once."""
    app = Flask("early")
    app.logger.warning("before")
    capsys.readouterr()
    with capture(integrations=["flask"]) as found:
        app.add_url_rule("/", view_func=lambda: app.logger.warning("inside") or "")
        app.test_client().get("/")
    assert [line["message"] for line in found.records] == ["inside", "GET / 200"]
    assert "inside" not in capsys.readouterr().err


def test_nothing_is_left_on_obskits_handler(captured: Any, app: Flask) -> None:
    """Shutting down takes the filter away with the handler."""
    app.test_client().get("/boom")
    obskit.shutdown()
    left = [
        f for h in logging.getLogger().handlers for f in h.filters if "obskit_flask" in getattr(f, "__module__", "")
    ]
    assert left == []
