from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import httpx
import pytest
from opentelemetry import baggage, context, propagate

import obskit
from obskit.integration import begin, outbound
from obskit.testing import capture
from tests.exits.canary import CARD, EMAIL, PAIR, PLAIN, TEXT, leaks
from tests.ship.server import Server, reply

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
INCOMING = [
    ("traceparent", TRACEPARENT),
    ("tracestate", f"mail={EMAIL},vendor=1,card={CARD},token={PLAIN}"),
    ("baggage", f"mail={EMAIL};to={EMAIL},tier=gold;since=2020,password={PLAIN},note=password%3D{PAIR},{CARD}=1"),
    ("X-Correlation-ID", EMAIL),
    ("X-Request-ID", CARD),
]


@pytest.fixture
def within() -> Iterator[None]:
    """Be in a unit of work that a caller has sent canaries to, and whose code has set baggage itself."""
    with capture(integrations=["httpx"]):
        unit = begin("work", headers=INCOMING)
        held = baggage.set_baggage("own", TEXT)
        token = context.attach(baggage.set_baggage(EMAIL, "1", held))
        yield
        context.detach(token)
        unit.finish()


@pytest.mark.usefixtures("within")
def test_what_was_taken_in_is_not_sent_on() -> None:
    """Ids, trace state and baggage of a caller go on, without what the redactor finds in them."""
    headers = dict(outbound())
    assert leaks(unquote(str(headers))) == []
    assert headers["tracestate"] == "vendor=1"
    assert "tier=gold;since=2020" in headers["baggage"]
    assert headers["X-Correlation-ID"].startswith("req-")
    assert headers["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")


@pytest.mark.usefixtures("within")
def test_other_instrumentation_sends_none_of_it_on() -> None:
    """OpenTelemetry's global propagator gives its instrumentation packages the same carrier."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    assert leaks(unquote(str(carrier))) == []
    assert carrier["tracestate"] == "vendor=1"


@pytest.mark.usefixtures("within")
def test_a_request_sends_none_of_it_on() -> None:
    """What arrives at another service has no canary in obskit's headers."""
    server = Server([reply(200)])
    httpx.get(f"http://127.0.0.1:{server.port}/", trust_env=False)
    server.stop()
    (request,) = server.requests
    assert leaks(unquote(str(request.headers))) == []
    assert "tier=gold" in request.headers["baggage"]


def test_a_correlation_id_with_a_secret_is_not_taken() -> None:
    """Wherever an id comes from, one that the redactor finds something in is replaced by a new one."""
    for given in (EMAIL, CARD, f"token={PAIR}"):
        with capture(), obskit.scope(correlation_id=given):
            assert str(obskit.correlation_id()).startswith("req-")
