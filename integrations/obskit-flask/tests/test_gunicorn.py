"""Behind a real server: gunicorn with two workers, forked from a master that has initialised obskit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.journal import reader


class Server:
    """A running gunicorn and the journal that it writes."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "journal"
        self.output = folder / "output"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environ = {**os.environ, "OBSKIT_JOURNAL": str(self.journal), "OBSKIT_SHIP": "false"}
        command = ["-m", "gunicorn", "--preload", "--workers=2", "--access-logfile=-", f"--bind=127.0.0.1:{self.port}"]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command, "served:app"],
                cwd=Path(__file__).parent, env=environ, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def get(self, path: str) -> tuple[int, str, list[str]]:
        """Return the status, the text and the correlation ids of an answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.headers.get_all("X-Correlation-ID")
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode(), answer.headers.get_all("X-Correlation-ID")

    def wait(self) -> None:
        """Wait until it answers."""
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self.process.poll() is None, self.output.read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it, and make sure of it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def lines(self) -> list[dict[str, Any]]:
        """Return everything in the journal."""
        raw = [line.raw for path in reader.segment_files(self.journal) for line in reader.lines(path)]
        return [parsed for line in raw if (parsed := reader.parse(line)) is not None]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Start gunicorn; stop it after the test."""
    started = Server(tmp_path)
    try:
        started.wait()
        yield started
    finally:
        started.stop()


def test_two_forked_workers(server: Server) -> None:
    """Every request has one line, one span and one header with the same id, and gunicorn's own line is left out."""
    ids = []
    for number in range(20):
        status, text, found = server.get(f"/items/{number}")
        assert (status, text, len(found)) == (200, str(number), 1)
        ids += found
    status, _, found = server.get("/boom")
    assert status == 500
    ids += found
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536)
        # One worker is busy with the stream: the other one answers this.
        ids += server.get("/items/20")[2]
    time.sleep(0.5)
    server.stop()
    lines = server.lines()
    access = [line for line in lines if line.get("logger") == "obskit.access"]
    spans = [line for line in lines if line.get("kind") == "span"]
    assert sorted(ids) == sorted(line["correlation_id"] for line in access if "/stream" not in line["message"])
    assert sorted(line["span_id"] for line in access) == sorted(span["span_id"] for span in spans)
    assert len({line["id"].partition("-")[0] for line in access}) == 2
    assert [line["message"] for line in lines if "error" in line] == ["GET /boom 500"]
    assert [line["request"].get("disconnected") for line in access if "/stream" in line["message"]] == [True]
    assert not [line for line in lines if line.get("logger") == "gunicorn.access"]
