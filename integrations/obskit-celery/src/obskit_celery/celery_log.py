"""Celery's own logging: its set-up gives way to obskit's, and its lines about tasks never show their arguments."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import signals

from obskit.integration import guard
from obskit_celery.lost import Lost
from obskit_celery.running import Running

_ABOUT_TASKS = "celery.app.trace"
_LOST = "Task handler raised error: %r"


class CeleryLog:
    """Stand between Celery's loggers and obskit's handler; other handlers get every record as it is."""

    def __init__(self, running: Running, lost: Lost) -> None:
        self._running = running
        self._lost = lost
        self._filter = self._passes
        # The handler that has the filter; asked with each task, whether it is still there.
        self._filtered: logging.Handler | None = None

    def install(self) -> Callable[[], None]:
        """Take charge of Celery's logging; return what undoes it."""
        # Celery leaves the root logger alone, and stdout too, where anyone listens to the first of these signals.
        watched = (signals.setup_logging, signals.task_prerun)
        for signal in watched:
            signal.connect(self._watch, weak=False)
        self._attach()

        def undo() -> None:
            for signal in watched:
                signal.disconnect(self._watch)
            self._filtered = None
            for handler in _handlers_of_obskit():
                handler.removeFilter(self._filter)

        return undo

    def _watch(self, **_: Any) -> None:
        if self._filtered is None or self._filtered not in logging.root.handlers:
            with guard():
                self._attach()

    def _attach(self) -> None:
        for handler in _handlers_of_obskit():
            self._filtered = handler
            if self._filter not in handler.filters:
                handler.addFilter(self._filter)

    def _passes(self, record: logging.LogRecord) -> bool:
        """Filter a record on its way to obskit."""
        if not record.name.startswith("celery."):
            return True
        data = getattr(record, "data", None)
        if isinstance(data, dict) and "id" in data:
            if record.name != _ABOUT_TASKS or not self._running.is_under_way(data["id"]):
                _hand_on(record, data)
            return False
        return not (record.msg == _LOST and isinstance(record.args, tuple) and id(record.args[0]) == self._lost.last)


def _hand_on(record: logging.LogRecord, data: dict[str, Any]) -> None:
    """Hand a copy of a record on, with what it may tell of the task: arguments, as Celery adds them, stay behind."""
    shown = {key: value for key, value in vars(record).items() if key != "data"}
    copy = logging.makeLogRecord({**shown, "task_id": data["id"], "task_name": data.get("name")})
    for handler in _handlers_of_obskit():
        if copy.levelno >= handler.level:
            handler.handle(copy)


def _handlers_of_obskit() -> list[logging.Handler]:
    handlers = logging.getLogger().handlers
    return [handler for handler in handlers if type(handler).__module__.partition(".")[0] == "obskit"]
