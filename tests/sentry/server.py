"""A local Sentry: a real HTTP server that takes envelopes and parses them."""

from __future__ import annotations

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """Say nothing of a client that left: tests cut connections."""


class Sentry:
    """What the server received, parsed."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200
        self.delay = 0.0
        received = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                # The connection looks as if it were kept, and is closed.
                self.close_connection = True
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(received.delay)
                received.bodies.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
                self.send_response(received.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *args: object) -> None:
                pass

        self.server = _Quiet(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def dsn(self) -> str:
        return f"http://publickey@127.0.0.1:{self.server.server_port}/42"

    @property
    def raw(self) -> str:
        return b"".join(self.bodies).decode()

    def items(self, kind: str) -> list[dict[str, Any]]:
        found = []
        for body in list(self.bodies):
            lines = body.split(b"\n")[1:]
            found += [
                json.loads(payload)
                for header, payload in zip(lines[::2], lines[1::2], strict=False)
                if header and json.loads(header)["type"] == kind
            ]
        return found

    def events(self) -> list[dict[str, Any]]:
        return self.items("event")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
