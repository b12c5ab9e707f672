"""Workers: one in this process, whose lines are captured, and real ones in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker

from obskit.testing import capture


@pytest.fixture
def captured() -> Iterator[Any]:
    """Initialise obskit with this integration alone; give what it captures."""
    with capture(integrations=["celery"]) as found:
        yield found


@pytest.fixture
def app() -> Iterator[Celery]:
    """Return an application over a broker in memory."""
    made = Celery("shop", broker="memory://localhost", backend="cache+memory://", set_as_current=False)
    made.conf.update(broker_connection_retry_on_startup=True, worker_enable_remote_control=False)
    yield made
    made.close()


@pytest.fixture
def task(app: Celery) -> Callable[..., Any]:
    """Give what makes a task of a function, a lambda too, for this application alone."""

    def make(name: str, function: Callable[..., Any], **options: Any) -> Any:
        function.__name__ = name.rpartition(".")[2]
        return app.task(name=name, shared=False, **options)(function)

    return make


@pytest.fixture
def worker(app: Celery) -> Callable[..., Any]:
    """Give a context manager that runs a worker for the application in a thread."""

    @contextmanager
    def running(pool: str = "solo", concurrency: int = 1) -> Iterator[Any]:
        with start_worker(
            app, pool=pool, concurrency=concurrency, perform_ping_check=False, shutdown_timeout=15
        ) as started:
            yield started

    return running


@pytest.fixture
def task_lines(captured: Any) -> Callable[..., list[dict[str, Any]]]:
    """Return the lines that tell how tasks ended."""
    return lambda: [line for line in captured.records if line.get("logger") == "obskit.task"]
