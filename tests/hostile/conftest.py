from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.written import Written


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Callable[..., Written]]:
    """Put a console and a journal in force under options of `init`; at the end they agree, nothing failed inside."""
    made: list[Written] = []

    def begin(**options: Any) -> Written:
        made.append(Written(tmp_path, **options))
        return made[-1]

    yield begin
    for written in made:
        written.close()


@pytest.fixture
def written(writing: Callable[..., Written]) -> Written:
    """Put a console and a journal in force, with the defaults."""
    return writing()
