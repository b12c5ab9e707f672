"""Sends the checkouts through the running services and waits until each has come to its end."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from examples.demo.order import Order, orders
from examples.demo.services import Fleet, wait_for

AT_ONCE = 4


@dataclass(frozen=True)
class Answer:
    """What the gateway said to one checkout."""

    order: Order
    status: int
    correlation_id: str
    body: str


@dataclass
class Run:
    """One run of the demo's traffic and where it left its traces."""

    folder: Path
    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def journal(self) -> Path:
        """The journal that all processes shared."""
        return self.folder / "journal"

    @property
    def unexpected(self) -> list[Answer]:
        """The answers whose status is not the one that the order must get."""
        return [answer for answer in self.answers if answer.status != answer.order.status]


Progress = Callable[[str, int, int], None]


def run(
    folder: Path,
    count: int = 60,
    environ: Mapping[str, str] | None = None,
    progress: Progress = lambda what, done, total: None,
    before_stop: Callable[[Fleet], None] = lambda fleet: None,
) -> Run:
    """Starts the shop, sends `count` checkouts, waits for the tasks they queued, stops the shop.

    Args:
        folder: an absolute path; gets `journal/`, `out/` (each service's stdout and stderr) and `witness/`.
        environ: environment of the services; default: this process's, without its `OBSKIT_*` variables.
        progress: called with what is going on, how many are done and of how many.
        before_stop: called once all is done, while the services still run.

    Raises:
        TimeoutError: a service was not ready, or a task not done, in its time.
    """
    started = time.monotonic()
    done = Run(folder)
    with Fleet(folder, plain_environ() if environ is None else environ) as fleet:
        sent = orders(count)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for answer in as_completed([pool.submit(send, fleet.gateway, order) for order in sent]):
                done.answers.append(answer.result())
                progress("checkouts answered", len(done.answers), count)
        spans = folder / "witness" / "spans.jsonl"

        def tasks_done() -> bool:
            ended = spans.read_text().count('"kind": "SpanKind.CONSUMER"')
            progress("tasks done", min(ended, count), count)
            return ended >= count

        wait_for(tasks_done, 30, f"the worker's {count} tasks")
        before_stop(fleet)
    done.answers.sort(key=lambda answer: answer.order.number)
    done.seconds = time.monotonic() - started
    return done


def plain_environ() -> dict[str, str]:
    """Returns this process's environment without settings of obskit that would change what the demo shows."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OBSKIT_")}


def send(gateway: str, order: Order) -> Answer:
    """Sends one checkout as a browser would, without any help of obskit's."""
    body = {"order": order.number, "item": order.item, "email": order.email, "card": order.card}
    request = urllib.request.Request(  # noqa: S310 -- our own loopback address
        f"{gateway}/checkout",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {order.token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 -- as above
            return Answer(order, answer.status, answer.headers.get("X-Correlation-ID", ""), answer.read().decode())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(order, refused.code, refused.headers.get("X-Correlation-ID", ""), refused.read().decode())
