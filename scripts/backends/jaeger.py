"""A real Jaeger: built once into the user's cache, started on ports of one's choice with a store in memory.

`python scripts/backends/jaeger.py build` builds it, `... run` starts it on its usual ports until interrupted.
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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

VERSION = "1.76.0"
MODULE = f"github.com/jaegertracing/jaeger@v{VERSION}"
LOOPBACK = "127.0.0.1"
CONFIG = """\
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {{receivers: [otlp], exporters: [jaeger_storage_exporter]}}
  telemetry:
    metrics: {{level: none}}
    logs: {{level: warn}}
extensions:
  jaeger_storage:
    backends:
      spans: {store}
  jaeger_query:
    storage: {{traces: spans}}
    http: {{endpoint: "{host}:{query}"}}
    grpc: {{endpoint: "{host}:{query_grpc}"}}
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: "{host}:{grpc}"}}
      http: {{endpoint: "{host}:{http}"}}
exporters:
  jaeger_storage_exporter: {{trace_storage: spans}}
"""
MEMORY = "{memory: {max_traces: 100000}}"


@dataclass(frozen=True)
class Ports:
    """Where a Jaeger listens on loopback; the defaults are its usual ones."""

    http: int = 4318
    grpc: int = 4317
    query: int = 16686
    query_grpc: int = 16685


@dataclass(frozen=True)
class Jaeger:
    """A running Jaeger: `endpoint` takes OTLP over HTTP, `grpc` over gRPC, `query` answers."""

    pid: int
    endpoint: str
    query: str
    grpc: str


def cached() -> Path:
    """Returns where the built program lies, or will."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "obskit" / "backends" / f"jaeger-{VERSION}" / "jaeger"


def build() -> Path:
    """Builds Jaeger from its Go module unless that was done before; returns the program.

    Raises:
        SystemExit: there is no Go here, or the build failed.
    """
    program = cached()
    if program.exists():
        return program
    go = shutil.which("go")
    if go is None:
        raise SystemExit("Jaeger is built from its Go module, and there is no `go` on PATH: install Go, then try again")
    print(f"building Jaeger {VERSION} into {program.parent}, once; some minutes on two cores", flush=True)
    program.parent.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".jaeger-", dir=program.parent.parent) as place:
        fetched = _go(go, "mod", "download", "-json", MODULE, folder=place)
        _go(
            go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(Path(place, "built", "jaeger")), "./cmd/jaeger",
            folder=json.loads(fetched)["Dir"],
        )  # fmt: skip
        # The whole folder is renamed at once: whoever finds the program finds a finished one.
        with suppress(OSError):
            Path(place, "built").rename(program.parent)
    if not program.exists():
        raise SystemExit(f"Jaeger was built but could not be moved to {program.parent}")
    return program


def _go(go: str, *arguments: str, folder: str) -> str:
    environ = {**os.environ, "CGO_ENABLED": "0"}
    done = subprocess.run([go, *arguments], cwd=folder, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"`go {' '.join(arguments)}` failed ({done.returncode}) in {folder}: {done.stdout[-2000:]}")
    return done.stdout


@contextmanager
def running(folder: Path, ports: Ports, seconds: float = 30, store: str = MEMORY) -> Iterator[Jaeger]:
    """Starts Jaeger and waits until it answers; stops it by pid at the end.

    Args:
        folder: gets its configuration and `jaeger.log`.
        ports: loopback ports that are free.
        seconds: how long it may take to answer.
        store: where it keeps spans, a mapping of its configuration's `jaeger_storage.backends`.

    Raises:
        SystemExit: it ended or did not answer; the text holds the end of its log.
    """
    program = build()
    config, log = folder / "jaeger.yaml", folder / "jaeger.log"
    config.write_text(CONFIG.format(host=LOOPBACK, store=store, **ports.__dict__))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "--config", config], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
            # It traces its own work on its store, and sends that to a port which is not its own.
            env={**os.environ, "OTEL_TRACES_SAMPLER": "always_off"},
        )  # fmt: skip
    jaeger = Jaeger(process.pid, *(f"http://{LOOPBACK}:{port}" for port in (ports.http, ports.query, ports.grpc)))
    try:
        end = time.monotonic() + seconds
        while not answers(jaeger):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"Jaeger did not start; the end of its log:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield jaeger
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(jaeger: Jaeger) -> bool:
    """Tells whether both the query API and the receiver take requests."""
    try:
        with urllib.request.urlopen(f"{jaeger.query}/api/services", timeout=2):  # noqa: S310 -- loopback
            pass
        urllib.request.urlopen(f"{jaeger.endpoint}/v1/traces", timeout=2).close()  # noqa: S310 -- as above
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code == 405  # the receiver is there and takes POST alone
    except OSError:
        return False
    return True


def stop(number: int, _frame: FrameType | None) -> None:
    """Turns a signal into an exception, so that Jaeger is stopped on the way out."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def run() -> int:
    """Runs Jaeger on its usual ports until Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        with tempfile.TemporaryDirectory(prefix="obskit-jaeger-") as folder, running(Path(folder), Ports()) as jaeger:
            print(f"Jaeger takes OTLP at {jaeger.endpoint} (gRPC: 4317) and answers at {jaeger.query}; Ctrl-C ends it.")
            print(f"In a second terminal: OTEL_EXPORTER_OTLP_ENDPOINT={jaeger.endpoint} make demo", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        print("\nJaeger was stopped; what it held in memory is gone.")
        return 0


def main() -> int:
    """Builds or runs, as the command line says."""
    if sys.argv[1:] == ["build"]:
        print(build())
        return 0
    if sys.argv[1:] == ["run"]:
        return run()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
