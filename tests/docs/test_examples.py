"""Every program in README and docs/ runs as it stands there."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.docs.blocks import PAGES, ROOT, Block, blocks, run

RUNNABLE = [block for page in PAGES for block in blocks(page) if block.runnable]
# Drives the application of the README's last lines, as a server and a caller would.
DRIVER = """
import asyncio, httpx
async def drive():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        return await client.post("/orders/17", headers={"X-Correlation-ID": "from-a-test"})
answer = asyncio.run(drive())
assert answer.status_code == 200 and answer.headers["X-Correlation-ID"] == "from-a-test", answer.headers
"""


def test_the_pages_have_programs() -> None:
    """The search finds what there is: a pattern that fits nothing would pass everything."""
    pages = {str(block.page.relative_to(ROOT)) for block in RUNNABLE}
    assert {"README.md", "docs/quickstart.md", "docs/redaction.md", "docs/testing.md", "docs/plugins.md"} <= pages


@pytest.mark.parametrize("block", RUNNABLE, ids=lambda block: block.name)
def test_a_program_runs_as_it_stands(block: Block, tmp_path: Path) -> None:
    """It ends well and has nothing to complain of."""
    for other in blocks(block.page):
        if other.title:
            (tmp_path / other.title).write_text(other.text)
    if "def test_" in block.text:
        (tmp_path / "test_program.py").write_text(block.text)
        done = run(tmp_path, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", str(tmp_path), "-p", "no:asyncio")
    else:
        (tmp_path / "program.py").write_text(block.text)
        done = run(tmp_path, "program.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""


def test_the_lines_in_the_readme_give_an_application_its_logs(tmp_path: Path) -> None:
    """A request to it has one correlation id and trace in the log line, the access line and the answer."""
    (program,) = [block.text for block in blocks(ROOT / "README.md") if block.runnable]
    (tmp_path / "program.py").write_text(program + DRIVER)
    done = run(tmp_path, "program.py")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    ours = [line for line in lines if line.get("correlation_id") == "from-a-test"]
    assert {line["logger"] for line in ours} >= {"__main__", "obskit.access"}
    assert len({line["trace_id"] for line in ours}) == 1
    assert "jo@shop.example" not in done.stdout
    assert ours[0]["context"]["order"] == 17
    assert ours[0]["context"]["contact"] == "[REDACTED:email]"
