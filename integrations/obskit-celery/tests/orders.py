"""An application whose worker, and whose senders, are processes of their own; its broker is a SQLite file."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import billiard.pool
from celery import Celery
from kombu.transport.sqlalchemy import Transport
from sqlalchemy.pool import NullPool

import obskit

PASSWORD = "hunter2-swordfish"

obskit.init(service=os.environ.get("SERVICE", "worker"))
log = obskit.get_logger("orders")

# Tests can't wait: for a poll of the broker a second, for a child that is gone ten.
Transport.polling_interval = 0.1
billiard.pool.LOST_WORKER_TIMEOUT = 1.0

app = Celery("orders", broker=os.environ["BROKER_URL"])
app.conf.update(
    # A forked child must not use the connections of its parent; a writer must wait for the others.
    broker_transport_options={"poolclass": NullPool, "connect_args": {"timeout": 20}},
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
)


@app.task(name="orders.charge")
def charge(order: str, password: str = "") -> str:
    log.info("charging", order=order)
    return f"{order} paid with {password}"


@app.task(name="orders.ship", bind=True, max_retries=3)
def ship(self: Any, order: str) -> str:
    log.info("shipping", order=order)
    if self.request.retries < 2:
        raise self.retry(exc=ConnectionError("carrier is busy"), countdown=0)
    return order


@app.task(name="orders.refund")
def refund(order: str, password: str = "") -> None:
    raise LookupError(f"no payment for {order}")


@app.task(name="orders.killed")
def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="orders.stuck", time_limit=1)
def stuck() -> None:
    time.sleep(30)
