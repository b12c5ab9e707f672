"""The structlog logger: its interface, with the pipeline as its only processor."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, cast

import structlog
import structlog.contextvars
from structlog.typing import EventDict, WrappedLogger

from obskit import state
from obskit.context.scope import OUTSIDE, current_layer, layer
from obskit.decide.levels import DEBUG, ERROR, FATAL, INFO, TRACE, WARN, number
from obskit.protect.plain import formatted
from obskit.sources.current import runtime
from obskit.sources.named import NamedLogger, calling_module, make_logger, named
from obskit.sources.quick import hasten

_METHOD_LEVELS = {
    "trace": TRACE, "debug": DEBUG, "info": INFO, "msg": INFO, "warning": WARN, "warn": WARN, "error": ERROR,
    "exception": ERROR, "critical": FATAL, "fatal": FATAL,
}  # fmt: skip
_LOGGER_KEY = "logger"
# Empty until a process uses structlog.contextvars for the first time; looking there costs, so it is asked first.
_CONTEXT_VARS: Mapping[str, Any] = getattr(structlog.contextvars, "_CONTEXT_VARS", {})
# What `structlog.configure` changes: to ask for a copy of all of it costs more than the call itself.
_CONFIG: Any = getattr(structlog._config, "_CONFIG", None)  # noqa: SLF001


def emit(logger: WrappedLogger, method: str, event_dict: EventDict) -> NoReturn:
    """Be the last processor: hand the event to the pipeline and end structlog's own way of it."""
    fields = dict(event_dict)
    event = fields.pop("event", "")
    name = fields.pop(_LOGGER_KEY, None)
    if not isinstance(name, str):
        name = getattr(logger, "name", "") or ""
    level = _METHOD_LEVELS.get(method, INFO)
    _hand_over(level, name, event, fields)
    raise structlog.DropEvent


HELD = object()

# One list object for good: structlog.testing.capture_logs changes it in place.
PROCESSORS: list[Any] = [emit]


def _hand_over(level: int, name: str, event: Any, fields: dict[str, Any], below: bool = False) -> None:
    """Take the exception and the stack out of an event's fields, and emit it."""
    if _CONTEXT_VARS:
        # What structlog.contextvars has bound: a chain of the application's own would have merged it.
        fields = {**structlog.contextvars.get_contextvars(), **fields}
    error = exception_of(fields.pop("exc_info", None))
    if _is_true(fields.pop("stack_info", False)):
        fields["stack"] = _stack()
    (state.runtime or runtime()).pipeline.log(level, name, event, fields, error, None, below)


def exception_of(exc_info: Any) -> BaseException | None:
    """Return the exception that `exc_info` means: one itself, a tuple of three, or True for the one being handled."""
    # By their types: what only says that it is an exception has neither cause nor traceback.
    if issubclass(type(exc_info), BaseException):
        return exc_info  # type: ignore[no-any-return]
    if type(exc_info) is tuple:
        error = exc_info[1] if len(exc_info) == 3 else None
        return error if issubclass(type(error), BaseException) else None
    return sys.exc_info()[1] if _is_true(exc_info) else None


def _is_true(value: Any) -> bool:
    try:
        return bool(value)
    except Exception:
        return True


class _Parts:
    # In slots, which the accelerator reads without a look at names.
    __slots__ = ("_context", "_logger")


class Logger(_Parts, structlog.BoundLoggerBase):
    """A structlog logger whose events go down obskit's pipeline."""

    _logger: NamedLogger
    _context: dict[str, Any]

    def bind(self, /, **new_values: Any) -> Logger:
        """Return a logger with more fields."""
        return self._with({**self._context, **new_values})

    def new(self, /, **new_values: Any) -> Logger:
        """Return a logger with these fields only."""
        return self._with(dict(new_values))

    def unbind(self, *keys: str) -> Logger:
        """Return a logger without some fields.

        Raises:
            KeyError: It has no such field.
        """
        fields = dict(self._context)
        for key in keys:
            del fields[key]
        return self._with(fields)

    def try_unbind(self, *keys: str) -> Logger:
        """Return a logger without some fields, where it has them."""
        return self._with({key: value for key, value in self._context.items() if key not in keys})

    def is_enabled_for(self, level: int) -> bool:
        """Tell whether a record of this level would go on."""
        return runtime().enabled(level, self._name())

    def get_effective_level(self) -> int:
        """Return the lowest level that goes on."""
        return runtime().thresholds.of(self._name())

    isEnabledFor = is_enabled_for  # noqa: N815 - the standard library's name
    getEffectiveLevel = get_effective_level  # noqa: N815 - the standard library's name

    def trace(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at TRACE."""
        # Nearly all calls at these levels end here: nothing is looked up for them.
        if self._logger.least > TRACE and current_layer() is OUTSIDE:
            return
        self._emit(TRACE, "trace", event, args, fields)

    def debug(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at DEBUG."""
        if self._logger.least > DEBUG and current_layer() is OUTSIDE:
            return
        self._emit(DEBUG, "debug", event, args, fields)

    def info(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at INFO."""
        self._emit(INFO, "info", event, args, fields)

    def warning(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at WARN."""
        self._emit(WARN, "warning", event, args, fields)

    def error(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at ERROR."""
        self._emit(ERROR, "error", event, args, fields)

    def critical(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at FATAL."""
        self._emit(FATAL, "critical", event, args, fields)

    def exception(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at ERROR, with the exception being handled."""
        fields.setdefault("exc_info", True)
        self._emit(ERROR, "exception", event, args, fields)

    def log(self, /, level: int | str, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at a level given by number or name."""
        try:
            found = number(level)
        except Exception:
            found = INFO
        self._emit(found, _method_of(found), event, args, fields)

    msg = info
    warn = warning
    fatal = critical

    async def atrace(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at TRACE."""
        self._emit(TRACE, "trace", event, args, fields)

    async def adebug(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at DEBUG."""
        self._emit(DEBUG, "debug", event, args, fields)

    async def ainfo(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at INFO; a call costs too little to leave the event loop for."""
        self._emit(INFO, "info", event, args, fields)

    async def awarning(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at WARN."""
        self._emit(WARN, "warning", event, args, fields)

    async def aerror(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at ERROR."""
        self._emit(ERROR, "error", event, args, fields)

    async def acritical(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at FATAL."""
        self._emit(FATAL, "critical", event, args, fields)

    async def aexception(self, /, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at ERROR, with the exception being handled."""
        # The exception is looked up here: it is the caller's, and gone in another task.
        fields.setdefault("exc_info", sys.exc_info()[1])
        self._emit(ERROR, "exception", event, args, fields)

    async def alog(self, /, level: int | str, event: Any = None, *args: Any, **fields: Any) -> None:
        """Log at a level given by number or name."""
        self.log(level, event, *args, **fields)

    amsg = ainfo
    awarn = awarning
    afatal = acritical

    def _name(self) -> str:
        return self._logger.name

    def _with(self, fields: dict[str, Any]) -> Logger:
        logger = self._logger
        if _LOGGER_KEY in fields and isinstance(fields[_LOGGER_KEY], str):
            logger = named(fields[_LOGGER_KEY])
        return self.__class__(logger, self._processors, fields)

    def _emit(self, level: int, method: str, event: Any, args: tuple[Any, ...], fields: dict[str, Any]) -> None:
        logger = self._logger
        below = False
        if level < (logger.least or logger.ask()):
            wanted = _wanted(level)
            if not wanted:
                return
            below = wanted is HELD
        if args:
            event = _formatted(event, args, (state.runtime or runtime()).redactor.argument)
        if self._context:
            fields = {**self._context, **fields}
            fields.pop(_LOGGER_KEY, None)
        processors = structlog.get_config()["processors"] if _CONFIG is None else _CONFIG.default_processors
        if (len(processors) == 1 and processors[0] is emit) or not structlog.is_configured():
            if _CONTEXT_VARS or "exc_info" in fields or "stack_info" in fields:
                _hand_over(level, logger.name, event, fields, below)
            else:
                (state.runtime or runtime()).pipeline.log(level, logger.name, event, fields, None, None, below)
            return
        if below and processors is PROCESSORS:
            # structlog.testing has put its own into this very list: it takes what is emitted.
            return
        # What is only held passes them too: who masks or drops in one means whatever may be written.
        in_force = state.runtime or runtime()
        in_force.guarded(
            "a structlog processor", lambda: self._through(processors, level, method, event, fields, below)
        )

    def _through(
        self, processors: list[Any], level: int, method: str, event: Any, fields: Mapping[str, Any], below: bool
    ) -> None:
        result: Any = {**fields, "event": event}
        if _LOGGER_KEY in self._context:
            result[_LOGGER_KEY] = self._context[_LOGGER_KEY]
        try:
            for processor in processors:
                if processor is emit:
                    # It can't know that a record is only to be held.
                    break
                result = processor(self._logger, method, result)
        except structlog.DropEvent:
            return
        except Exception as trouble:
            (state.runtime or runtime()).pipeline.failed("a structlog processor", trouble)
            # It may have been about to mask one of the fields: the line goes without them.
            kept = {key: fields[key] for key in ("exc_info", "stack_info") if key in fields}
            result = {**kept, "event": event, "processor_error": type(trouble).__name__}
        # A chain that the application has set up itself ends in a renderer of its own: what it says is the record.
        if isinstance(result, Mapping):
            rest = dict(result)
            event, name = rest.pop("event", event), rest.pop(_LOGGER_KEY, None)
            _hand_over(level, name if isinstance(name, str) else self._name(), event, rest, below)
        else:
            _hand_over(level, self._name(), result if isinstance(result, (str, bytes)) else event, {}, below)


# All but those that do more than to name a level.
_PLAIN = {name: level for name, level in _METHOD_LEVELS.items() if name != "exception"}
hasten(Logger, _PLAIN, bound=_CONTEXT_VARS, config=_CONFIG, emit=emit)


def _formatted(event: Any, args: tuple[Any, ...], hide: Callable[[str, Any], str | None]) -> str:
    try:
        named = len(args) == 1 and isinstance(args[0], Mapping) and bool(args[0])
    except Exception:
        named = False
    return formatted(event, args[0] if named else args, hide)


def _method_of(level: int) -> str:
    for method in ("critical", "error", "warning", "info", "debug"):
        if level >= _METHOD_LEVELS[method]:
            return method
    return "trace"


def _stack() -> str:
    frames = traceback.extract_stack()
    outside = [frame for frame in frames if f"{_HERE}" not in frame.filename]
    return "".join(traceback.format_list(outside)).rstrip("\n")


_HERE = __file__.rpartition("/sources/")[0] + "/"


def _wanted(level: int) -> object:
    """Tell what becomes of a record below its logger's level: nothing, HELD by the flight recorder, or written."""
    frame = current_layer().frame
    scope = layer().frame.scope if frame.closed else frame.scope
    if scope is None:
        return False
    if scope.kept or (scope.verbose and level >= scope.level):
        return True
    return HELD if (state.runtime or runtime()).recorder is not None and not scope.sealed else False


def get_logger(name: str | None = None, **fields: Any) -> Logger:
    """Return a structlog logger.

    Args:
        name: Its dotted name; by default that of the calling module.
        **fields: Bound to it.
    """
    return Logger(named(str(name) if name else calling_module()), PROCESSORS, fields)


def configure() -> Callable[[], None]:
    """Make `structlog.get_logger()` give the same loggers; returns what restores the application's configuration."""
    former = structlog.get_config() if structlog.is_configured() else None
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=cast("Any", Logger),
        context_class=dict,
        logger_factory=make_logger,
        cache_logger_on_first_use=False,
    )

    def undo() -> None:
        if structlog.get_config()["processors"] is not PROCESSORS:
            return
        if former is None:
            structlog.reset_defaults()
        else:
            structlog.configure(**former)

    return undo
