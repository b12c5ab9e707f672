from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sentry_sdk

from tests.exits.outside import Outside


@pytest.fixture
def outside(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Outside]:
    with sentry_sdk.isolation_scope():
        made = Outside(tmp_path, capfd)
        yield made
        made.close()
