"""What the requests of a service feel of a backlog that drains behind them."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.collector import collector
from benchmarks.compare import ROOT, Benchmark, Figures, Metric, main
from benchmarks.goals import Limit
from benchmarks.log_records import FIELDS, MESSAGE

if TYPE_CHECKING:
    from fastapi import FastAPI

RECORDS = 100_000
QUICK_RECORDS = 20_000
PACE = 0.004  # seconds between two requests of one connection
CONNECTIONS = 2
IDLE_SECONDS = 8.0
QUICK_IDLE_SECONDS = 3.0
LIMIT = 120.0  # seconds that a backlog may take to drain


def idle(quick: bool) -> Figures:
    """Requests to a service that has nothing to send but their own lines."""
    with _service() as (service, _):
        _rest(service)
        return _quantiles(asyncio.run(_load(service.port, QUICK_IDLE_SECONDS if quick else IDLE_SECONDS)))


def draining(quick: bool) -> Figures:
    """The same requests while a backlog drains that the service gathered when its collector refused."""
    records = QUICK_RECORDS if quick else RECORDS
    with _service() as (service, target):
        _rest(service)
        target.answer(503)
        service.ask(f"/gather/{records}")
        pending = service.ask("/pending")
        if pending < records * 0.99:
            raise SystemExit(f"only {pending} records are pending: the backlog did not gather")
        target.answer(200)
        while service.ask("/pending") > pending - 500:
            time.sleep(0.02)
        latencies, seconds = asyncio.run(_load_until_drained(service))
        if (lost := records - target.taken()["logs"]) > 0:
            raise SystemExit(f"{lost} records of the backlog never arrived")
        return {**_quantiles(latencies), "seconds": seconds, "rate": records / seconds}


class Service:
    """The service under load, in a process of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str) -> int:
        """Return the number that the service answers with."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            connection.request("GET", path)
            return int(json.loads(connection.getresponse().read()))
        finally:
            connection.close()


@contextlib.contextmanager
def _service() -> Iterator[tuple[Service, Any]]:
    with collector() as target, tempfile.TemporaryDirectory() as place:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.backlog", "--serve", place, target.url],
            cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            yield Service(int(process.stdout.readline())), target
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def _rest(service: Service) -> None:
    """Let the service and its collector warm up, and come to rest."""
    asyncio.run(_load(service.port, 1.0))
    _empty(service)


def _empty(service: Service) -> None:
    deadline = time.monotonic() + LIMIT
    while service.ask("/pending") > 0:
        if time.monotonic() > deadline:
            raise SystemExit("the service did not come to rest")
        time.sleep(0.05)


async def _load(port: int, seconds: float) -> list[float]:
    end = time.perf_counter() + seconds
    found = await asyncio.gather(*(_client(port, lambda: time.perf_counter() < end) for _ in range(CONNECTIONS)))
    return [latency for latencies in found for latency in latencies]


async def _load_until_drained(service: Service) -> tuple[list[float], float]:
    begin, done = time.perf_counter(), asyncio.Event()

    async def watch() -> None:
        # What the requests log themselves is pending for a moment, too.
        while await asyncio.to_thread(service.ask, "/pending") > 1_000:
            await asyncio.sleep(0.25)
            if time.perf_counter() - begin > LIMIT:
                raise SystemExit(f"the backlog did not drain within {LIMIT:g} s")
        done.set()

    watching = asyncio.create_task(watch())
    found = await asyncio.gather(*(_client(service.port, lambda: not done.is_set()) for _ in range(CONNECTIONS)))
    await watching
    seconds = time.perf_counter() - begin
    await asyncio.to_thread(_empty, service)
    return [latency for latencies in found for latency in latencies], seconds


async def _client(port: int, more: Any) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = b"GET /orders/7 HTTP/1.1\r\nHost: bench\r\n\r\n"
    latencies = []
    due = time.perf_counter()
    while more():
        due = max(due + PACE, time.perf_counter())
        await asyncio.sleep(due - time.perf_counter())
        begin = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        latencies.append(time.perf_counter() - begin)
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the service answered {head[:40]!r}")
    writer.close()
    await writer.wait_closed()
    return latencies


def _quantiles(latencies: list[float]) -> Figures:
    cuts = statistics.quantiles([latency * 1000 for latency in latencies], n=1000)
    return {"p99": cuts[989], "p50": cuts[499], "p999": cuts[998], "requests": float(len(latencies))}


def _app() -> FastAPI:
    from fastapi import FastAPI

    import obskit
    from obskit_fastapi import ObskitMiddleware

    app = FastAPI()
    app.add_middleware(ObskitMiddleware)
    log = obskit.get_logger("shop")

    @app.get("/orders/{order}")
    async def read_order(order: int) -> dict[str, int]:
        log.info(MESSAGE, **FIELDS)
        return {"order": order}

    @app.get("/gather/{records}")
    def gather(records: int) -> int:
        for _ in range(records):
            log.info(MESSAGE, **FIELDS)
        return records

    @app.get("/pending")
    async def pending() -> int:
        return obskit.stats().pending

    return app


def _serve(place: str, url: str) -> None:
    import socket

    import uvicorn

    import obskit

    obskit.init("shop", journal=place, console=False, otlp_endpoint=url)
    # With its protocol named asyncio sets TCP_NODELAY on what it accepts; else each answer waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(_app(), log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


BENCHMARK = Benchmark(
    name="backlog",
    title="A service while its backlog drains",
    method=(
        "A FastAPI service under uvicorn takes 500 requests a second over two connections, each of which logs a "
        "line. Idle: it sends only what these requests log. Draining: its collector refused until 100,000 records "
        "stood in the journal, accepts again, and the same requests are timed until they are sent. Latencies are "
        "the client's; client, service and collector are processes of their own. Arrival of all records is checked."
    ),
    metrics=(
        Metric("p99", "p99", "ms", 2),
        Metric("p50", "p50", "ms", 2),
        Metric("p999", "p99.9", "ms", 2),
        Metric("requests", "requests", "number", 0),
        Metric("seconds", "drained in", "s", 1),
        Metric("rate", "rate", "records/s", 0),
    ),
    contenders={"idle": idle, "draining": draining},
    base="idle",
    limits=(Limit("p99", "draining", 2.0, "idle"),),
    rounds=3,
    quick_rounds=1,
)

if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _serve(*sys.argv[2:4])
    else:
        sys.exit(main(BENCHMARK))
