"""The plug-in of the guide, installed from its files as the page has them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import orjson
import pytest

from obskit.journal import reader
from tests.docs.blocks import ROOT, blocks, run


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    for block in blocks(ROOT / "docs" / "plugins.md"):
        (tmp_path / block.title).write_text(block.text)
    # What an installer makes of the project: metadata with its entry points beside the module.
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]
    metadata = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    groups = project["entry-points"]
    texts = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()) for group, points in groups.items()]
    (metadata / "entry_points.txt").write_text("\n".join(texts))
    return tmp_path


def test_the_guides_plug_in_makes_units_of_messages(installed: Path) -> None:
    """Its application prints what the page says: four lines under one id, each message in a trace of its own."""
    done = run(installed, "app.py")
    assert done.returncode == 0, done.stderr
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [line["message"] for line in lines] == [
        "letter read",
        "letters handled",
        "parcels failed",
        "return to sender",
    ]
    assert {line["correlation_id"] for line in lines} == {"walk-1"}
    assert lines[0]["trace_id"] == lines[1]["trace_id"] != lines[2]["trace_id"]
    assert lines[2]["error"]["type"] == "AttributeError"
    assert "trace_id" not in lines[3]


def test_the_guides_spans_have_their_parents(installed: Path) -> None:
    """The consumer's span is the remote child of the producer's, and the failure marks both."""
    assert run(installed, "app.py").returncode == 0
    lines = [
        orjson.loads(line.raw) for path in reader.segment_files(installed / ".obskit") for line in reader.lines(path)
    ]
    spans = {line["name"]: line for line in lines if line.get("kind") == "span"}
    assert spans["process letters"]["parent_span_id"] == spans["send letters"]["span_id"]
    assert spans["process letters"]["parent_remote"] is True
    assert spans["process letters"]["span_kind"] == "CONSUMER"
    assert spans["process parcels"]["status"]["code"] == spans["send parcels"]["status"]["code"] == "ERROR"
    assert spans["send letters"]["instrumentation"]["name"] == "obskit_postbox"


def test_the_guides_plug_in_is_undone(installed: Path) -> None:
    """After shutdown the framework is as it was."""
    program = (
        "import obskit, postbox\n"
        "before = postbox.Box.send\n"
        "obskit.init('post', console=False, journal=False, integrations=['postbox'])\n"
        "assert postbox.Box.send is not before\n"
        "obskit.shutdown()\n"
        "assert postbox.Box.send is before\n"
    )
    done = run(installed, "-c", program)
    assert done.returncode == 0, done.stderr
