"""The script that CI runs, in a small project of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = """\
setup lint docs demo test-slow test-faults test-accelerator test-sanitizers backends test-backends:
\t@echo "ran $@ with $(VENV)"
test:
\t@echo "ran $@ with $(VENV)"; exit {status}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (".ci/run", "scripts/find-python"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv-3.11" / "bin").mkdir(parents=True)
    (tmp_path / ".venv-3.11" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def ci(project: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["bash", ".ci/run"]
    return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, timeout=50)


def test_ci_runs_every_step_and_sums_them_up(project: Path) -> None:
    """Where all steps pass, CI passes, having run the suite under both Pythons, the backends and the demo."""
    (project / "Makefile").write_text(MAKEFILE.format(status=0))
    done = ci(project)
    assert done.returncode == 0, done.stdout + done.stderr
    for ran in (
        "test with .venv-3.11",
        "test with .venv-3.13",
        "test-slow",
        "test-faults",
        "backends",
        "test-backends",
        "lint",
        "docs",
        "demo",
        "test-accelerator with .venv-3.13",
        "test-sanitizers",
    ):
        assert f"ran {ran}" in done.stdout
    assert done.stdout.split("== summary")[1].count("ok ") == done.stdout.split("== summary")[0].count("== ")


def test_ci_stops_at_the_first_failure_and_names_it(project: Path) -> None:
    """A failing suite fails CI, stands in the summary, and nothing runs after it."""
    (project / "Makefile").write_text(MAKEFILE.format(status=3))
    done = ci(project)
    assert done.returncode != 0
    assert "FAILED  tests, Python 3.11" in done.stdout
    assert "ran test with .venv-3.13" not in done.stdout
    assert "ran demo" not in done.stdout


def test_find_python_says_what_to_type_where_there_is_none() -> None:
    """A version that is not on the machine is one clear line and a failure."""
    done = subprocess.run([ROOT / "scripts" / "find-python", "3.99"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "3.99" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_a_skipped_test_against_a_backend_counts_as_failed(tmp_path: Path) -> None:
    """A backend that is missing can't make its tests pass by skipping them."""
    (tmp_path / "test_skip.py").write_text("import pytest\n\n\ndef test_it():\n    pytest.skip('no backend')\n")
    shutil.copy(ROOT / "tests" / "backends" / "conftest.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
