"""A service that has kept a unit of work says so in its response."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

import obskit
from obskit.testing import capture

ASKED = {"X-Correlation-ID": "order-5"}


@pytest.mark.parametrize(
    ("path", "told"), [("/plain", []), ("/kept", ["1"]), ("/boom", ["1"]), ("/unavailable", ["1"])]
)
def test_a_caller_with_obskit_is_told(captured: Any, app: Flask, path: str, told: list[str]) -> None:
    """Of what `obskit.keep()` was called for, and of every 5xx."""
    app.add_url_rule("/kept", view_func=lambda: obskit.keep() or "kept")
    answer = app.test_client().get(path, headers=ASKED)
    assert answer.headers.getlist("X-Obskit-Kept") == told


def test_others_are_told_nothing(captured: Any, app: Flask) -> None:
    """A browser sends neither a traceparent nor a correlation id."""
    assert "X-Obskit-Kept" not in app.test_client().get("/unavailable").headers


def test_an_edge_tells_nobody(app: Flask) -> None:
    """With `trust_incoming=False` the header stays away."""
    with capture(integrations=["flask"], trust_incoming=False):
        answer = app.test_client().get("/unavailable", headers=ASKED)
    assert "X-Obskit-Kept" not in answer.headers
