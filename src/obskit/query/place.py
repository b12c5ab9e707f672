"""Find the journal that a command is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from obskit.journal.place import standard
from obskit.query.failure import QueryError

_OFF = frozenset({"false", "0", "no", "off"})


class Found(NamedTuple):
    """A journal directory and the reason why it was taken."""

    path: Path
    reason: str


def find(option: str | None, environ: Mapping[str, str], here: Path) -> Found:
    """Find the journal.

    Args:
        option: The value of `--journal`, if given.
        environ: Environment variables.
        here: Directory from which to look upwards for `.obskit/`.

    Returns:
        The first that exists of: the option, `$OBSKIT_JOURNAL`, the nearest `.obskit/`, the state directories.

    Raises:
        QueryError: Where the one named, or every place, is missing.
    """
    if option is not None:
        return Found(_named(Path(option), "--journal"), "--journal")
    variable = named_by(environ)
    if variable is not None:
        return Found(_named(variable, "$OBSKIT_JOURNAL"), "$OBSKIT_JOURNAL")
    looked = []
    for place in _places(environ, here):
        if place.path.is_dir():
            return place
        looked.append(str(place.path))
    raise QueryError(f"no journal found; looked at {', '.join(looked)}; name one with --journal DIR")


def named_by(environ: Mapping[str, str]) -> Path | None:
    """Return the directory that `$OBSKIT_JOURNAL` names, there or not; None where it names none."""
    variable = environ.get("OBSKIT_JOURNAL", "").strip()
    return Path(variable) if variable and variable.lower() not in _OFF else None


def _named(path: Path, who: str) -> Path:
    if path.is_dir():
        return path.absolute()
    problem = "is not a directory" if path.exists() else "does not exist"
    raise QueryError(f"{who}: the directory {str(path)!r} {problem}")


def _places(environ: Mapping[str, str], here: Path) -> Iterator[Found]:
    nearest = next((up / ".obskit" for up in (here, *here.parents) if (up / ".obskit").is_dir()), here / ".obskit")
    yield Found(nearest, "the nearest .obskit upwards")
    for path in standard(environ):
        yield Found(path, "a standard place")
