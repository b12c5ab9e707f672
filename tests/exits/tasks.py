"""An application whose worker is a process of its own; its broker is a SQLite file."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from kombu.transport.sqlalchemy import Transport
from sqlalchemy.pool import NullPool

import obskit
from tests.exits.canary import TEXT
from tests.exits.exits import failure

obskit.init(service="worker")
Transport.polling_interval = 0.1

app = Celery("tasks", broker=os.environ["BROKER_URL"], backend="rpc://")
app.conf.update(
    # A forked child must not use the connections of its parent; a writer must wait for the others.
    broker_transport_options={"poolclass": NullPool, "connect_args": {"timeout": 20}},
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    worker_redirect_stdouts=False,
)


class Refused(Exception):
    """What a task expects."""


@app.task(name="tasks.answer")
def answer(*given: Any, **named: Any) -> Any:
    return [given, named]


@app.task(name="tasks.fail")
def fail(*given: Any, **named: Any) -> None:
    raise failure()


@app.task(name="tasks.refuse", throws=(Refused,))
def refuse(*given: Any, **named: Any) -> None:
    raise Refused(TEXT)


@app.task(name="tasks.again", bind=True, max_retries=1)
def again(self: Any, *given: Any, **named: Any) -> None:
    raise self.retry(exc=ConnectionError(TEXT), countdown=0)


TASKS = ("answer", "fail", "refuse", "again", "unknown")
