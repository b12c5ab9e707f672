"""Keepers of a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.journal.cursors import Key
from obskit.journal.keeper import Drop, Keeper
from obskit.journal.place import Place
from tests.support import journals


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., tuple[Keeper, list[Drop]]]]:
    """Make keepers of the journal in `tmp_path`; all are released at the end."""
    keepers: list[Keeper] = []

    def make(targets: tuple[Key, ...] = (), **options: Any) -> tuple[Keeper, list[Drop]]:
        drops: list[Drop] = []
        chosen: dict[str, Any] = {"max_bytes": 1 << 30, "max_age": 1e6, **options}
        made = Keeper(journals.place(tmp_path), targets=lambda: list(targets), dropped=drops.append, **chosen)
        keepers.append(made)
        return made, drops

    yield make
    for made in keepers:
        made.release()


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """The journal."""
    return journals.place(tmp_path)
