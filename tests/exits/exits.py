"""Every way by which something that a caller gave gets into a record: one function each, which sends canaries."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable

from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags

import obskit
from obskit.integration import begin, client_span
from obskit.tracing.tracestate import TraceState
from tests.exits.canary import CARD, EMAIL, MARKED, PAIR, PLAIN, TEXT, fields

Send = Callable[[], None]
LOGS: dict[str, Send] = {}
SPANS: dict[str, Send] = {}


def log(name: str) -> Callable[[Send], Send]:
    """Enumerate a way into a log line; its line is one of an error, so that Sentry gets it too."""
    return lambda send: LOGS.setdefault(name, send)


def span(name: str) -> Callable[[Send], Send]:
    """Enumerate a way into a span."""
    return lambda send: SPANS.setdefault(name, send)


class CanaryError(Exception):
    """An exception that says everything about itself."""

    code = category = severity = TEXT

    def __init__(self) -> None:
        super().__init__(TEXT, {"password": PLAIN}, obskit.secret(MARKED))
        self.add_note(TEXT)


def failure(error: BaseException | None = None) -> BaseException:
    """Return an exception that was raised, with a cause, and with canaries in its frames' variables."""
    password = PLAIN
    account = {"email": EMAIL, "card": CARD, "token": PLAIN, "marked": obskit.secret(MARKED)}
    try:
        try:
            raise ValueError(TEXT)
        except ValueError as cause:
            raise (error or CanaryError()) from cause
    except BaseException as raised:
        assert password
        assert account
        return raised


@log("structlog: message")
def _() -> None:
    obskit.get_logger("shop").error(TEXT)


@log("structlog: a message that is no text")
def _() -> None:
    obskit.get_logger("shop").error(fields())


@log("structlog: fields")
def _() -> None:
    obskit.get_logger("shop").error("said", **fields())


@log("structlog: names of fields")
def _() -> None:
    obskit.get_logger("shop").error("said", **{TEXT: 1, "known": {EMAIL: {CARD: 1}}})


@log("structlog: positional arguments")
def _() -> None:
    obskit.get_logger("shop").error("mail %s card %s, password: %s, %r", EMAIL, CARD, PLAIN, obskit.secret(MARKED))


@log("structlog: named arguments")
def _() -> None:
    obskit.get_logger("shop").error("%(password)s is of %(email)s", {"password": PLAIN, "email": EMAIL})


@log("structlog: too many arguments")
def _() -> None:
    obskit.get_logger("shop").error("said", EMAIL, {"password": PLAIN}, obskit.secret(MARKED))


@log("structlog: bound to the logger")
def _() -> None:
    obskit.get_logger("shop", **fields()).bind(more=TEXT).error("said")


@log("structlog: name of the logger")
def _() -> None:
    obskit.get_logger(TEXT).error("said")


@log("structlog: exc_info")
def _() -> None:
    obskit.get_logger("shop").error("said", exc_info=failure())


@log("structlog: an exception as a field")
def _() -> None:
    obskit.get_logger("shop").error("said", error=failure(), other=failure())


@log("structlog: a group of exceptions")
def _() -> None:
    obskit.get_logger("shop").error("said", exc_info=failure(ExceptionGroup(TEXT, [failure(), KeyError(TEXT)])))  # type: ignore[arg-type,list-item]


@log("structlog: an exception whose class was named at run time")
def _() -> None:
    made = type(EMAIL, (ValueError,), {"__module__": "shop"})
    obskit.get_logger("shop").error("said", exc_info=failure(failure(made(TEXT))))
    try:
        raise KeyError from made(TEXT)
    except KeyError as error:
        obskit.capture_exception(error)


@log("structlog: stack_info")
def _() -> None:
    # The source of the line that logs stands in it.
    obskit.get_logger("shop").error("said", stack_info=True, why="password=Zx9canaryPair")


@log("structlog: a text longer than a line may be")
def _() -> None:
    obskit.get_logger("shop").error(f"{TEXT} {'long ' * 30_000}{TEXT}", **fields())
    obskit.get_logger("shop").error("said", **{EMAIL: "long " * 30_000})


@log("obskit.bind, bound, scope")
def _() -> None:
    with obskit.scope(**fields()), obskit.bound(second=TEXT):
        obskit.bind(third=TEXT, secret=PLAIN)
        obskit.get_logger("shop").error("said")


@log("obskit.scope: its id")
def _() -> None:
    for given in (EMAIL, CARD, f"password={PAIR}"):
        with obskit.scope(correlation_id=given):
            obskit.get_logger("shop").error("said", note=TEXT)


@log("obskit.set_user")
def _() -> None:
    with obskit.scope():
        obskit.set_user(id=EMAIL, ip=EMAIL, session_id=TEXT)
        obskit.get_logger("shop").error("said")


@log("obskit.set_user: another shape")
def _() -> None:
    obskit.get_logger("shop").error("said", user={"email": EMAIL, "password": PLAIN}, request=TEXT)


@log("obskit.capture_exception")
def _() -> None:
    obskit.capture_exception(failure(), **fields())


@log("standard library: arguments")
def _() -> None:
    logging.getLogger("lib").error("mail %s card %s, password: %s, %r", EMAIL, CARD, PLAIN, obskit.secret(MARKED))


@log("standard library: wrong arguments")
def _() -> None:
    logging.getLogger("lib").error("%d of %s", EMAIL, {"password": PLAIN})


@log("standard library: named arguments")
def _() -> None:
    logging.getLogger("lib").error("%(password)s is of %(email)s", {"password": PLAIN, "email": EMAIL})


@log("standard library: extra")
def _() -> None:
    logging.getLogger("lib").error("said", extra=fields())


@log("standard library: LoggerAdapter")
def _() -> None:
    logging.LoggerAdapter(logging.getLogger("lib"), fields()).error(TEXT)


@log("standard library: exc_info and stack_info")
def _() -> None:
    logging.getLogger("lib").error("said password=Zx9canaryPair", exc_info=failure(), stack_info=True)


@log("standard library: name of the logger")
def _() -> None:
    logging.getLogger(f"lib {TEXT}").error("said")


@log("standard library: a logger without any handler")
def _() -> None:
    alone = logging.Logger("alone")  # noqa: LOG001 - that is the case
    alone.propagate = False
    alone.error(TEXT)


@log("standard library: a handler that was added later")
def _() -> None:
    logger = logging.getLogger("lib.with.a.handler")
    logger.addHandler(logging.StreamHandler(sys.stderr))
    logger.error(TEXT)


@log("standard library: a handler that fails")
def _() -> None:
    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            try:
                raise ValueError(record.getMessage())
            except ValueError:
                self.handleError(record)

    logger = logging.getLogger("lib.with.a.failing.handler")
    handler = Failing()
    logger.addHandler(handler)
    try:
        logger.error("mail %s", TEXT)
    finally:
        logger.removeHandler(handler)


@log("warnings")
def _() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(TEXT, stacklevel=1)
    obskit.get_logger("shop").error(TEXT)


@log("a unit of work: request, fields and outcome")
def _() -> None:
    unit = begin(
        TEXT,
        headers=[("X-Correlation-ID", EMAIL), ("X-Request-ID", CARD)],
        attributes={"note": TEXT, "password": PLAIN},
        request={"method": TEXT, "path": f"/of/{EMAIL}", "headers": {"authorization": PLAIN}, TEXT: 1},
        fields=fields(),
        tracer=TEXT,
        version=TEXT,
    )
    unit.finish(
        message=TEXT, error=failure(), request={"route": TEXT}, attributes={"why": TEXT}, fields={"token": PLAIN}
    )


@span("name")
def _() -> None:
    with obskit.span(TEXT):
        trace.get_current_span().update_name(f"again {TEXT}")


@span("attributes and their names")
def _() -> None:
    with obskit.span("work", **fields(), **{EMAIL: TEXT}):
        trace.get_current_span().set_attributes({"password": PLAIN, "list": [EMAIL, CARD], CARD: 1})
        trace.get_current_span().set_attribute("map", {"token": PLAIN, EMAIL: 1})  # type: ignore[arg-type]


@span("an attribute longer than a line may be")
def _() -> None:
    with obskit.span("work", **{EMAIL: f"{TEXT} {'long ' * 30_000}"}):
        pass


@span("events")
def _() -> None:
    with obskit.span("work"):
        trace.get_current_span().add_event(TEXT, {"note": TEXT, "password": PLAIN, EMAIL: 1})


@span("exceptions")
def _() -> None:
    try:
        with obskit.span("work"):
            raise failure()
    except CanaryError:
        pass
    with obskit.span("work") as current:
        current.record_exception(failure(), {"note": TEXT, "password": PLAIN})  # type: ignore[arg-type]


@span("status")
def _() -> None:
    with obskit.span("work"):
        trace.get_current_span().set_status(Status(StatusCode.ERROR, TEXT))


@span("links")
def _() -> None:
    other = NonRecordingSpan(_context()).get_span_context()
    tracer = trace.get_tracer("shop")
    with tracer.start_as_current_span("work", links=[Link(other, {"note": TEXT, "password": PLAIN, EMAIL: 1})]):
        trace.get_current_span().add_link(other, {"note": TEXT})


@span("instrumentation")
def _() -> None:
    url = f"https://joe:{PAIR}@schemas.example/?token={PLAIN}"
    tracer = trace.get_tracer(TEXT, TEXT, schema_url=url, attributes={"password": PLAIN, EMAIL: 1})
    with tracer.start_as_current_span("work"):
        pass


@span("trace state")
def _() -> None:
    within = trace.set_span_in_context(NonRecordingSpan(_context()))
    with trace.get_tracer("shop").start_as_current_span("work", within, attributes={"note": TEXT}):
        pass


@span("an outgoing call")
def _() -> None:
    made = client_span(TEXT, attributes={"url.full": f"https://joe:{PAIR}@api.example/{EMAIL}?token={PLAIN}"})
    made.record_exception(failure())
    made.end()


def _context() -> SpanContext:
    state = TraceState([("mail", EMAIL), ("vendor", "1"), ("token", PLAIN), ("card", CARD)])
    return SpanContext(0x1234567, 0x89AB, is_remote=True, trace_flags=TraceFlags(1), trace_state=state)
