"""The documentation's site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.docs.blocks import ROOT


def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Strict: every link and anchor leads somewhere; no page fetches a font, a script or a style from another host."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    environ = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=55)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "site").glob("*.html"))
    assert {page.stem for page in pages} >= {path.stem for path in (ROOT / "docs").glob("*.md")}
    for page in pages:
        loaded = re.findall(r'<(?:script|img|iframe)[^>]* src="([^"]*)"|<link[^>]* href="([^"]*)"', page.read_text())
        assert [url for found in loaded for url in found if re.match(r"(?:https?:)?//", url)] == [], page.name


def test_the_readmes_links_lead_to_files() -> None:
    """Each relative link of the README and of CONTRIBUTING is a file of the checkout."""
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / name).read_text()):
            assert target.startswith("https://") or (ROOT / target).is_file(), f"{name}: {target}"


def test_the_pages_name_no_machine() -> None:
    """No page holds a path of the machine that it was written on."""
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        assert re.findall(r"/(?:work|root|home)/\w+", path.read_text()) == [], path.name
