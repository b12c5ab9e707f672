"""Where gRPC is spoken, held against what OpenTelemetry's own exporter makes of the same variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from obskit.settings.endpoint import for_grpc
from obskit.settings.load import load
from obskit.settings.options import ConfigError
from obskit.settings.program import Program
from obskit.settings.settings import Settings

PROGRAM = Program(argv=("orders",), directory="/")
OTLP = "OTEL_EXPORTER_OTLP_"
GRPC = {f"{OTLP}PROTOCOL": "grpc"}
ENVIRONS: list[dict[str, str]] = [
    {"ENDPOINT": "http://127.0.0.1:4317"},
    {"ENDPOINT": "https://127.0.0.1:4317"},
    {"ENDPOINT": "127.0.0.1:4317"},
    {"ENDPOINT": "localhost:4317"},
    {"ENDPOINT": "http://127.0.0.1:4317/v1/traces"},
    {"ENDPOINT": "127.0.0.1:4317", "INSECURE": "true"},
    {"ENDPOINT": "127.0.0.1:4317", "INSECURE": "false"},
    {"ENDPOINT": "127.0.0.1:4317", "TRACES_INSECURE": "true"},
    {"ENDPOINT": "127.0.0.1:4317", "INSECURE": "true", "LOGS_INSECURE": "false"},
    {"ENDPOINT": "http://127.0.0.1:4317", "INSECURE": "false"},
    {"ENDPOINT": "https://127.0.0.1:4317", "INSECURE": "true"},
    {"ENDPOINT": "http://127.0.0.1:1", "TRACES_ENDPOINT": "127.0.0.1:2"},
    {"ENDPOINT": "http://127.0.0.1:1", "LOGS_ENDPOINT": "https://127.0.0.1:2/x"},
    {"ENDPOINT": "[::1]:4317"},
]
OFFICIAL = """
import json, os, sys
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
found = []
for environ in json.load(sys.stdin):
    os.environ.update(environ)
    exporters = OTLPLogExporter(), OTLPSpanExporter()
    found.append([[one._endpoint, one._insecure] for one in exporters])
    for one in exporters:
        one.shutdown()
    for name in environ:
        del os.environ[name]
print(json.dumps(found))
"""


def settle(environ: dict[str, str], /, **arguments: Any) -> Settings:
    return load(arguments, environ, program=PROGRAM)


def urls(found: Settings) -> list[str]:
    assert found.logs is not None
    assert found.traces is not None
    assert (found.logs.protocol, found.traces.protocol) == ("grpc", "grpc")
    return [found.logs.url, found.traces.url]


def test_places_are_those_of_the_official_exporter() -> None:
    """Host, port and whether TLS is spoken are the same for both signals, with and without a scheme."""
    environs = [{f"{OTLP}{name}": text for name, text in one.items()} for one in ENVIRONS]
    plain = {name: text for name, text in os.environ.items() if not name.startswith("OTEL_")}
    # In a process of its own: grpcio's threads would be in the way of every later fork.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OFFICIAL],
        input=json.dumps(environs), env=plain, capture_output=True, text=True, timeout=50, check=True,
    )  # fmt: skip
    official = json.loads(done.stdout.splitlines()[-1])

    for environ, exporters in zip(environs, official, strict=True):
        wanted = [f"{'http' if insecure else 'https'}://{place}" for place, insecure in exporters]
        assert urls(settle(GRPC | environ)) == wanted, environ


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://collector", "http://collector:4317"),
        ("https://collector", "https://collector:4317"),
        ("collector", "https://collector:4317"),
        ("http://collector:80/x", "http://collector:80"),
        ("http://[::1]", "http://[::1]:4317"),
    ],
)
def test_the_port_is_4317_where_none_is_named(url: str, place: str) -> None:
    """OTLP's own port for gRPC; a path counts for nothing."""
    assert for_grpc(url) == place


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        ({"otlp_protocol": "grpc", "otlp_endpoint": "http://c:1"}, {}),
        ({}, {"OBSKIT_OTLP_PROTOCOL": "grpc", "OBSKIT_OTLP_ENDPOINT": "http://c:1"}),
        ({"otlp_protocol": "grpc"}, {f"{OTLP}ENDPOINT": "http://c:1"}),
        ({"otlp_protocol": "grpc"}, {f"{OTLP}ENDPOINT": "c:1", f"{OTLP}INSECURE": "true"}),
        ({"otlp_protocol": "grpc", "otlp_endpoint": "http://c:1"}, {f"{OTLP}INSECURE": "false"}),
        ({}, {f"{OTLP}ENDPOINT": "http://c:1", "OTEL_LOGS_EXPORTER": "otlp_proto_grpc", **GRPC}),
    ],
)
def test_grpc_is_named_by_each_setting(arguments: dict[str, Any], environ: dict[str, str]) -> None:
    """A URL of obskit's own setting says by its scheme alone whether TLS is spoken."""
    assert urls(settle(environ, **arguments)) == ["http://c:1", "http://c:1"]


def test_userinfo_becomes_a_header() -> None:
    """Also where no scheme stands before it."""
    found = settle(GRPC | {f"{OTLP}ENDPOINT": "user:word@c:1"}).logs
    assert found is not None
    assert (found.url, dict(found.headers)) == ("https://c:1", {"authorization": "Basic dXNlcjp3b3Jk"})


def test_one_signal_may_speak_grpc_and_the_other_http() -> None:
    """Each is sent as its own variable says."""
    found = settle({f"{OTLP}ENDPOINT": "http://c:1", f"{OTLP}TRACES_PROTOCOL": "grpc"})
    assert found.logs is not None
    assert found.traces is not None
    assert (found.logs.url, found.traces.url) == ("http://c:1/v1/logs", "http://c:1")
    assert (found.logs.protocol, found.traces.protocol) == ("http/json", "grpc")


def test_an_exporter_of_grpc_names_the_protocol() -> None:
    """OTEL_TRACES_EXPORTER=otlp_proto_grpc speaks gRPC for spans alone."""
    found = settle({f"{OTLP}ENDPOINT": "http://c:1", "OTEL_TRACES_EXPORTER": "otlp_proto_grpc"})
    assert found.logs is not None
    assert found.traces is not None
    assert (found.logs.protocol, found.traces.protocol) == ("http/json", "grpc")


@pytest.mark.parametrize(
    "environ",
    [
        {f"{OTLP}ENDPOINT": "c:1"},
        {f"{OTLP}ENDPOINT": "c:1", f"{OTLP}TRACES_PROTOCOL": "grpc"},
        {f"{OTLP}ENDPOINT": "c:0", **GRPC},
        {f"{OTLP}ENDPOINT": "dns:///c:1", **GRPC},
        {f"{OTLP}ENDPOINT": "c:1?x=y", **GRPC},
    ],
)
def test_a_malformed_place_is_a_mistake_told_once(environ: dict[str, str]) -> None:
    """Host and port alone are taken for gRPC only; other schemes and queries not even there."""
    with pytest.raises(ConfigError) as caught:
        settle(environ)
    assert [mistake.name for mistake in caught.value.mistakes if not isinstance(mistake, str)] == [f"{OTLP}ENDPOINT"]


def test_an_odd_word_for_insecure_means_tls_with_a_warning() -> None:
    """As with the SDK only `true` does without; the warning names the variable."""
    found = settle(GRPC | {f"{OTLP}ENDPOINT": "c:1", f"{OTLP}INSECURE": "1"})
    assert urls(found) == ["https://c:1", "https://c:1"]
    assert f"{OTLP}INSECURE" in found.warnings[0]


def test_without_h2_only_our_own_setting_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not installed is named with what installs it; a platform's default is passed over with a warning."""
    monkeypatch.setitem(sys.modules, "h2", None)
    with pytest.raises(ConfigError, match=r"pip install 'obskit-sdk\[grpc\]'"):
        settle({}, otlp_protocol="grpc")
    found = settle(GRPC | {f"{OTLP}ENDPOINT": "http://c:1", "OTEL_TRACES_EXPORTER": "otlp_proto_grpc"})
    assert found.traces is not None
    assert (found.traces.protocol, found.traces.url) == ("http/json", "http://c:1/v1/traces")
    assert "pip install 'obskit-sdk[grpc]'" in found.warnings[0]
