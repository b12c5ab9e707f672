from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exits.canary import MARKER, leaks
from tests.support.programs import ROOT, environment

SEND = """
import obskit
from tests.exits.canary import CARD, EMAIL, PLAIN, TEXT, fields
from tests.exits.tasks import TASKS, app
with obskit.scope():
    for name in TASKS:
        app.send_task(f"tasks.{name}", (TEXT, {"password": PLAIN}), {"password": PLAIN, "note": TEXT, EMAIL: CARD})
obskit.shutdown()
"""


def wait(done: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_tasks_leave_no_canary(pool: str, tmp_path: Path) -> None:
    """Arguments, results and exceptions of tasks are not shown, whatever becomes of them: by obskit or by Celery."""
    given = environment(
        BROKER_URL=f"sqla+sqlite:///{tmp_path}/broker.sqlite",
        OBSKIT_JOURNAL=str(tmp_path / "journal"),
        PYTHONWARNINGS="",
    )
    command = [sys.executable, "-m", "celery", "-A", "tests.exits.tasks", "worker", f"--pool={pool}", "--concurrency=1"]
    with (tmp_path / "output").open("wb") as output:
        worker = subprocess.Popen([*command, "--loglevel=DEBUG"], cwd=ROOT, env=given, stdout=output, stderr=output)
    try:
        sent = subprocess.run(
            [sys.executable, "-c", SEND], cwd=ROOT, env=given, capture_output=True, timeout=30, check=True
        )
        wait(
            lambda: all(
                word in journal(tmp_path) for word in (b"succeeded", b"failed as expected", b"tasks.fail failed")
            )
        )
        wait(lambda: b"tasks.again failed" in journal(tmp_path) and b"tasks.unknown" in journal(tmp_path))
    finally:
        os.kill(worker.pid, signal.SIGTERM)
        try:
            worker.wait(20)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
    said = (tmp_path / "output").read_bytes() + sent.stdout + sent.stderr + journal(tmp_path)
    assert leaks(said) == []
    assert MARKER.encode() in journal(tmp_path)


def journal(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (folder / "journal").rglob("*.jsonl"))
