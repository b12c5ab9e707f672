"""The bridge from the standard library's logging: one handler on the root, nothing printed twice."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from obskit import state
from obskit.imports import when_imported
from obskit.protect.plain import formatted
from obskit.protect.shown import is_endless
from obskit.record.error import message as message_of
from obskit.ship.mark import is_shipping
from obskit.sources.logger import exception_of
from obskit.sources.stdlib_levels import Overlay, PerUnit

_BORN = list(vars(logging.LogRecord("", 0, "", 0, "", (), None)))
_LAST, _LAST_NAME = len(_BORN) - 1, _BORN[-1]
# No item: nothing stands behind.
_NONE = ("", None)
_STANDARD = frozenset(_BORN) | {"message", "asctime", "taskName", "color_message"}
# These tell, as their last resort, of an exception that an access line has told of.
_LAST_RESORT = frozenset(("uvicorn.error", "gunicorn.error"))


class Bridge(logging.Handler):
    """Hands records of the standard library to the runtime in force."""

    def createLock(self) -> None:  # noqa: N802 - the standard library's name
        """Have no lock: one held by another thread at a fork, or under a signal handler, would never be released."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Filter and emit, without a lock."""
        if not self.filters or self.filter(record):
            self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Emit a record, unless obskit's own shipping caused it."""
        runtime = state.runtime
        if runtime is None or is_shipping():
            return
        if is_endless():
            # Each handler of the application's shows the value again, so that the records would double at each step.
            runtime.pipeline.dropped("recursion")
            return
        try:
            _hand_over(runtime, record)
        except Exception as trouble:
            runtime.pipeline.failed("a record of the standard library", trouble)


def _hand_over(runtime: Any, record: logging.LogRecord) -> None:
    level, name = record.levelno, record.name
    if not runtime.enabled(level, name):
        return
    error = None
    if record.exc_info:
        error = exception_of(record.exc_info)
        if error is not None and name in _LAST_RESORT and error in runtime.pipeline.reported:
            return
    fields = _further(record)
    if record.stack_info:
        fields["stack"] = record.stack_info
    message = record.msg if not record.args and type(record.msg) is str else _message(record, runtime)
    runtime.pipeline.log(level, name, message, fields, error, int(record.created * 1e9))


def _further(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a record has beside what every record has."""
    found = record.__dict__
    if type(record) is logging.LogRecord:
        behind = islice(found.items(), _LAST, None)
        # A record is born with its own attributes, in one order; what comes behind them was added.
        if next(behind, _NONE)[0] == _LAST_NAME:
            added = dict(behind)
            if _STANDARD.isdisjoint(added):
                return added
    return {key: value for key, value in found.items() if key not in _STANDARD}


def _message(record: logging.LogRecord, runtime: Any) -> str:
    if record.args and type(record).getMessage is logging.LogRecord.getMessage:
        return formatted(record.msg, record.args, runtime.redactor.argument)
    try:
        return record.getMessage()
    except Exception:
        # A message that can't be shown must not cost the record.
        return formatted(record.msg, record.args, runtime.redactor.argument)


class Adoption:
    """The bridge in place of every handler that would print."""

    def __init__(self, level: int, levels: Mapping[str, int]) -> None:
        self._bridge = Bridge()
        self._level = level
        self._levels = levels
        self._removed: list[tuple[logging.Logger, logging.Handler]] = []
        self._propagating: list[logging.Logger] = []
        # What init() says, and over it what is set at run time.
        self._given = Overlay()
        self._changed = Overlay()
        self._per_unit = PerUnit()
        self._undo: list[Callable[[], None]] = []
        self._active = True

    def install(self) -> Callable[[], None]:
        """Put the bridge in place; returns the undo."""
        self._given.lay({"": self._level, **self._levels})
        self.adopt()
        self._watch_configuration()
        self._capture_warnings()
        return self.remove

    def adopt(self) -> None:
        """Take every handler away that prints to the console, and have its logger propagate to the bridge."""
        root = logging.getLogger()
        if self._bridge not in root.handlers:
            root.addHandler(self._bridge)
        for logger in [root, *_loggers()]:
            printing = [handler for handler in logger.handlers if _prints(handler)]
            for handler in printing:
                logger.removeHandler(handler)
                self._removed.append((logger, handler))
            if logger is not root and not logger.propagate and (printing or not logger.handlers):
                logger.propagate = True
                self._propagating.append(logger)

    def remove(self) -> None:
        """Give every logger its own back."""
        self._active = False
        for undo in reversed(self._undo):
            undo()
        logging.getLogger().removeHandler(self._bridge)
        for logger, handler in self._removed:
            if handler not in logger.handlers:
                logger.addHandler(handler)
        for logger in self._propagating:
            logger.propagate = False
        self._per_unit.turn(on=False)
        self._changed.lay({})
        self._given.lay({})

    def follow(self, default: int | None, levels: Mapping[str, int]) -> None:
        """Have loggers follow levels that were set at run time, in place of those set before.

        Args:
            default: The root's level; None leaves it as it was.
            levels: By name; a level that the application sets itself meanwhile stays.
        """
        if self._active:
            self._changed.lay(levels if default is None else {"": default, **levels})

    def listen(self, on: bool) -> None:
        """Let verbose units of work past every logger's level, or no longer."""
        self._per_unit.turn(on=on and self._active)

    def _watch_configuration(self) -> None:
        # Servers configure logging when they start, which may be after init(): uvicorn.run() does. Libraries add a
        # handler of their own when they are imported.
        self._watch(logging, "basicConfig")
        self._watch(logging.Logger, "addHandler")
        self._undo.append(when_imported("logging.config", self._watch_configuring))
        # What has no handler at all would be printed by the library itself.
        self._replace(logging, "lastResort", logging.lastResort, self._bridge)
        failing = logging.Handler.handleError
        self._replace(logging.Handler, "handleError", failing, _told_of_failures(failing))

    def _watch_configuring(self) -> None:
        from logging import config

        self._watch(config, "dictConfig")
        self._watch(config, "fileConfig")

    def _watch(self, owner: Any, name: str) -> None:
        original = getattr(owner, name)
        self._replace(owner, name, original, self._then_adopt(original))

    def _replace(self, owner: Any, name: str, original: Any, ours: Any) -> None:
        setattr(owner, name, ours)
        self._undo.append(_restorer(owner, name, ours, original))

    def _then_adopt(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def configure(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if self._active and state.runtime is not None and not state.runtime.plain:
                state.runtime.guarded("adopting handlers", self.adopt)
            return result

        return configure

    def _capture_warnings(self) -> None:
        if getattr(logging, "_warnings_showwarning", None) is None:
            logging.captureWarnings(capture=True)
            self._undo.append(lambda: logging.captureWarnings(capture=False))


def _told_of_failures(original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def handle_error(handler: logging.Handler, record: logging.LogRecord) -> None:
        runtime = state.runtime
        error = sys.exc_info()[1]
        if runtime is None or error is None or not logging.raiseExceptions:
            original(handler, record)
            return
        # The library would print the record's arguments as they are.
        name = type(handler).__name__
        text = f"{name} failed on a record of {record.name}: {type(error).__name__}: {message_of(error)}"
        runtime.guarded("telling of a handler", lambda: runtime.report.seldom(f"handler {name}", text))

    return handle_error


def _restorer(owner: Any, name: str, ours: Any, original: Any) -> Callable[[], None]:
    def restore() -> None:
        if getattr(owner, name) is ours:
            setattr(owner, name, original)

    return restore


def _loggers() -> list[logging.Logger]:
    known = list(logging.root.manager.loggerDict.values())
    return [logger for logger in known if isinstance(logger, logging.Logger)]


def _prints(handler: logging.Handler) -> bool:
    # Exact types: a test runner's or a user's own subclass has a purpose of its own.
    if type(handler).__module__.partition(".")[0] not in ("logging", "gunicorn", "celery", "uvicorn"):
        return False
    stream = getattr(handler, "stream", None)
    return stream is not None and stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
