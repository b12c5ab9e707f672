from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import fastapi
import flask
import httpx
import pytest

from tests.exits.canary import CARD, EMAIL, MARKER, PAIR, PLAIN, TEXT, leaks
from tests.exits.exits import CanaryError, failure
from tests.exits.outside import Outside
from tests.ship.server import Server, raw, reply

pytestmark = pytest.mark.slow

QUERY = f"token={PLAIN}&mail={quote(EMAIL)}&note={quote(TEXT)}&card={CARD}"
HEADERS = {
    "Authorization": f"Bearer {PLAIN}.abcdef",
    "X-Api-Key": PLAIN,
    "Cookie": f"sid={PLAIN}",
    "User-Agent": TEXT,
    "X-Correlation-ID": EMAIL,
    "X-Request-ID": CARD,
    "baggage": f"mail={quote(EMAIL)}",
    "tracestate": f"mail={EMAIL}",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}
PATHS = (f"/fails/{quote(EMAIL)}", f"/fails/{CARD}", f"/answers/{quote(TEXT)}", f"/of/nobody/{quote(EMAIL)}")


def assert_nothing_leaked(left: dict[str, bytes], answers: str = "") -> None:
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}
    assert leaks(answers) == []
    assert MARKER.encode() in left["journal"]
    assert MARKER.encode() in left["collector"]


def test_a_request_to_fastapi_leaves_no_canary(outside: Outside) -> None:
    """Path, query, headers and body of a request, and what it fails with, are shown redacted; so is the answer."""
    outside.start(integrations=["fastapi"])
    app = fastapi.FastAPI()

    @app.post("/fails/{who}")
    async def fails(who: str) -> None:
        raise failure()

    @app.post("/answers/{who}")
    async def answers(who: str) -> dict[str, str]:
        return {"n": "1"}

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("8.8.8.8", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return [await client.post(f"{path}?{QUERY}", headers=HEADERS, json={"password": PLAIN}) for path in PATHS]

    answered = asyncio.run(ask())
    assert [answer.status_code for answer in answered] == [500, 500, 200, 404]
    assert_nothing_leaked(outside.end(), "".join(f"{answer.headers}{answer.text}" for answer in answered))


def test_a_request_to_flask_leaves_no_canary(outside: Outside) -> None:
    """Path, query, headers and body of a request, and what it fails with, are shown redacted; so is the answer."""
    outside.start(integrations=["flask"])
    app = flask.Flask("shop")

    @app.post("/fails/<who>")
    def fails(who: str) -> str:
        raise failure()

    @app.post("/answers/<who>")
    def answers(who: str) -> str:
        return "1"

    client = app.test_client()
    answered = [client.post(f"{path}?{QUERY}", headers=HEADERS, json={"password": PLAIN}) for path in PATHS]
    assert [answer.status_code for answer in answered] == [500, 500, 200, 404]
    assert_nothing_leaked(outside.end(), "".join(f"{answer.headers}{answer.text}" for answer in answered))


def test_calls_of_httpx_leave_no_canary(outside: Outside) -> None:
    """The URL of a call, its userinfo, query and path, and what it fails with, are shown redacted."""
    outside.start(integrations=["httpx"])
    server = Server([reply(200), reply(404), reply(302, Location=f"/{quote(EMAIL)}?{QUERY}"), reply(200), raw(b"")])
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        for path in (f"/{quote(EMAIL)}", f"/{EMAIL}", f"/{CARD}", "/x"):
            url = f"http://joe:{PAIR}@127.0.0.1:{server.port}{path}?{QUERY}#{quote(TEXT)}"
            with suppress(httpx.RemoteProtocolError):
                client.post(url, headers={"Authorization": f"Bearer {PLAIN}.abcdef"}, json={"password": PLAIN})
        with pytest.raises(CanaryError):
            httpx.Client(transport=httpx.MockTransport(_refuse)).get(f"http://joe:{PAIR}@127.0.0.1/?{QUERY}")
    server.stop()
    assert_nothing_leaked(outside.end())


def _refuse(_: Any) -> Any:
    raise failure()
