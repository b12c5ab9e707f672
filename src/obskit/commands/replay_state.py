"""Remember how far a replay is, so that the same command goes on where it stopped.

It lies in the user's own state directory, not in the journal: that may be another user's, or one that may only be read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from obskit.digest import sha256
from obskit.query.proof_ranges import Numbers
from obskit.query.proof_scan import split

_FORMAT = 1


@dataclass(slots=True)
class State:
    """How far a replay is.

    Attributes:
        path: Where it is kept; None where it can't be.
        what: What tells this replay from others: journal, target, range and service, as they were typed.
        since: The first timestamp of the range.
        until: The last one, None where there is none.
        finished: Whether the last run came to its end.
        refused: How many records the target has refused, over all runs.
        numbers: The numbers that the target has taken or refused, by writer and signal.
    """

    path: Path | None
    what: Mapping[str, Any]
    since: str | None = None
    until: str | None = None
    finished: bool = False
    refused: int = 0
    numbers: dict[bytes, Numbers] = field(default_factory=dict)

    def __contains__(self, identity: object) -> bool:
        name, number = split(str(identity))
        numbers = self.numbers.get(name)
        return numbers is not None and number in numbers

    def add(self, identity: str) -> None:
        """Add the id of a record that the target has taken or refused."""
        name, number = split(identity)
        # Without an id of obskit's own a record is sent again by each run.
        if number:
            self.numbers.setdefault(name, Numbers()).add(number)

    @property
    def count(self) -> int:
        """How many records the target has taken or refused."""
        return sum(numbers.count for numbers in self.numbers.values())

    def save(self) -> None:
        """Write it down, whole or not at all.

        Raises:
            OSError: It can't be written.
        """
        if self.path is None:
            return
        kept = {
            "format": _FORMAT, "what": self.what, "from": self.since, "to": self.until, "finished": self.finished,
            "refused": self.refused, "done": {name.decode(): found.ranges() for name, found in self.numbers.items()},
        }  # fmt: skip
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(fd, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        beside.replace(self.path)


def open_state(what: Mapping[str, Any], environ: Mapping[str, str], *, again: bool = False) -> State:
    """Return the state of a replay, a fresh one where there is none that can be read.

    Args:
        what: What tells this replay from others.
        environ: Environment variables: `XDG_STATE_HOME`, `HOME`.
        again: Whether to begin anew.
    """
    directory = _directory(environ)
    if directory is None:
        return State(None, what)
    mark = sha256(json.dumps(what, sort_keys=True).encode("utf-8", "backslashreplace")).hexdigest()[:16]
    state = State(directory / f"{mark}.json", what)
    if not again:
        _load(state)
    return state


def _directory(environ: Mapping[str, str]) -> Path | None:
    # Not `obskit`: that one is a journal.
    if (home := Path(environ.get("XDG_STATE_HOME", ""))).is_absolute():
        return home / "obskit-replay"
    home = Path(environ.get("HOME", ""))
    return home / ".local" / "state" / "obskit-replay" if home.is_absolute() else None


def _load(state: State) -> None:
    if state.path is None:
        return
    try:
        found = json.loads(state.path.read_bytes())
        if found["format"] != _FORMAT or found["what"] != dict(state.what):
            return
        numbers: dict[bytes, Numbers] = {}
        for name, ranges in found["done"].items():
            numbers.setdefault(name.encode(), Numbers()).extend((int(first), int(last)) for first, last in ranges)
        refused, finished = int(found["refused"]), bool(found["finished"])
        since, until = found["from"], found["to"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # What is not to be read is not to be relied on: everything is sent, under the same ids.
        return
    state.numbers, state.refused, state.finished = numbers, refused, finished
    state.since, state.until = since, until
