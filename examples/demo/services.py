"""The three services of examples/shop as real processes: started on free ports, stopped by pid, none left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "shop"
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Returns a loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Polls until `ready`; raises TimeoutError naming `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def group_alive(group: int) -> bool:
    """Tells whether any process of a process group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class Fleet:
    """The running shop. Leaving the `with` block stops every process, whatever happened in it."""

    folder: Path
    environ: Mapping[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    gateway: str = ""
    inventory: str = ""

    def __enter__(self) -> Self:
        for name in ("out", "witness", "journal"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        inventory, gateway = free_port(), free_port()
        self.inventory, self.gateway = f"http://{LOOPBACK}:{inventory}", f"http://{LOOPBACK}:{gateway}"
        try:
            self._start(
                "inventory", "gunicorn", "inventory:app", f"--bind={LOOPBACK}:{inventory}", "--workers=2", "--preload"
            )
            self._start(
                "worker", "celery", "--app=worker", "worker", "--pool=prefork", "--concurrency=2",
                "--max-tasks-per-child=5", "--without-gossip", "--without-mingle", "--without-heartbeat",
            )  # fmt: skip
            self._start("gateway", "uvicorn", "gateway:app", f"--host={LOOPBACK}", f"--port={gateway}")
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def output(self, name: str) -> Path:
        """Returns the file that holds a service's stdout or stderr: `output("worker.stdout")`."""
        return self.folder / "out" / name

    def stop(self, seconds: float = 12) -> None:
        """Asks the services to end, those that call others first; what has not ended after `seconds` is killed."""
        before = {
            number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            self._end([name for name in ("gateway", "worker") if name in self.processes], seconds)
            self._end(list(self.processes), seconds)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start(self, name: str, *command: str) -> None:
        paths = [*filter(None, [self.environ.get("PYTHONPATH")]), str(ROOT)]
        environ = {
            **self.environ,
            "INVENTORY_URL": self.inventory,
            "BROKER_URL": f"sqla+sqlite:///{self.folder}/broker.sqlite",
            "OBSKIT_JOURNAL": str(self.folder / "journal"),
            "DEMO_WITNESS": str(self.folder / "witness"),
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONUNBUFFERED": "1",
        }
        with self.output(f"{name}.stdout").open("ab") as out, self.output(f"{name}.stderr").open("ab") as err:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "examples.demo.watched", *command],
                cwd=SHOP, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
            )  # fmt: skip

    def _wait_until_ready(self) -> None:
        for name, url in (("inventory", self.inventory), ("gateway", self.gateway)):
            wait_for(partial(self._healthy, name, url), 30, f"{name} to answer at {url}/health")
        self._check_running("worker")

    def _healthy(self, name: str, url: str) -> bool:
        self._check_running(name)
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 -- our own loopback address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _check_running(self, name: str) -> None:
        process = self.processes[name]
        if process.poll() is not None:
            tail = self.output(f"{name}.stderr").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{name} ended with {process.returncode} before it was ready:\n{tail}")

    def _end(self, names: list[str], seconds: float) -> None:
        for name in names:
            if self.processes[name].poll() is None:
                self.processes[name].send_signal(signal.SIGTERM)
        end = time.monotonic() + seconds
        for name in names:
            process = self.processes.pop(name)
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            while group_alive(process.pid) and time.monotonic() < end:
                time.sleep(0.02)
                process.poll()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
