"""The lock: made from what the projects ask for, free of addresses."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    for path in [*ROOT.glob("integrations/*/pyproject.toml"), ROOT / "speedups" / "pyproject.toml"]:
        folder = tmp_path / path.parent.relative_to(ROOT)
        folder.mkdir(parents=True)
        shutil.copy(path, folder)
    return tmp_path


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / "lock.py", "--check", "--root", root]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_the_lock_is_up_to_date(project: Path) -> None:
    """The lock that is checked in was made from the projects as they are."""
    done = check(project)
    assert done.returncode == 0, done.stderr


def test_a_new_dependency_without_a_new_lock_fails_the_check(project: Path) -> None:
    """Asking for a package that was not locked fails the check, and the text says what to type."""
    path = project / "pyproject.toml"
    path.write_text(path.read_text().replace('"orjson>=', '"attrs>=25",\n    "orjson>='))
    done = check(project)
    assert done.returncode == 1
    assert "make lock" in done.stderr


def test_a_changed_dependency_of_a_plug_in_fails_the_check(project: Path) -> None:
    """The plug-ins' dependencies are locked too."""
    path = project / "integrations" / "obskit-flask" / "pyproject.toml"
    path.write_text(path.read_text().replace("flask>=3.0", "flask>=3.1"))
    assert check(project).returncode == 1


def test_a_change_that_asks_for_nothing_new_passes_the_check(project: Path) -> None:
    """Text that no dependency hangs on leaves the lock as it is."""
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + "\n# a remark\n")
    assert check(project).returncode == 0


def test_the_lock_names_versions_and_hashes_but_no_address() -> None:
    """Every entry is pinned and hashed; no line says where a package comes from."""
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n", "", text).strip())
    assert len(entries) > 50
    assert all(re.match(r"\S+==\S+.*--hash=sha256:[0-9a-f]{64}", entry, re.DOTALL) for entry in entries)
    assert "://" not in text
