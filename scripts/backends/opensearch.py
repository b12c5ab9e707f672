"""A real OpenSearch of several nodes: fetched once into the user's cache, one process a node, on ports of one's choice.

`python scripts/backends/opensearch.py build` fetches it, `... run [NODES]` starts it until interrupted.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

VERSION = "2.19.1.0"
LOOPBACK = "127.0.0.1"
SOURCES = Path(__file__).with_name("opensearch")
HEAP = "512m"
_LONGEST_TAIL = 3000


@dataclass(frozen=True)
class Ports:
    """Where one node listens on loopback."""

    http: int
    transport: int


@dataclass
class Node:
    """One node, running or ended."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def kill(self) -> None:
        """Ends it as a machine that fails does."""
        self.process.kill()
        self.process.wait()


@dataclass
class Cluster:
    """Nodes that know each other."""

    nodes: list[Node]
    folder: Path
    ports: Sequence[Ports]

    def restart(self, number: int, seconds: float = 90, *, wait: bool = True) -> None:
        """Starts a node again that has ended, and waits until all is as before unless told not to."""
        self.nodes[number] = start(self.folder, number, self.ports)
        if wait:
            self.await_health(len(self.nodes), seconds)

    @property
    def url(self) -> str:
        """Returns where the first node answers."""
        return self.nodes[0].url

    def ask(self, path: str, body: object = None, *, method: str | None = None, node: int = 0) -> Any:
        """Returns what a node answers; a body makes it a POST."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 -- loopback
            self.nodes[node].url + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- as above
            return json.loads(answer.read())

    def await_health(self, nodes: int, seconds: float, status: str = "green", *, node: int = 0) -> None:
        """Waits until so many nodes are there and every shard is where it should be.

        Raises:
            SystemExit: they were not; the text holds the end of each log.
        """
        end = time.monotonic() + seconds
        while not self._is_healthy(nodes, status, node):
            ended = [one for one in self.nodes[:nodes] if one.process.poll() is not None and len(self.nodes) == nodes]
            if ended or time.monotonic() > end:
                tails = "\n".join(f"{one.log}:\n{one.log.read_text()[-_LONGEST_TAIL:]}" for one in self.nodes)
                raise SystemExit(
                    f"OpenSearch has not become {status} with {nodes} nodes; the ends of its logs:\n{tails}"
                )
            time.sleep(0.2)

    def _is_healthy(self, nodes: int, status: str, node: int) -> bool:
        try:
            found = self.ask(f"/_cluster/health?wait_for_status={status}&wait_for_nodes={nodes}&timeout=5s", node=node)
        except (OSError, ValueError):
            return False
        return bool(found["status"] == status and found["number_of_nodes"] == nodes)


def cached() -> Path:
    """Returns the folder of its libraries, there or not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "obskit" / "backends" / f"opensearch-{VERSION}" / "lib"


def build() -> Path:
    """Fetches OpenSearch's libraries by Maven unless that was done before; returns their folder.

    Raises:
        SystemExit: there is no Maven or Java here, or the download failed.
    """
    libraries = cached()
    if libraries.exists():
        return libraries
    maven, java = shutil.which("mvn"), shutil.which("java")
    if maven is None or java is None:
        raise SystemExit("OpenSearch runs on Java, fetched by Maven, and `java` or `mvn` is not on PATH: install both")
    print(f"fetching OpenSearch {VERSION} into {libraries}, once; some seconds", flush=True)
    folder = libraries.parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".opensearch-", dir=folder.parent) as place:
        command = [maven, "-q", "-B", "-f", str(SOURCES / "pom.xml"), "dependency:copy-dependencies"]
        done = subprocess.run(
            [*command, f"-Dversion.runner={VERSION}", f"-DoutputDirectory={place}/fetched/lib"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"`{' '.join(command)}` failed ({done.returncode}): {done.stdout[-_LONGEST_TAIL:]}")
        # The whole folder is renamed at once: whoever finds it finds all of it.
        with suppress(OSError):
            Path(place, "fetched").rename(folder)
    if not libraries.exists():
        raise SystemExit(f"OpenSearch was fetched but could not be moved to {folder}")
    return libraries


@contextmanager
def running(folder: Path, ports: Sequence[Ports], seconds: float = 90) -> Iterator[Cluster]:
    """Starts a node on each pair of ports and waits until the cluster is green; stops them by pid at the end.

    Args:
        folder: gets a folder and a log of each node.
        ports: loopback ports that are free.
        seconds: how long it may take.

    Raises:
        SystemExit: a node ended, or it took longer; the text holds the end of each log.
    """
    build()
    cluster = Cluster([], folder, ports)
    try:
        for number in range(len(ports)):
            cluster.nodes.append(start(folder, number, ports))
        cluster.await_health(len(ports), seconds)
        yield cluster
    finally:
        for node in cluster.nodes:
            node.process.terminate()
        for node in cluster.nodes:
            try:
                node.process.wait(20)
            except subprocess.TimeoutExpired:
                node.kill()


def start(folder: Path, number: int, ports: Sequence[Ports]) -> Node:
    """Starts one node; what it stored before is still there."""
    place, log = folder / f"node-{number}", folder / f"node-{number}.log"
    place.mkdir(exist_ok=True)
    lists = (",".join(str(one.http) for one in ports), ",".join(str(one.transport) for one in ports))
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                "java", f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:TieredStopAtLevel=1", "-cp", f"{build()}/*",
                str(SOURCES / "Node.java"), str(number), str(place), *lists,
            ],
            cwd=place, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    return Node(process, f"http://{LOOPBACK}:{ports[number].http}", log)


def stop(number: int, _frame: FrameType | None) -> None:
    """Turns a signal into an exception, so that the nodes are stopped on the way out."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def run(nodes: int) -> int:
    """Runs nodes on ports from 9200 and 9300 on until Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    ports = [Ports(9200 + number, 9300 + number) for number in range(nodes)]
    try:
        with (
            tempfile.TemporaryDirectory(prefix="obskit-opensearch-") as folder,
            running(Path(folder), ports) as cluster,
        ):
            print(f"OpenSearch answers at {', '.join(node.url for node in cluster.nodes)}; Ctrl-C ends it.")
            print(f"In a second terminal: obskit ship --to opensearch+{cluster.url}", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        print("\nOpenSearch was stopped; what it held is gone.")
        return 0


def main() -> int:
    """Fetches or runs, as the command line says."""
    match sys.argv[1:]:
        case ["build"]:
            print(build())
            return 0
        case ["run"]:
            return run(1)
        case ["run", nodes] if nodes.isdigit() and int(nodes) > 0:
            return run(int(nodes))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
