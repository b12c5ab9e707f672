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
def app(request: pytest.FixtureRequest) -> Iterator[Celery]:
    """Return an application over a broker in memory; that of the worker, where the test asks for one."""
    if "worker" in request.fixturenames:
        yield request.getfixturevalue("crew").app
        return
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


@pytest.fixture(scope="session")
def crew() -> Iterator[Any]:
    """Run one worker, with a pool of threads, for the whole session: Celery takes seconds to stop one.

    It stops all that there are in a process, too.
    """
    app = Celery("crew", broker="memory://localhost", backend="cache+memory://", set_as_current=False)
    app.conf.update(
        broker_transport_options={"polling_interval": 0.01},
        task_default_queue="crew",
        worker_enable_remote_control=False,
    )
    with capture(integrations=["celery"]):
        context = start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=15)
        running = context.__enter__()
    yield running
    context.__exit__(None, None, None)
    app.close()


@pytest.fixture
def worker(crew: Any) -> Iterator[Callable[..., Any]]:
    """Give a context manager in which that worker knows the tasks that the test has made."""
    app = crew.app
    before = set(app.tasks)

    @contextmanager
    def running() -> Iterator[Any]:
        crew.consumer.update_strategies()
        yield crew

    yield running
    for name in set(app.tasks) - before:
        app.tasks.pop(name)


@pytest.fixture
def task_lines(captured: Any) -> Callable[..., list[dict[str, Any]]]:
    """Return the lines that tell how tasks ended."""
    return lambda: [line for line in captured.records if line.get("logger") == "obskit.task"]
