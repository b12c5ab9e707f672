"""Runs a server with a witness beside it: `python -m examples.demo.watched uvicorn gateway:app ...`.

The witness is an OpenTelemetry span processor and a count of what `obskit.stats()` says at the end of each process;
it lets the demo know what was emitted without asking the journal, which is what the demo puts to the test.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import runpy
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider

import obskit

FOLDER = Path(os.environ["DEMO_WITNESS"])


class Witness(SpanProcessor):
    """Notes each ended span, as a user's own span processor sees it, in a file that all processes share."""

    def __init__(self) -> None:
        self.file = os.open(FOLDER / "spans.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def on_end(self, span: ReadableSpan) -> None:
        seen = json.loads(span.to_json(indent=None))
        os.write(self.file, json.dumps(seen).encode() + b"\n")


def testify() -> None:
    """Writes what obskit says of this process, once it is about to end."""
    text = json.dumps(asdict(obskit.stats()), default=str)
    (FOLDER / f"stats-{os.getpid()}.json").write_text(text)


def attach(init: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps `obskit.init` so that the witness listens from the first span on."""

    def watched_init(*arguments: Any, **named: Any) -> Any:
        runtime = init(*arguments, **named)
        provider = trace.get_tracer_provider()
        if not isinstance(provider, TracerProvider):
            raise SystemExit(f"obskit.init registered no tracer provider of the SDK, but {provider!r}")
        provider.add_span_processor(Witness())
        return runtime

    return watched_init


def testify_at_every_way_out() -> None:
    """Covers atexit, `os._exit` (Celery's children) and a signal raised again (uvicorn)."""
    leave, raise_again = os._exit, signal.raise_signal

    def exit_now(status: int) -> NoReturn:
        testify()
        leave(status)

    def raise_signal(number: int) -> None:
        testify()
        raise_again(number)

    atexit.register(testify)
    os._exit = exit_now
    signal.raise_signal = raise_signal


def end_with_the_demo() -> None:
    """Asks Linux to end this server should the demo itself be killed."""
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGTERM)


def main() -> None:
    """Runs the module named on the command line as `python -m` would."""
    end_with_the_demo()
    obskit.init = attach(obskit.init)
    testify_at_every_way_out()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
