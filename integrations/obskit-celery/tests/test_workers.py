"""Real workers, in processes of their own, over a broker in a SQLite file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.journal import reader

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
_QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat")


class Site:
    """A broker, a worker, senders, and the journal that they all write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worker: subprocess.Popen[bytes] | None = None
        self._environ = {
            **os.environ,
            "BROKER_URL": f"sqla+sqlite:///{folder}/broker.sqlite",
            "OBSKIT_JOURNAL": str(folder / "journal"),
            "OBSKIT_SHIP": "false",
        }

    def start(self, *options: str) -> None:
        """Start a worker and wait until it is ready."""
        command = [sys.executable, "-m", "celery", "-A", "orders", "worker", "--concurrency=2", *_QUIET, *options]
        with (self.folder / "output").open("wb") as output:
            self.worker = subprocess.Popen(command, cwd=HERE, env=self._environ, stdout=output, stderr=output)
        self.wait(lambda: any(str(line.get("message")).endswith("ready.") for line in self.lines()), "be ready")

    def send(self, what: str) -> None:
        """Have a process send tasks."""
        command = [sys.executable, "send_orders.py", what]
        subprocess.run(command, cwd=HERE, env={**self._environ, "SERVICE": "sender"}, check=True, timeout=30)

    def wait(self, done: Callable[[], bool], what: str, seconds: float = 25) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, f"the worker did not {what}:\n{self.output()[-3000:]}"
            time.sleep(0.1)

    def output(self) -> str:
        """Return what the worker printed."""
        return (self.folder / "output").read_text(errors="replace")

    def lines(self) -> list[dict[str, Any]]:
        """Return everything in the journal so far."""
        paths = reader.segment_files(self.folder / "journal") if (self.folder / "journal").exists() else []
        raw = [line.raw for path in paths for line in reader.lines(path)]
        return [parsed for line in raw if (parsed := reader.parse(line)) is not None]

    def tasks(self) -> list[dict[str, Any]]:
        """Return the lines that tell how tasks ended."""
        return [line for line in self.lines() if line.get("logger") == "obskit.task"]

    def stop(self, patience: float = 15) -> None:
        """Stop the worker as an init system does; make sure that nothing of it is left."""
        if self.worker is None:
            return
        children = _children(self.worker.pid)
        self.worker.send_signal(signal.SIGTERM)
        try:
            self.worker.wait(patience)
        except subprocess.TimeoutExpired:
            for pid in [*children, *_children(self.worker.pid)]:
                _kill(pid)
            self.worker.kill()
            self.worker.wait()
        self.worker = None


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a site; whatever a test leaves running is stopped."""
    made = Site(tmp_path)
    yield made
    made.stop()


@pytest.mark.parametrize("options", [("--pool=prefork", "--max-tasks-per-child=3"), ("--pool=threads",)], ids=str)
def test_tasks_of_many_requests(site: Site, options: tuple[str, ...]) -> None:
    """Every task, in recycled children or threads, is told of once, under the ids of its own request."""
    site.start(*options)
    site.send("many")
    site.wait(lambda: len(site.tasks()) >= 17, "run the tasks")
    site.stop()
    lines = site.lines()
    tasks = [line for line in lines if line.get("logger") == "obskit.task"]
    spans = {line["span_id"]: line for line in lines if line.get("kind") == "span"}
    roots = {span["trace_id"]: span["correlation_id"] for span in spans.values() if span["name"] == "checkout"}
    assert len(tasks) == 17
    assert {line["correlation_id"] for line in tasks} == set(roots.values())
    for span in spans.values():
        assert span["correlation_id"] == roots[span["trace_id"]]
        assert span["name"] == "checkout" or span["parent_span_id"] in spans
    assert [line["message"] for line in lines if "error" in line] == ["orders.refund failed"]
    attempts = [line["context"]["task_retries"] for line in tasks if line["context"]["task_name"] == "orders.ship"]
    assert sorted(attempts) == [0, 1, 2]
    writers = {line["id"].partition("-")[0] for line in tasks}
    assert len(writers) >= 5 if "prefork" in options[0] else len(writers) == 1
    assert "hunter2" not in str(lines) + site.output()


def test_a_task_lost_with_its_process_is_told_of_by_the_worker(site: Site) -> None:
    """A time limit and a killed child leave one error each, under the ids of the request and in its trace."""
    site.start("--pool=prefork")
    site.send("lost")
    site.wait(lambda: len([line for line in site.tasks() if "error" in line]) >= 2, "miss the tasks")
    # A pool that has lost a child may wait for it for ever.
    site.stop(patience=1)
    # The keeper tells, too, of what was in flight in the children that died.
    told = [line for line in site.lines() if "error" in line and line["logger"] != "obskit.journal"]
    errors = {line["correlation_id"]: line for line in told}
    assert len(told) == 2
    assert errors["order-stuck"]["error"]["type"] == "billiard.exceptions.TimeLimitExceeded"
    assert errors["order-killed"]["error"]["type"] == "billiard.exceptions.WorkerLostError"
    failed = [line for line in site.lines() if line.get("kind") == "span" and line.get("status")]
    assert {span["name"] for span in failed} == {"process orders.stuck", "process orders.killed"}
    assert {span["trace_id"] for span in failed} == {line["trace_id"] for line in errors.values()}
