from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from obskit.plugins import discovery, installed


def _distribution(place: Path, name: str, version: str, points: str = "") -> None:
    directory = place / f"{name}-{version}.dist-info"
    directory.mkdir(parents=True)
    (directory / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    if points:
        (directory / "entry_points.txt").write_text(points)


def test_the_same_as_importlib_metadata_finds() -> None:
    """Of everything that is installed here: names, versions, and every group of entry points."""
    named = {name for name, _, _ in installed.distributions()}
    found = {each.metadata["Name"].lower().replace("-", "_").replace(".", "_") for each in metadata.distributions()}
    assert named == found
    for group in metadata.entry_points().groups:
        theirs = {(point.name, point.value) for point in metadata.entry_points(group=group)}
        assert set(installed.entry_points(group)) == theirs
    assert installed.version("obskit_sdk") == metadata.version("obskit-sdk")


def test_the_first_of_two_of_one_name_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for an import: what stands earlier on the path."""
    _distribution(tmp_path / "a", "twice", "2.0", "[some.group]\none = a:A\n")
    _distribution(tmp_path / "b", "twice", "1.0", "[some.group]\none = b:B\n")
    monkeypatch.syspath_prepend(str(tmp_path / "b"))
    monkeypatch.syspath_prepend(str(tmp_path / "a"))
    assert installed.version("twice") == "2.0"
    assert list(installed.entry_points("some.group")) == [("one", "a:A")]


def test_sections_comments_and_blanks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the lines of the group count, without what is around them."""
    points = "[other]\nx = x:X\n\n[some.group]\n# none = n:N\n one  =  a.b:C.d [extra]\n\n[last]\ny = y:Y\n"
    _distribution(tmp_path, "mine", "1", points)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert list(installed.entry_points("some.group")) == [("one", "a.b:C.d [extra]")]


def test_a_point_loads_what_it_names() -> None:
    """Module, attributes, and extras that nobody needs."""
    assert discovery.Point("x", "os.path:join [extra]").load() is __import__("os").path.join
    assert discovery.Point("x", "pathlib : Path.cwd").load() == Path.cwd
    assert discovery.Point("x", "os.path").load() is __import__("os").path


def test_an_archive_on_the_path_is_left_to_importlib_metadata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that can read it; its plug-ins are found all the same."""
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("packed-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: packed\nVersion: 1\n")
        file.writestr("packed-1.dist-info/entry_points.txt", f"[{discovery.GROUP}]\nnowhere = packed:Packed\n")
    assert installed.readable()
    monkeypatch.syspath_prepend(str(archive))
    assert not installed.readable()
    assert discovery.available()["nowhere"].value == "packed:Packed"


def test_another_finder_is_left_to_importlib_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows distributions of its own is asked."""

    class Finder:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            return None

        def find_distributions(self, context: object) -> list[object]:
            return []

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert not installed.readable()


def test_a_path_that_is_not_there_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither does an entry that is no text."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "gone"), tmp_path])
    assert list(installed.distributions()) == []
