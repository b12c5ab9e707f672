"""A worker that its parent kills after a time-out."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import orjson
import pytest

from obskit.journal import reader
from tests.ship.server import free_port
from tests.support.programs import environment

APPLICATION = """
import hashlib
import obskit
from flask import Flask

obskit.init("shop", journal=JOURNAL, console=False)
app = Flask("shop")


@app.get("/block")
def block():
    # In C, where no signal handler of Python's runs.
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 500_000_000)


@app.get("/")
def index():
    return "up"
"""


def errors(journal: Path) -> list[dict[str, Any]]:
    """Return the records of units that were in flight when their process died."""
    lines = [orjson.loads(line.raw) for path in reader.segment_files(journal) for line in reader.lines(path)]
    return [line for line in lines if line.get("error", {}).get("type") == "ProcessDied"]


@pytest.mark.timeout(90)
def test_the_request_that_ran_into_a_time_out_is_named_with_its_cause(tmp_path: Path) -> None:
    """A worker that does not listen to its parent's signal is killed; what the parent said is the cause."""
    (tmp_path / "shop.py").write_text(APPLICATION.replace("JOURNAL", repr(str(tmp_path / "j"))))
    port = free_port()
    command = ["-m", "gunicorn", "--preload", "--timeout", "2", "--bind", f"127.0.0.1:{port}", "shop:app"]
    process = subprocess.Popen([sys.executable, *command], cwd=tmp_path, env=environment(PYTHONWARNINGS="default"))
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        with pytest.raises((urllib.error.URLError, RemoteDisconnected, ConnectionError)):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/block?token=17", timeout=30)
        while not (found := errors(tmp_path / "j")) and time.monotonic() < until + 30:
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(20)
    (line,) = found
    assert (line["request"]["method"], line["request"]["path"]) == ("GET", "/block")
    assert line["context"]["cause"] == "time_out"
    assert "WORKER TIMEOUT (pid:" in line["error"]["message"]
    assert line["request"]["duration_ms"] >= 1_000
