"""Reset everything that outlives a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog
from opentelemetry.context.context import Context

from obskit import state
from obskit.context import scope
from obskit.journal import reader
from obskit.runtime import api
from obskit.sources import named
from obskit.tracing.active import variable


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave lone surrogates, which tests print and compare, out of what one process tells another of a test."""
    report = yield
    report.sections = [(_encodable(name), _encodable(text)) for name, text in report.sections]
    if report.longrepr is not None and (shown := str(report.longrepr)) != _encodable(shown):
        report.longrepr = _encodable(shown)
    return report


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@pytest.fixture(autouse=True)
def clean_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Begin each test without a runtime, without settings in the environment, outside of any unit of work."""
    for name in list(os.environ):
        # Processes that a test starts use the accelerator as this one does.
        if name.startswith(("OBSKIT_", "OTEL_")) and name != "OBSKIT_SPEEDUPS":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    scope._layer.set(scope.OUTSIDE)
    variable.set(Context())
    yield
    api.shutdown(0.0)
    state.runtime = None
    named.forget()
    structlog.reset_defaults()
    scope._layer.set(scope.OUTSIDE)
    variable.set(Context())


@pytest.fixture
def lines(tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """Read every record of the journal in `tmp_path / "journal"`."""

    def read() -> list[dict[str, Any]]:
        found = []
        for path in reader.segment_files(tmp_path / "journal"):
            found += [orjson.loads(line.raw) for line in reader.lines(path)]
        return [line for line in found if line.get("kind") not in ("segment", "open", "close")]

    return read
