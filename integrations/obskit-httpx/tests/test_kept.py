"""A response that says that its service has kept its unit of work."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

import obskit
from obskit.testing import capture


def _answer(headers: Any) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: httpx.Response(200, headers=headers))


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ([("X-Obskit-Kept", "1")], True),
        ([("x-obskit-kept", "1")], True),
        ([("X-Obskit-Kept", "no")], False),
        ([], False),
    ],
)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_calling_unit_is_kept_too(installed: Any, kind: str, headers: list[tuple[str, str]], kept: bool) -> None:
    """Whatever the client; without the header nothing changes."""

    async def ask() -> None:
        async with httpx.AsyncClient(transport=_answer(headers)) as client:
            await client.get("http://stock.internal/")

    with obskit.scope() as unit:
        if kind == "async":
            asyncio.run(ask())
        else:
            with httpx.Client(transport=_answer(headers)) as client:
                client.get("http://stock.internal/")
    assert unit.kept is kept


def test_a_stranger_is_not_believed() -> None:
    """Only hosts of `propagate_to` can have a unit kept."""
    with capture(integrations=["httpx"], propagate_to=["*.internal"]), obskit.scope() as unit:
        with httpx.Client(transport=_answer({"X-Obskit-Kept": "1"})) as client:
            client.get("http://elsewhere.example/")
        assert not unit.kept
        with httpx.Client(transport=_answer({"X-Obskit-Kept": "1"})) as client:
            client.get("http://stock.internal/")
    assert unit.kept


def test_headers_of_another_make_carry_the_ids(installed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where HTTPX keeps its headers in another way than now, they are copied by what is public of them."""
    sent: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers)
        return httpx.Response(200, headers={"X-Obskit-Kept": "1"})

    monkeypatch.setattr("obskit_httpx.carrier._own", lambda headers: None)
    with obskit.scope("order-5") as unit, httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.get("http://stock.internal/", headers={"X-Own": "1"})
    assert (sent[0]["x-correlation-id"], sent[0]["x-own"]) == ("order-5", "1")
    assert unit.kept
