from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# What `import obskit` may load beside the package itself: the interpreter's own small modules.
_OF_OTHERS = ("structlog", "opentelemetry", "sentry_sdk", "orjson", "re2", "rich", "typing_extensions")
_OF_THE_LIBRARY = (
    "asyncio", "concurrent.futures", "dataclasses", "email", "hashlib", "http.client", "importlib.metadata", "inspect",
    "json", "logging", "pathlib", "socket", "ssl", "subprocess", "tomllib", "urllib.request", "uuid", "zipfile",
)  # fmt: skip
# What an `init` without targets and without Sentry, and the first line, have no use for.
_LATER = (
    "sentry_sdk", "rich", "requests", "urllib3", "google.protobuf",
    "opentelemetry.sdk.trace", "opentelemetry.sdk.resources", "opentelemetry.exporter", "opentelemetry.proto",
    "opentelemetry.metrics", "opentelemetry.semconv", "opentelemetry.propagate",
    "concurrent.futures.thread", "decimal", "email", "hashlib", "hmac", "http.client", "importlib.metadata",
    "logging.config", "multiprocessing", "random", "sqlite3", "sysconfig", "tempfile", "tomllib", "urllib.request",
    "zipfile",
    "obskit.commands", "obskit.console.pretty", "obskit.integration.carriers", "obskit.integration.unit",
    "obskit.journal.cursors", "obskit.journal.keeper", "obskit.journal.merge", "obskit.journal.reader",
    "obskit.journal.retention", "obskit.query", "obskit.runtime.stats", "obskit.sentry", "obskit.ship.encoder",
    "obskit.ship.feed", "obskit.ship.http", "obskit.ship.lane", "obskit.tracing.provider", "obskit.tracing.readable",
)  # fmt: skip


def loaded(program: str, names: tuple[str, ...], *arguments: str) -> list[str]:
    """Return which of these modules a fresh process has loaded after a program."""
    # structlog imports rich where that is installed, which an application need not have.
    script = f"import sys\nsys.modules['rich'] = None\n{program}\nprint([m for m in {names!r} if sys.modules.get(m)])"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return eval(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def test_the_import_loads_nothing_large() -> None:
    """Everything behind `import obskit` is loaded on first use."""
    assert loaded("import obskit", _OF_OTHERS + _OF_THE_LIBRARY) == []


@pytest.mark.parametrize("line", ["", "\nobskit.get_logger().info('started')"])
def test_init_loads_only_what_it_needs(line: str, tmp_path: Path) -> None:
    """Neither the SDK nor Sentry, shipping, upkeep of the journal or importlib.metadata; the first line neither."""
    program = f"import obskit\nobskit.init('shop', console='json', journal=sys.argv[1]){line}"
    assert loaded(program, _LATER, str(tmp_path / "j")) == []


def test_what_is_loaded_later_is_there(tmp_path: Path) -> None:
    """The list names modules that exist, and that this process would load when it needs them."""
    program = """
import logging.config, obskit, time
obskit.init("shop", console=False, journal=sys.argv[1], otlp_endpoint="http://127.0.0.1:9")
with obskit.span("a"): pass
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry import propagate, trace
assert isinstance(trace.get_tracer_provider(), TracerProvider)
assert type(propagate.get_global_textmap()).__module__ == "obskit.tracing.propagator"
obskit.stats()
until = time.monotonic() + 20
while "obskit.journal.keeper" not in sys.modules and time.monotonic() < until: time.sleep(0.01)
"""
    names = (
        "obskit.journal.keeper", "obskit.runtime.stats", "obskit.ship.feed", "obskit.ship.http", "obskit.ship.lane",
        "obskit.tracing.provider", "opentelemetry.sdk.trace",
    )  # fmt: skip
    assert loaded(program, names, str(tmp_path / "j")) == list(names)
