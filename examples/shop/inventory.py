"""The shop's stock (Flask): reserves goods for an order and confirms the reservation once it is paid."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, request

import obskit

obskit.init(service="inventory")
log = obskit.get_logger()

app = Flask(__name__)


class OutOfStock(Exception):
    pass


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/reservations")
def reserve() -> dict[str, Any]:
    body = request.get_json()
    obskit.bind(order=body["order"], item=body["item"])
    log.info(f"reserving {body['item']} for {body['email']}", authorization=request.headers.get("Authorization"))

    # Below the level: shown for the requests that fail, and for no other.
    log.debug("looking the item up", shelf=len(body["item"]))
    with obskit.span("stock lookup", item=body["item"]):
        if body["item"] == "back-order":
            log.warning("stock is elsewhere, asking the depot")
            time.sleep(0.3)
        if body["item"] == "sold-out":
            raise OutOfStock(f"no {body['item']} left for {body['email']}")
    return {"order": body["order"], "reserved": True}


@app.post("/reservations/<order>/confirm")
def confirm(order: str) -> dict[str, Any]:
    obskit.bind(order=order)
    log.info("reservation confirmed")
    return {"order": order, "confirmed": True}
