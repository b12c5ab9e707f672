"""Tell over HTTP how an agent is: `/health` for who restarts it, `/metrics` for Prometheus."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import orjson
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from obskit.ship.living import pending_bytes

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from obskit.ship.agent import Agent
    from obskit.ship.lane import Lane

# A round takes milliseconds; the longest piece of it is a look at a large journal.
_STUCK = 60.0
# A client that sends nothing must not hold its thread for ever.
_SLOWEST = 10.0
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_LABELS = ("target", "signal")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing: whoever asked has gone."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class Health:
    """Answers on a socket, in threads of its own, from what the agent's loop keeps.

    Args:
        agent: The agent.
        host: The address to listen on.
        port: Its port; 0 for a free one.
        clock: The agent's clock.

    Raises:
        OSError: The address can't be listened on.
    """

    def __init__(self, agent: Agent, host: str, port: int, clock: Callable[[], float]) -> None:
        self._agent = agent
        self._clock = clock
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._registry.register(self)
        self._server = (_Server6 if ":" in host else _Server)((host, port), self._handler())
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="obskit-health", daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def status(self) -> dict[str, Any]:
        """Return how the agent is: `delivering`, `failing` (a target is) or `stuck` (its loop is)."""
        lanes = self._agent.lanes
        stuck = self._clock() - self._agent.last_round > _STUCK
        failing = any(lane.failing for lane in lanes)
        return {
            "status": "stuck" if stuck else "failing" if failing else "delivering",
            "writers": len(self._agent.feeds),
            "targets": [{"target": lane.key[0], "signal": lane.signal, **_state(lane)} for lane in lanes],
        }

    def collect(self) -> Iterator[Metric]:
        """Yield the agent's metrics, as Prometheus' client asks for them."""
        lanes = self._agent.lanes
        counts: tuple[tuple[str, str, Callable[[Lane], int]], ...] = (
            ("obskit_ship_records", "Records that a target has acknowledged.", lambda lane: lane.counts.shipped),
            ("obskit_ship_refused", "Records that a target will never take.", lambda lane: lane.counts.refused),
            ("obskit_ship_batches", "Requests sent.", lambda lane: lane.counts.batches),
            ("obskit_ship_failures", "Requests that will be sent again.", lambda lane: lane.counts.failures),
        )
        for name, text, count in counts:
            yield _family(CounterMetricFamily(name, text, labels=_LABELS), lanes, count)
        yield _family(
            GaugeMetricFamily("obskit_ship_failing", "1 where the target's last answer was a failure.", labels=_LABELS),
            lanes,
            lambda lane: int(lane.failing),
        )
        feeds = list(self._agent.feeds.values())
        yield _family(
            GaugeMetricFamily(
                "obskit_ship_pending_bytes", "Bytes of segments behind the target's cursors.", labels=_LABELS
            ),
            lanes,
            lambda lane: sum(pending_bytes(feed, lane.key) for feed in feeds),
        )
        adopted = len(self._agent.keeper.adopted)
        writers = GaugeMetricFamily("obskit_ship_writers", "Writers in the journal.", labels=("state",))
        writers.add_metric(("dead",), adopted)
        writers.add_metric(("living",), max(0, len(feeds) - adopted))
        yield writers

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        health = self

        class Handler(BaseHTTPRequestHandler):
            server_version, sys_version = "obskit", ""
            timeout = _SLOWEST

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                if path == "/health":
                    found = health.status()
                    bad = found["status"] == "stuck"
                    self._answer(
                        HTTPStatus.SERVICE_UNAVAILABLE if bad else HTTPStatus.OK, "application/json", _json(found)
                    )
                elif path == "/metrics":
                    self._answer(HTTPStatus.OK, _TEXT, generate_latest(health._registry))
                else:
                    self._answer(HTTPStatus.NOT_FOUND, _TEXT, b"ask for /health or /metrics\n")

            def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing: who scrapes comes every few seconds."""

        return Handler


def _json(found: dict[str, Any]) -> bytes:
    return orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE)


def _state(lane: Lane) -> dict[str, Any]:
    if lane.off:
        return {"state": "off", "reason": lane.detail}
    return {"state": "failing", "reason": lane.detail} if lane.failing else {"state": "delivering"}


def _family(family: Any, lanes: Any, value: Callable[[Lane], int]) -> Metric:
    for lane in lanes:
        family.add_metric((lane.key[0], lane.signal), value(lane))
    found: Metric = family
    return found
