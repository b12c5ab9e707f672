"""The shop's front door (FastAPI): takes a checkout, reserves the goods, hands the charge to the worker."""

from __future__ import annotations

import os

import httpx
from celery import Celery
from fastapi import FastAPI, Header, HTTPException
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy.pool import NullPool

import obskit

obskit.init(service="gateway")
log = obskit.get_logger()

app = FastAPI(title="shop gateway")
queue = Celery("gateway", broker=os.environ["BROKER_URL"])
# SQLite as a broker needs no server, but a connection of its own for each use, and patience where it is locked.
queue.conf.broker_transport_options = {"poolclass": NullPool, "connect_args": {"timeout": 20}}
inventory = httpx.AsyncClient(base_url=os.environ["INVENTORY_URL"], timeout=10)


class Checkout(BaseModel):
    order: str
    item: str
    email: str
    card: str


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/checkout", status_code=202)
async def checkout(body: Checkout, authorization: str = Header("")) -> dict[str, str | None]:
    obskit.bind(order=body.order)
    log.info("checkout received", item=body.item, email=body.email, headers={"authorization": authorization})

    answer = await inventory.post(
        "/reservations",
        json={"order": body.order, "item": body.item, "email": body.email},
        headers={"Authorization": authorization},
    )
    if answer.is_error:
        log.error(f"no reservation for {body.email}", status=answer.status_code)
        await run_in_threadpool(queue.send_task, "apologise", kwargs={"order": body.order, "email": body.email})
        raise HTTPException(502, "the goods could not be reserved")

    await run_in_threadpool(queue.send_task, "charge", kwargs=body.model_dump() | {"token": authorization})
    log.info(f"charge of card {body.card} queued")
    return {"order": body.order, "correlation_id": obskit.correlation_id()}
