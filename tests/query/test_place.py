"""Finding the journal that a command is about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from obskit.query.failure import QueryError
from obskit.query.place import find


def test_option_wins(tmp_path: Path) -> None:
    """`--journal` wins over everything else."""
    (tmp_path / ".obskit").mkdir()
    (tmp_path / "named").mkdir()
    found = find(str(tmp_path / "named"), {"OBSKIT_JOURNAL": str(tmp_path / ".obskit")}, tmp_path)
    assert found == (tmp_path / "named", "--journal")


def test_variable_wins_over_places(tmp_path: Path) -> None:
    """`$OBSKIT_JOURNAL` comes next."""
    (tmp_path / ".obskit").mkdir()
    (tmp_path / "named").mkdir()
    assert find(None, {"OBSKIT_JOURNAL": str(tmp_path / "named")}, tmp_path).path == tmp_path / "named"


def test_nearest_upwards(tmp_path: Path) -> None:
    """The nearest `.obskit` upwards is taken, from however deep."""
    (tmp_path / ".obskit").mkdir()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find(None, {}, deep).path == tmp_path / ".obskit"


@pytest.mark.parametrize("journal", [{}, {"OBSKIT_JOURNAL": "false"}])
def test_state_directories_in_order(tmp_path: Path, journal: dict[str, str]) -> None:
    """Then $STATE_DIRECTORY, $XDG_STATE_HOME/obskit and ~/.local/state/obskit, the first that exists."""
    here = tmp_path / "here"
    places = [tmp_path / "state", tmp_path / "xdg" / "obskit", tmp_path / "home" / ".local" / "state" / "obskit"]
    for path in [here, *places]:
        path.mkdir(parents=True)
    environ = {
        "STATE_DIRECTORY": f"{tmp_path / 'state'}:/other",
        "XDG_STATE_HOME": str(tmp_path / "xdg"),
        "HOME": str(tmp_path / "home"),
        **journal,
    }
    for path in places:
        assert find(None, environ, here).path == path
        path.rmdir()


@pytest.mark.parametrize("by", ["option", "variable"])
def test_named_but_missing(tmp_path: Path, by: str) -> None:
    """A directory that was named and is missing is an error, not a reason to take another."""
    (tmp_path / ".obskit").mkdir()
    gone = str(tmp_path / "gone")
    with pytest.raises(QueryError, match="does not exist") as refusal:
        find(gone if by == "option" else None, {"OBSKIT_JOURNAL": gone}, tmp_path)
    assert gone in str(refusal.value)


def test_a_file_is_no_journal(tmp_path: Path) -> None:
    """A file where a directory was named is told apart from nothing."""
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(QueryError, match="is not a directory"):
        find(str(path), {}, tmp_path)


def test_nowhere(tmp_path: Path) -> None:
    """Where there is none at all, the places looked at are named."""
    if Path(f"/var/tmp/obskit-{os.getuid()}").exists():
        pytest.skip("this user has a journal in the last resort")
    with pytest.raises(QueryError) as refusal:
        find(None, {"HOME": str(tmp_path)}, tmp_path)
    assert str(tmp_path / ".obskit") in str(refusal.value)
    assert "--journal" in str(refusal.value)
