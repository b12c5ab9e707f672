from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import obskit
from obskit import state
from obskit.testing import capture


def test_the_fixture_gives_objects(obskit_capture: Any) -> None:
    """Records and spans can be read by attribute and by key."""
    with obskit.span("s", a=1):
        obskit.get_logger("t").info("x", order="o-1")
    record, span = obskit_capture.records[0], obskit_capture.spans[0]
    assert record.context.order == record["context"]["order"] == "o-1"
    assert span.attributes == {"a": 1}
    assert record.error is None


def test_an_application_that_calls_init_is_captured_too(tmp_path: Path) -> None:
    """Its settings count, its journal and console don't."""
    with capture() as seen:
        obskit.init(service="app", journal=tmp_path / "journal", otlp_endpoint="http://127.0.0.1:9", integrations=[])
        obskit.get_logger("t").info("x")
    assert [line.service for line in seen.records] == ["app"]
    assert not (tmp_path / "journal").exists()


def test_nothing_is_left_over() -> None:
    """After the block there is no runtime, and a new capture is empty."""
    with capture() as first:
        obskit.get_logger("t").info("x")
    assert state.runtime is None
    with capture() as second:
        pass
    assert (len(first.records), second.records) == (1, [])


def test_the_plug_in_loads_nothing_until_it_is_asked(tmp_path: Path) -> None:
    """A test run that uses no fixture of obskit's does not pay for it."""
    (tmp_path / "test_x.py").write_text(
        "import sys\n\ndef test_x():\n    assert not [m for m in sys.modules if m in ('structlog', 'obskit.runtime')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:logfire", "-p", "no:randomly", str(tmp_path)],
        capture_output=True, text=True, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_what_was_in_force_before_is_in_force_again(tmp_path: Path) -> None:
    """An application that was initialised goes on with its own settings."""
    obskit.init(service="app", console=False, journal=tmp_path / "journal", integrations=[])
    with capture() as seen:
        obskit.get_logger("t").info("captured")
    obskit.get_logger("t").info("kept")
    assert obskit.stats().emitted == 1
    assert len(seen.records) == 1


def test_an_application_that_shuts_down_and_begins_anew_stays_captured(tmp_path: Path) -> None:
    """Until the block ends nothing gets out."""
    with capture() as seen:
        for _ in range(2):
            obskit.init(service="app", journal=tmp_path / "journal", integrations=[])
            obskit.get_logger("t").info("x")
            obskit.shutdown()
    assert len(seen.records) == 2
    assert not (tmp_path / "journal").exists()
