"""Every way by which a value comes in: each leaves one line, and raises nothing."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import trace

import obskit
from obskit.sources.stdlib import Bridge
from tests.hostile.written import Written

LOGGER = "hostile"
# CPU seconds that one call may take, whatever it is given: generous, for machines that do something else as well.
SLOWEST = 4.0

Door = Callable[[Any], object]

log = obskit.get_logger(LOGGER)
native = logging.getLogger(LOGGER)


def _bind(value: Any) -> None:
    with obskit.scope():
        obskit.bind(value=value)
        log.info("bound")


def _bound(value: Any) -> None:
    with obskit.bound(value=value):
        log.info("bound")


def _scope(value: Any) -> None:
    with obskit.scope(value=value):
        log.info("scope")


def _late(value: Any) -> None:
    with obskit.scope(value=value) as unit:
        unit.seal()
        log.info("late", user=value)


def _set_user(value: Any) -> None:
    with obskit.scope():
        obskit.set_user(id=value, ip=value, session_id=value)
        log.info("user")


def _level(value: Any) -> None:
    # A number below the threshold is meant to leave no line.
    log.log(20 if issubclass(type(value), int) else value, "level")


def _correlation(value: Any) -> None:
    with obskit.scope(correlation_id=value):
        log.info("correlation")


def _contextvars(value: Any) -> None:
    with structlog.contextvars.bound_contextvars(value=value):
        log.info("bound")


def _raised(value: Any) -> None:
    try:
        raise ValueError(value)
    except ValueError:
        log.exception("raised", value=value)


def _noted(value: Any) -> None:
    error = ValueError("noted")
    error.__notes__ = [value]
    error.__cause__ = KeyError(value)
    log.error("noted", exc_info=error)


def _grouped(value: Any) -> None:
    log.error("grouped", exc_info=ExceptionGroup("several", [ValueError(value), TypeError("b")]))


def _facts(value: Any) -> None:
    error = ValueError("facts")
    vars(error).update(code=value, category=value, severity=value, retryable=value)
    log.error("facts", exc_info=error)


def _native(*given: Any, **options: Any) -> None:
    # What the standard library's own record refuses raises in its caller without obskit, too.
    try:
        logging.LogRecord(LOGGER, 20, "path", 1, given[0], given[1:], None)
    except Exception:
        native.info("refused by the library")
        return
    native.info(*given, **options)


def _key(value: Any) -> None:
    try:
        made = {value: 1, "after": 2}
    except Exception:
        made = {"after": 2}
    log.info("key", value=made)


FIELDS: dict[str, Door] = {
    "field": lambda v: log.info("field", value=v),
    "fields": lambda v: log.info("fields", before=1, value=v, other=v, after="text"),
    "in a dict": lambda v: log.info("dict", value={"a": {"b": v}, "c": 1}),
    "in a list": lambda v: log.info("list", value=[1, [v], (v,), {2: v}]),
    "in a pair": lambda v: log.info("pair", value=[("name", v), ("password", v)]),
    "beside a name": lambda v: log.info("name", value={"name": v, "value": v}),
    "as a key": _key,
    "under a telling name": lambda v: log.info("secret", password=v),
    "marked safe": lambda v: log.info("safe", value=obskit.safe(v)),
    "marked secret": lambda v: log.info("secret", value=obskit.secret(v)),
    "logger.bind": lambda v: log.bind(value=v).info("bound"),
    "logger.new": lambda v: log.new(value=v).info("new"),
    "bind": _bind,
    "bound": _bound,
    "scope": _scope,
    "a sealed scope": _late,
    "structlog.contextvars": _contextvars,
    "extra": lambda v: native.info("extra", extra={"value": v}),
    "structlog": lambda v: structlog.get_logger(LOGGER).info("structlog", value=v),
}
MESSAGES: dict[str, Door] = {
    "event": log.info,
    "event and field": lambda v: log.warning(v, value=v),
    "argument": lambda v: log.info("%s", v),
    "arguments": lambda v: log.info("%s and %r, password %s", v, v, v),
    "a lone argument": lambda v: log.info("no place", v),  # noqa: PLE1205 - meant
    "too few arguments": lambda v: log.info("%s %s %d", v),  # noqa: PLE1206 - meant
    "a number's place": lambda v: log.info("%d %5.2f", v, v),
    "named arguments": lambda v: log.info("%(a)s %(password)s", {"a": v, "password": v}),
    "template": lambda v: log.info(v, 1, "two"),
    "message": _native,
    "message and argument": lambda v: _native(v, 1),
    "logging's argument": lambda v: _native("%s", v),
    "logging's arguments": lambda v: _native("%s %d", v, v),
}
RESERVED: dict[str, Door] = {
    "user": lambda v: log.info("user", user=v),
    "user's id": lambda v: log.info("user", user={"id": v}),
    "user's fields": lambda v: log.info("user", user={"id": 1, "ip": v, "session_id": v}),
    "set_user": _set_user,
    "request": lambda v: log.info("request", request=v),
    "request's fields": lambda v: log.info("request", request={
        "method": v, "path": v, "route": v, "status_code": v, "disconnected": v, "duration_ms": v, "other": v,
    }),
    "error": lambda v: log.info("error", error=v),
    "exc_info": lambda v: log.info("exc_info", exc_info=v),
    "stack_info": lambda v: log.info("stack_info", stack_info=v),
    "schema's names": lambda v: log.info("names", **dict.fromkeys(
        ("timestamp", "level", "message", "logger", "service", "id", "trace_id", "sampling", "truncated", "context"), v
    )),
    "level": _level,
    "correlation id": _correlation,
}  # fmt: skip
ERRORS: dict[str, Door] = {
    "raised": _raised,
    "capture_exception": lambda v: obskit.capture_exception(ValueError(v), value=v),
    "an exception's notes and cause": _noted,
    "an exception in a group": _grouped,
    "an exception's facts": _facts,
}
LOGS: dict[str, Door] = FIELDS | MESSAGES | RESERVED | ERRORS
# The exception's logger is the module that called.
ELSEWHERE = {"capture_exception": "tests.hostile.doors"}


def _attribute(value: Any) -> None:
    with obskit.span("work", value=value):
        trace.get_current_span().set_attribute("again", value)


def _attributes(value: Any) -> None:
    with obskit.span("work"):
        span = trace.get_current_span()
        span.set_attributes({"value": value, "values": [value, value]})
        span.add_event("happened", {"value": value})


def _failing_span(value: Any) -> None:
    try:
        with obskit.span("work"):
            raise ValueError(value)
    except ValueError:
        pass


def _span_name(value: Any) -> None:
    with obskit.span(value):
        trace.get_current_span().add_event(value)


SPANS: dict[str, Door] = {
    "span attribute": _attribute,
    "span attributes": _attributes,
    "span that fails": _failing_span,
    "span name": _span_name,
}


def troubles(written: Written, make: Callable[[], Any], doors: dict[str, Door]) -> list[str]:
    """Send a fresh value through each door; returns what was wrong, a line each."""
    with _alone():
        return [f"{name}: {trouble}" for name, door in doors.items() for trouble in _tried(written, make, name, door)]


def _tried(written: Written, make: Callable[[], Any], name: str, door: Door) -> Iterator[str]:
    value = make()
    begun = time.thread_time()
    try:
        door(value)
    except Exception as error:
        yield f"raised {type(error).__name__} at {_place(error)}"
    taken = time.thread_time() - begun
    try:
        if name in SPANS:
            written.raw()
            written.span()
        else:
            written.line(ELSEWHERE.get(name, LOGGER))
    except AssertionError as wrong:
        yield str(wrong).partition("\n")[0]
    if taken > SLOWEST:
        yield f"took {taken:.1f} s"


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/obskit/" in frame.filename]
    return f"{frames[-1].filename.rpartition('/obskit/')[2]}:{frames[-1].lineno}" if frames else "the caller"


@contextmanager
def _alone() -> Iterator[None]:
    # A test runner's own handlers raise where a template does not fit its arguments.
    root = logging.getLogger()
    others = [handler for handler in root.handlers if not isinstance(handler, Bridge)]
    for handler in others:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in others:
            root.addHandler(handler)
