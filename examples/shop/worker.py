"""The shop's back office (Celery): charges the card of an order and confirms its reservation, or apologises."""

from __future__ import annotations

import os

import httpx
from celery import Celery
from sqlalchemy.pool import NullPool

import obskit

obskit.init(service="worker")
log = obskit.get_logger()

app = Celery("worker", broker=os.environ["BROKER_URL"])
# SQLite as a broker needs no server, but a connection of its own for each use, and patience where it is locked.
app.conf.broker_transport_options = {"poolclass": NullPool, "connect_args": {"timeout": 20}}
inventory = httpx.Client(base_url=os.environ["INVENTORY_URL"], timeout=10)


class CardDeclined(Exception):
    pass


@app.task(name="charge")
def charge(order: str, item: str, email: str, card: str, token: str) -> str:
    obskit.bind(order=order, item=item)
    log.info(f"charging card {card} of {email}")
    log.debug("asking the bank", provider="example")

    if item == "gift-card":
        raise CardDeclined(f"card {card} of {email} was declined, sent with {token}")

    with obskit.span("payment", provider="example"):
        log.info("payment taken", card=card)
    inventory.post(f"/reservations/{order}/confirm", headers={"Authorization": token}).raise_for_status()
    return order


@app.task(name="apologise")
def apologise(order: str, email: str) -> str:
    obskit.bind(order=order)
    log.info(f"apology sent to {email}")
    return order
