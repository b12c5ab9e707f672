from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.written import Written


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    """Put a console and a journal in force; at the end they agree, and nothing failed inside."""
    made = Written(tmp_path)
    yield made
    made.close()
