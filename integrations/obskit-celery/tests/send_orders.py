"""Send what a test of a worker needs: `python send_orders.py many` or `python send_orders.py lost`."""

from __future__ import annotations

import sys

import orders
from celery import chain

import obskit


def many() -> None:
    for number in range(12):
        with obskit.scope(f"order-{number}"), obskit.span("checkout"):
            orders.charge.delay(str(number), password=orders.PASSWORD)
    with obskit.scope("order-ship"), obskit.span("checkout"):
        chain(orders.charge.s("s"), orders.ship.s()).apply_async()
    with obskit.scope("order-refund"), obskit.span("checkout"):
        orders.refund.delay("r", password=orders.PASSWORD)


def lost() -> None:
    with obskit.scope("order-stuck"), obskit.span("checkout"):
        orders.stuck.delay()
    with obskit.scope("order-killed"), obskit.span("checkout"):
        orders.killed.delay()


if __name__ == "__main__":
    {"many": many, "lost": lost}[sys.argv[1]]()
    obskit.shutdown()
