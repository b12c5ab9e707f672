"""Everything outside of a process that obskit writes to, as real as it gets: what arrives is kept as bytes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk

import obskit
from tests.sentry.server import Sentry
from tests.ship.server import Server, reply


class Outside:
    """A console, a journal, a collector, a Sentry, standard error, and what `stats()` says.

    Args:
        folder: where console and journal lie.
        capfd: takes what the process prints.
    """

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.collector = Server([reply(body=b"{}")])
        self.sentry = Sentry()
        self._capfd = capfd
        self._console = (folder / "console").open("w")
        self._printed = ""
        self._stats = ""

    def start(self, protocol: str = "http/json", **more: Any) -> None:
        """Initialise obskit so that everything leads here."""
        if protocol != "http/json":
            self.collector.answers[:] = [reply()]
        # The test runner's own handlers raise where a record can't be formatted; it removes them itself.
        logging.getLogger().handlers.clear()
        arguments = {
            "service": "shop",
            "console": "json",
            "stream": self._console,
            "journal": str(self.folder / "journal"),
            "otlp_endpoint": f"http://127.0.0.1:{self.collector.port}",
            "otlp_protocol": protocol,
            "sentry_dsn": self.sentry.dsn,
            "integrations": [],
        }
        obskit.init(**{**arguments, **more})

    def end(self) -> dict[str, bytes]:
        """Stop obskit and return what has left, by way."""
        obskit.flush(10)
        self._stats = repr(obskit.stats())
        obskit.shutdown(10)
        return self.left()

    def left(self) -> dict[str, bytes]:
        """Return what has left so far, by way."""
        self._console.flush()
        out, err = self._capfd.readouterr()
        self._printed += out + err
        journal = [path for path in sorted((self.folder / "journal").rglob("*")) if path.name != "cursors"]
        return {
            "console": (self.folder / "console").read_bytes(),
            "journal": b"\n".join(
                str(path.relative_to(self.folder)).encode() + (path.read_bytes() if path.is_file() else b"")
                for path in journal
            ),
            "collector": b"\n".join(
                request.line.encode() + repr(request.headers).encode() + request.plain
                for request in list(self.collector.requests)
            ),
            "Sentry": b"\n".join(self.sentry.bodies),
            "standard output and error": self._printed.encode(),
            "stats": self._stats.encode(),
        }

    def close(self) -> None:
        """Leave nothing behind."""
        obskit.shutdown(0)
        self.collector.stop()
        self.sentry.close()
        self._console.close()
        left = sentry_sdk.get_client()
        if left.is_active():
            left.close(timeout=0)
        scope = sentry_sdk.get_global_scope()
        scope.set_client(None)
        scope.clear()
