"""`obskit schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any


def test_prints_what_is_shipped(run: Callable[..., Any]) -> None:
    """It prints the JSON Schema of the package."""
    ran = run("schema")
    assert ran.status == 0
    assert ran.out == files("obskit.record").joinpath("schema.json").read_text("utf-8")
    assert json.loads(ran.out)["$schema"]
