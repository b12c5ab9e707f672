"""A real OpenTelemetry Collector: built once into the user's cache, started on ports of one's choice.

`python scripts/backends/collector.py build` builds it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VERSION = "0.140.0"
BUILDER = f"go.opentelemetry.io/collector/cmd/builder@v{VERSION}"
SOURCES = Path(__file__).parent / "collector"
LOOPBACK = "127.0.0.1"

# It answers only for what it has handed on: no batches, no queues, and a file that is written without a buffer.
MIDDLE = """\
receivers:
  otlp:
    protocols:
      http: {{endpoint: "{host}:{http}"}}
exporters:
  otlp/jaeger:
    endpoint: "{jaeger}"
    tls: {{insecure: true}}
    sending_queue: {{enabled: false}}
    retry_on_failure: {{enabled: false}}
  file/logs:
    path: "{logs}"
    rotation: {{max_megabytes: 100}}
service:
  pipelines:
    traces: {{receivers: [otlp], exporters: [otlp/jaeger]}}
    logs: {{receivers: [otlp], exporters: [file/logs]}}
  telemetry:
    metrics: {{level: none}}
    logs: {{level: warn}}
"""


def cached() -> Path:
    """Returns where the built program lies, or will."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "obskit" / "backends" / f"otelcol-{VERSION}" / "otelcol"


def build() -> Path:
    """Builds the Collector from its Go modules unless that was done before; returns the program.

    Raises:
        SystemExit: there is no Go here, or the build failed.
    """
    program = cached()
    if program.exists():
        return program
    go = shutil.which("go")
    if go is None:
        raise SystemExit("the Collector is built from Go modules, and there is no `go` on PATH: install it, try again")
    print(f"building the OpenTelemetry Collector {VERSION} into {program.parent}, once; a minute or two", flush=True)
    program.parent.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".otelcol-", dir=program.parent.parent) as place:
        shutil.copy(SOURCES / "builder.yaml", place)
        # It writes the program's sources, and then fails to tidy modules that only tests of others would need.
        _go(go, "run", BUILDER, "--config", "builder.yaml", folder=place, may_fail=True)
        sources = Path(place, "build")
        if not (sources / "go.mod").exists():
            raise SystemExit(f"the Collector's builder wrote no sources into {sources}")
        # The modules are those that were looked at when this was written, byte for byte.
        shutil.copy(SOURCES / "go.sum", sources)
        built = Path(place, "built")
        _go(go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(built / "otelcol"), ".", folder=str(sources))
        # The whole folder is renamed at once: whoever finds the program finds a finished one.
        with suppress(OSError):
            built.rename(program.parent)
    if not program.exists():
        raise SystemExit(f"the Collector was built but could not be moved to {program.parent}")
    return program


def _go(go: str, *arguments: str, folder: str, may_fail: bool = False) -> None:
    # The public database of hashes does not know all of these modules; the project's own go.sum does.
    environ = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GONOSUMDB": "*"}
    done = subprocess.run(
        [go, *arguments], cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0 and not may_fail:
        raise SystemExit(f"`go {' '.join(arguments)}` failed ({done.returncode}) in {folder}: {done.stdout[-2000:]}")


class Collector:
    """A Collector that can be killed and started again on the same ports.

    Args:
        folder: Gets its configuration and `otelcol.log`.
        config: Its configuration, in YAML.
        port: A loopback port that it listens on; None where it has none.
    """

    def __init__(self, folder: Path, config: str, port: int | None) -> None:
        self._program = build()
        self._config = folder / "otelcol.yaml"
        self._config.write_text(config)
        self._log = folder / "otelcol.log"
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 20) -> None:
        """Starts it and waits until it listens.

        Raises:
            SystemExit: it ended or did not listen in time; the text holds the end of its log.
        """
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [self._program, "--config", self._config], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + seconds
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"the Collector did not start; the end of its log:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Ends it with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ends it in order."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def _listens(self) -> bool:
        if self._port is None:
            return self._process is not None and self._process.poll() is None
        try:
            socket.create_connection((LOOPBACK, self._port), 1).close()
        except OSError:
            return False
        return True


@contextmanager
def running(folder: Path, config: str, port: int | None) -> Iterator[Collector]:
    """Runs a Collector; stops it by pid at the end.

    Args:
        folder: Gets its configuration and log.
        config: Its configuration, in YAML.
        port: A loopback port that it listens on; None where it has none.
    """
    collector = Collector(folder, config, port)
    collector.start()
    try:
        yield collector
    finally:
        collector.stop()


def main() -> int:
    """Builds, as the command line says."""
    if sys.argv[1:] == ["build"]:
        print(build())
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
