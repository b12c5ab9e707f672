"""obskit and its peers, set up to log events to a file, each as its documentation advises for speed."""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.log_records import IDS, SERVICE
from benchmarks.redaction_records import Event


class Log(NamedTuple):
    """Two calls: an event at INFO, and one with the exception that is being handled."""

    info: Callable[[Event], object]
    exception: Callable[[Event], object]


Setup = Callable[[Path], contextlib.AbstractContextManager[Log]]


def _named(log: Any) -> Log:
    return Log(
        lambda event: log.info(event.message, **event.fields),
        lambda event: log.exception(event.message, **event.fields),  # noqa: LOG004 - called where one is handled
    )


@contextlib.contextmanager
def obskit(path: Path, **options: Any) -> Iterator[Log]:
    """Log with obskit in a unit of work and a span; to the console, which is a file, unless told otherwise."""
    import obskit

    with path.open("a") as stream:
        given = {"console": "json", "stream": stream, "journal": False, **options}
        obskit.init("shop", "production", "1.2.3", **given)
        log = obskit.get_logger("shop.orders")
        with obskit.scope(), obskit.span("checkout"):
            yield _named(log)
        obskit.shutdown()


def structlog(*processors: Any, exceptions: Any = None) -> Setup:
    """Return structlog with orjson, bytes to the file, contextvars, and further processors before the renderer."""

    @contextlib.contextmanager
    def setup(path: Path) -> Iterator[Log]:
        import orjson
        import structlog

        with path.open("ab") as stream:
            structlog.configure(
                processors=[
                    structlog.contextvars.merge_contextvars,
                    structlog.processors.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    exceptions or structlog.processors.format_exc_info,
                    *processors,
                    structlog.processors.JSONRenderer(serializer=orjson.dumps),
                ],
                wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
                logger_factory=structlog.BytesLoggerFactory(stream),
                cache_logger_on_first_use=True,
            )
            structlog.contextvars.bind_contextvars(**IDS, **SERVICE)
            log = structlog.get_logger().bind(logger="shop.orders")
            yield _named(log)

    return setup


def processor(scrub: Callable[[Any], Any]) -> Callable[[Any, str, Any], Any]:
    """Return a processor of structlog that scrubs what the call gave: ids and service are known to be harmless."""
    known = {*IDS, *SERVICE, "timestamp", "level", "logger"}

    def process(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in event.items() if name not in known}
        event.update(scrub(given))
        return event

    return process


@contextlib.contextmanager
def json_logger(path: Path, filters: Sequence[Callable[[logging.LogRecord], bool]] = ()) -> Iterator[Log]:
    """Log with the standard library and python-json-logger, ids from a context variable by a filter."""
    from pythonjsonlogger.orjson import OrjsonFormatter

    ids = contextvars.ContextVar("ids", default=IDS)

    def add_ids(record: logging.LogRecord) -> bool:
        record.__dict__.update(ids.get())
        return True

    handler = logging.FileHandler(path)
    handler.setFormatter(OrjsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", static_fields=SERVICE))
    for one in filters or (add_ids,):
        handler.addFilter(one)
    log = logging.getLogger("shop.orders")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    yield Log(
        lambda event: log.info(event.message, extra=event.fields),
        lambda event: log.exception(event.message, extra=event.fields),  # noqa: LOG004 - called where one is handled
    )
    handler.close()


@contextlib.contextmanager
def loguru(path: Path) -> Iterator[Log]:
    """Log with loguru, serialize=True, ids by contextualize, without the variables of frames."""
    from loguru import logger

    logger.remove()
    logger.add(path, serialize=True, format="{message}", backtrace=False, diagnose=False)
    with logger.contextualize(**IDS, **SERVICE):
        yield _named(logger)
    logger.remove()


@contextlib.contextmanager
def logfire(path: Path) -> Iterator[Log]:
    """Log with Logfire in a span, its console into the file, nothing sent anywhere."""
    import logfire

    with path.open("a", buffering=1) as stream:
        logfire.configure(
            send_to_logfire=False,
            service_name="shop",
            environment="production",
            console=logfire.ConsoleOptions(output=stream, verbose=True, colors="never"),
            inspect_arguments=False,
            metrics=False,
        )
        with logfire.span("checkout"):
            yield _named(logfire)
        logfire.shutdown()
