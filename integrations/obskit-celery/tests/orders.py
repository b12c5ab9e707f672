"""An application whose tasks end in every way; its worker and its senders are processes of their own."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from celery import Celery
from celery.exceptions import Ignore, Reject

import obskit

PASSWORD = "hunter2-swordfish"

obskit.init(service=os.environ.get("SERVICE", "orders"))
log = obskit.get_logger("orders")

app = Celery("orders", broker=os.environ["BROKER_URL"], backend=os.environ.get("RESULTS_URL"))
app.conf.update(
    task_default_retry_delay=0,
    broker_connection_retry_on_startup=True,
    worker_cancel_long_running_tasks_on_connection_loss=False,
)


@app.task(name="orders.charge")
def charge(order: str, password: str = "") -> str:
    log.info("charging", order=order)
    return f"{order} paid with {password}"


@app.task(name="orders.total")
def total(orders: list[str]) -> int:
    log.info("totalling")
    return len(orders)


@app.task(name="orders.ship", bind=True, max_retries=3)
def ship(self: Any, order: str) -> str:
    log.info("shipping", order=order)
    if self.request.retries < 2:
        raise self.retry(exc=ConnectionError("carrier is busy"), countdown=0)
    return order


@app.task(name="orders.refund")
def refund(order: str, password: str = "") -> None:
    obskit.bind(order=order)
    raise LookupError(f"no payment for {order}")


@app.task(name="orders.expected", throws=(KeyError,))
def expected() -> None:
    raise KeyError("known")


@app.task(name="orders.ignored")
def ignored() -> None:
    raise Ignore


@app.task(name="orders.rejected", acks_late=True)
def rejected() -> None:
    raise Reject("not wanted")


@app.task(name="orders.again", bind=True, acks_late=True)
def again(self: Any, marker: str) -> None:
    if not Path(marker).exists():
        Path(marker).touch()
        raise Reject("once more", requeue=True)
    log.info("taken the second time")


@app.task(name="orders.killed")
def killed() -> None:
    log.info("about to die")
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="orders.stuck", time_limit=1)
def stuck() -> None:
    time.sleep(30)


@app.task(name="orders.prints")
def prints() -> None:
    print("printed by a task")
