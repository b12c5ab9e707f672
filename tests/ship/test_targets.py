"""Which target an endpoint gets, and which lanes a URL of gRPC."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from obskit.settings.endpoint import Endpoint
from obskit.ship import destination, grpc, http
from obskit.ship.destination import WrongDestination, lanes_to, otlp_lanes
from obskit.ship.encoder import encoder
from obskit.ship.otlp_protobuf import ProtobufEncoder
from obskit.ship.targets import target

Protocol = Literal["http/json", "http/protobuf", "grpc"]


class Silent:
    """A reporter that nobody listens to."""

    def once(self, topic: str, text: str) -> None: ...

    def refused(self, target: str, identity: str, detail: str) -> None: ...


@pytest.mark.parametrize(
    ("protocol", "kind"),
    [("http/json", http.Target), ("http/protobuf", http.Target), ("grpc", grpc.Target)],
)
def test_the_protocol_decides(protocol: Protocol, kind: type[Any]) -> None:
    """HTTP in both encodings is spoken by one class, gRPC by another."""
    assert type(target(Endpoint("http://c:1", {}, protocol=protocol), "logs")) is kind


def test_grpc_carries_protobuf() -> None:
    """The same messages as OTLP/HTTP has."""
    assert isinstance(encoder("grpc", "spans"), ProtobufEncoder)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("otlp+grpc://c:1", "http://c:1"),
        ("otlp+grpc://c", "http://c:4317"),
        ("otlp+grpcs://c:1/x", "https://c:1"),
    ],
)
def test_a_url_of_grpc_leads_to_both_signals(url: str, place: str) -> None:
    """The cursors' name is that of a service whose endpoint is the same place."""
    lanes = lanes_to(url, Silent())

    service = Endpoint(place, {}, protocol="grpc")
    assert [lane.key for lane in lanes] == [lane.key for lane in otlp_lanes(service, service, Silent())]
    assert [(type(lane.target), lane.target.name) for lane in lanes] == [(grpc.Target, place)] * 2
    assert lanes[0].sibling is lanes[1]


@pytest.mark.parametrize("url", ["otlp+grpc://", "otlp+grpcx://c:1", "otlp+grpc:c:1", "grpc://c:1"])
def test_a_url_that_is_nearly_one_is_refused_with_the_forms(url: str) -> None:
    """What can be written stands in the text."""
    with pytest.raises(WrongDestination, match=r"otlp\+grpc://HOST:4317"):
        lanes_to(url, Silent())


def test_a_url_of_grpc_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `init` does."""
    monkeypatch.setattr(destination, "speaks_grpc", lambda: False)
    with pytest.raises(WrongDestination, match=r"pip install 'obskit-sdk\[grpc\]'"):
        lanes_to("otlp+grpc://c:1", Silent())
