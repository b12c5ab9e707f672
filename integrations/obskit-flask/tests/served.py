"""An application for gunicorn, which loads it before it forks its workers."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response

import obskit

obskit.init(service="served")
log = obskit.get_logger("served")
app = Flask("served")


@app.get("/items/<item>")
def item(item: str) -> str:
    log.info("looked up")
    return item


@app.get("/boom")
def boom() -> str:
    raise LookupError("nothing left")


@app.get("/stream")
def stream() -> Response:
    def chunks() -> Iterator[bytes]:
        for _ in range(10_000):
            yield b"x" * 65536

    return Response(chunks())
