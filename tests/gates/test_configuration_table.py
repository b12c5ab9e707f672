"""The table of settings in the documentation, which must not drift from the code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "configuration.md"


def table(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/configuration_table.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)


def test_the_page_has_the_table_that_the_code_has() -> None:
    """The page that is checked in names the settings as they are."""
    done = table("--check", PAGE)
    assert done.returncode == 0, done.stderr


def test_a_setting_that_drifted_fails_the_check_and_is_written_anew(tmp_path: Path) -> None:
    """A row that was changed by hand fails the check; writing the table repairs it and leaves the rest."""
    page = tmp_path / "configuration.md"
    shutil.copy(PAGE, page)
    page.write_text(page.read_text().replace("`OBSKIT_SERVICE`", "`OBSKIT_NAME`"))
    drifted = table("--check", page)
    assert drifted.returncode == 1
    assert "make docs" in drifted.stderr
    assert table(page).returncode == 0
    assert page.read_text() == PAGE.read_text()
