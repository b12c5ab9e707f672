"""OpenTelemetry's variables, held against what its own SDK and exporter make of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector
from opentelemetry.sdk.trace import SpanLimits, sampling
from opentelemetry.util.re import parse_env_headers

from obskit.settings import standard
from obskit.settings.addresses import parse_headers
from obskit.settings.load import load
from obskit.settings.options import ConfigError
from obskit.settings.program import Program
from obskit.settings.settings import Settings
from obskit.settings.standard import read

PROGRAM = Program(argv=("orders",), directory="/")
BASE = "OTEL_EXPORTER_OTLP_ENDPOINT"


def settle(environ: dict[str, str]) -> Settings:
    return load({}, environ, program=PROGRAM)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], dict[str, str]]:
    """Put variables into the real environment too, where the SDK looks."""

    def put(environ: dict[str, str]) -> dict[str, str]:
        for name, text in environ.items():
            monkeypatch.setenv(name, text)
        return environ

    return put


@pytest.mark.parametrize(
    "environ",
    [
        {BASE: "http://127.0.0.1:4318"},
        {BASE: "http://127.0.0.1:4318/"},
        {BASE: "https://localhost/otlp/"},
        {BASE: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:2"},
        {BASE: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://127.0.0.1:2/x/"},
        {BASE: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS": "a=1,B=%20x%2Cy,c=d e%20f, g = h=i"},
        {
            BASE: "http://127.0.0.1:1",
            "OTEL_EXPORTER_OTLP_HEADERS": "a=1",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "b=2",
        },
        {BASE: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TIMEOUT": "2.5", "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT": "7"},
        {BASE: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": ""},
        {BASE: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TIMEOUT": "soon"},
    ],
)
def test_targets_are_those_of_the_exporters(
    environ: dict[str, str], environment: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    """URL, headers and timeout of both signals are what the official exporters take from the same environment."""
    found = settle(environment(environ))
    for target, exporter in ((found.logs, OTLPLogExporter()), (found.traces, OTLPSpanExporter())):
        assert target is not None
        assert target.url == exporter._endpoint
        official = exporter._client
        assert target.timeout == official._timeout
        assert dict(target.headers).items() <= dict(official._headers).items()
        assert set(official._headers) - set(target.headers) <= {"content-type", "user-agent", "content-encoding"}
        exporter.shutdown()  # type: ignore[no-untyped-call]


@given(
    st.dictionaries(
        st.text("abcXYZ-_019", min_size=1, max_size=8),
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='",;\\%'), max_size=12),
        max_size=4,
    )
)
def test_header_lists_are_read_as_the_sdk_does(headers: dict[str, str]) -> None:
    """Every well-formed list gives the same headers."""
    text = ",".join(f"{name}={value}" for name, value in headers.items())
    assert parse_headers(text) == parse_env_headers(text, liberal=True)


@pytest.mark.parametrize(
    "text", ["a=%41%20b", " a = b , c=d ", "a=b,,c=d", "a=", "a=b=c", "a=b c", "a=b%20 c", "%61=b"]
)
def test_unusual_header_lists_are_read_as_the_sdk_does(text: str) -> None:
    """White space, empty items, several equals signs and percent-encoding count as in the SDK."""
    assert parse_headers(text) == parse_env_headers(text, liberal=True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ENDPOINT", "localhost:4318"),
        ("ENDPOINT", "grpc://localhost:4317"),
        ("ENDPOINT", "http://"),
        ("ENDPOINT", "http://:4318"),
        ("ENDPOINT", "http://localhost:"),
        ("ENDPOINT", "http://localhost:0"),
        ("ENDPOINT", "http://localhost:65536"),
        ("ENDPOINT", "http://localhost:port"),
        ("ENDPOINT", "http://local host:1"),
        ("ENDPOINT", "http://localhost:1/a b"),
        ("ENDPOINT", "http://localhost:1/#x"),
        ("ENDPOINT", "http://[::1:4318"),
        ("ENDPOINT", "http:/localhost:4318"),
        ("HEADERS", "novalue"),
        ("HEADERS", "a=b,c"),
        ("HEADERS", "a b=c"),
        ("HEADERS", "=b"),
        ("HEADERS", "a=b;c"),
        ("HEADERS", "a=b%0D%0Ac:d"),
        ("HEADERS", "a=%E2%82%AC"),
        ("HEADERS", "a%0Ab=c"),
        ("COMPRESSION", "brotli"),
    ],
)
@pytest.mark.parametrize("signal", ["", "LOGS_", "TRACES_"])
def test_malformed_endpoint_header_list_or_compression_is_a_mistake(signal: str, name: str, text: str) -> None:
    """Where records go and how is never guessed."""
    variable = f"OTEL_EXPORTER_OTLP_{signal}{name}"
    with pytest.raises(ConfigError) as caught:
        settle({variable: text})
    assert [mistake.name for mistake in caught.value.mistakes if not isinstance(mistake, str)] == [variable]


@pytest.mark.parametrize(
    "url", ["http://localhost:1/?a=b", "http://localhost:1/v1/traces", "http://localhost:1/v1/logs/"]
)
def test_base_endpoint_to_which_nothing_can_be_appended_is_a_mistake(url: str) -> None:
    """A query or the path of one signal belongs into the variable of that signal, where it is fine."""
    with pytest.raises(ConfigError):
        settle({BASE: url})
    target = settle({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": url}).traces
    assert target is not None
    assert target.url == url


@pytest.mark.parametrize(
    "url", ["http://[::1]:4318", "https://user@localhost", "HTTP://LOCALHOST:4318", "http://a_b.c/d-e"]
)
def test_well_formed_endpoints_are_taken(url: str) -> None:
    """Addresses in brackets, userinfo, capitals and underscores are no mistakes."""
    assert settle({BASE: url}).logs is not None


def test_without_an_endpoint_there_is_no_target() -> None:
    """Nothing is sent to a default address."""
    found = settle({"OTEL_EXPORTER_OTLP_HEADERS": "a=b", "OTEL_EXPORTER_OTLP_COMPRESSION": "none"})
    assert (found.logs, found.traces) == (None, None)


def test_endpoint_of_one_signal_makes_a_target_of_that_alone() -> None:
    """Logs have no target where only spans have one."""
    found = settle({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:1/v1/traces"})
    assert found.logs is None
    assert found.traces is not None
    assert found.origins["traces"] == "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"


def test_certificates_compression_and_protocol_are_read_for_each_signal() -> None:
    """A signal's own variable counts before that of all signals."""
    found = settle(
        {
            BASE: "https://localhost",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": "ca.pem",
            "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE": "logs.pem",
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "cert.pem",
            "OTEL_EXPORTER_OTLP_CLIENT_KEY": "key.pem",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": " GZIP ",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
        }
    )
    assert found.logs is not None
    assert found.traces is not None
    assert (found.logs.certificate, found.traces.certificate) == ("logs.pem", "ca.pem")
    assert (found.traces.client_certificate, found.traces.client_key) == ("cert.pem", "key.pem")
    assert (found.logs.compression, found.traces.compression) == ("none", "gzip")
    assert (found.logs.protocol, found.traces.protocol) == ("http/json", "http/protobuf")


def test_deflate_is_sent_as_gzip_with_a_warning() -> None:
    """The SDK's third word for compression is no mistake, but OTLP knows gzip alone."""
    found = settle({BASE: "http://localhost:1", "OTEL_EXPORTER_OTLP_COMPRESSION": "deflate"})
    assert found.logs is not None
    assert found.logs.compression == "gzip"
    assert "gzip is used" in found.warnings[0]


def test_grpc_without_its_library_is_passed_over_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform's default protocol doesn't stop the application."""
    monkeypatch.setattr(standard, "speaks_grpc", lambda: False)
    found = settle({BASE: "http://localhost:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
    assert found.logs is not None
    assert found.logs.protocol == "http/json"
    assert "pip install 'obskit-sdk[grpc]'" in found.warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "a=b",
        " a = b%20c ,d=",
        "service.name=x,service.version=2",
        "nonsense,a=b",
        "a=b=c",
        "",
        "a=1,a=2",
        "k=%E2%82%AC",
    ],
)
def test_resource_is_that_of_the_sdk(text: str, environment: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """OTEL_RESOURCE_ATTRIBUTES gives the attributes that the SDK's detector finds."""
    environ = environment({"OTEL_RESOURCE_ATTRIBUTES": text, "OTEL_SERVICE_NAME": "named"})
    assert read(environ).resource == dict(OTELResourceDetector().detect().attributes)


def test_resource_attributes_name_service_version_and_environment() -> None:
    """The attributes of that meaning become settings; the stable name of the environment counts first."""
    text = "service.name=a,service.version=2,deployment.environment.name=new,deployment.environment=old"
    found = settle({"OTEL_RESOURCE_ATTRIBUTES": text})
    assert (found.service, found.version, found.environment) == ("a", "2", "new")
    assert settle({"OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=old"}).environment == "old"
    assert settle({"OTEL_RESOURCE_ATTRIBUTES": text, "OTEL_SERVICE_NAME": "b"}).service == "b"


def test_resource_attribute_that_can_be_no_setting_is_passed_over_with_a_warning() -> None:
    """A service name with control characters is not taken from the environment."""
    found = settle({"OTEL_RESOURCE_ATTRIBUTES": "service.name=a%0Ab"})
    assert found.service == "orders"
    assert "service.name" in found.warnings[0]


@pytest.mark.parametrize(
    ("sampler", "argument"),
    [
        ("always_on", None),
        ("always_off", None),
        ("parentbased_always_on", "0.1"),
        ("parentbased_always_off", None),
        ("traceidratio", "0.25"),
        ("parentbased_traceidratio", "0"),
        ("ParentBased_TraceIdRatio", "0.5"),
        ("traceidratio", None),
        ("traceidratio", "2"),
        ("parentbased_traceidratio", "many"),
        ("jaeger_remote", "x"),
        (None, "0.5"),
    ],
)
def test_sampling_rate_is_that_of_the_sdk(
    sampler: str | None, argument: str | None, environment: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    """The rate is the share of traces that the SDK's sampler would begin."""
    given = {"OTEL_TRACES_SAMPLER": sampler, "OTEL_TRACES_SAMPLER_ARG": argument}
    environ = environment({name: text for name, text in given.items() if text is not None})
    official = sampling._get_from_env_or_default()
    root = getattr(official, "_root", official)
    rate = getattr(root, "rate", None)
    if rate is None:
        rate = 0.0 if root is sampling.ALWAYS_OFF else 1.0
    assert settle(environ).sampling.rate == rate


def test_bad_sampler_gives_a_warning() -> None:
    """What obskit can't follow is said."""
    assert "OTEL_TRACES_SAMPLER='xray'" in settle({"OTEL_TRACES_SAMPLER": "xray"}).warnings[0]
    assert "1.0 is used" in settle({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"}).warnings[0]


def test_own_rate_wins_over_the_standard_sampler() -> None:
    """OBSKIT_SAMPLING_RATE counts before OTEL_TRACES_SAMPLER."""
    assert settle({"OTEL_TRACES_SAMPLER": "always_off", "OBSKIT_SAMPLING_RATE": "0.5"}).sampling.rate == 0.5


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_ATTRIBUTE_COUNT_LIMIT": "5"},
        {"OTEL_ATTRIBUTE_COUNT_LIMIT": "0", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": "7"},
        {"OTEL_ATTRIBUTE_COUNT_LIMIT": ""},
        {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": " "},
        {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "10", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "20"},
        {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "10"},
        {"OTEL_SPAN_EVENT_COUNT_LIMIT": "", "OTEL_SPAN_LINK_COUNT_LIMIT": " 3 "},
        {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT": "1"},
    ],
)
def test_span_limits_are_those_of_the_sdk(
    environ: dict[str, str], environment: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    """Given as arguments, the limits make the SpanLimits that the SDK makes of the environment."""
    limits = settle(environment(environ)).span_limits
    assert vars(SpanLimits(**limits)) == vars(SpanLimits())


@pytest.mark.parametrize("text", ["many", "-1", "1.5"])
def test_bad_span_limit_gives_a_warning(text: str) -> None:
    """A limit that is no whole number is passed over."""
    found = settle({"OTEL_SPAN_LINK_COUNT_LIMIT": text})
    assert found.span_limits["max_links"] == 128
    assert "128 is used" in found.warnings[0]


@pytest.mark.parametrize(("text", "disabled"), [("true", True), (" TRUE ", True), ("false", False), ("", False)])
def test_disabled_sdk_sends_nothing(text: str, disabled: bool) -> None:
    """OTEL_SDK_DISABLED=true, in any case, leaves no target."""
    found = settle({"OTEL_SDK_DISABLED": text, BASE: "http://localhost:1"})
    assert found.disabled is disabled
    assert (found.logs is None) is disabled
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("text", "sent", "warned"),
    [
        ("none", False, False),
        (" None ", False, False),
        ("console", False, True),
        ("otlp", True, False),
        ("otlp,console", True, True),
        ("otlp_proto_http", True, False),
        ("", True, False),
    ],
)
def test_exporter_variable_switches_one_signal(text: str, sent: bool, warned: bool) -> None:
    """OTEL_TRACES_EXPORTER says whether spans are sent by OTLP; logs go on."""
    found = settle({"OTEL_TRACES_EXPORTER": text, BASE: "http://localhost:1"})
    assert (found.traces is not None) is sent
    assert found.logs is not None
    assert bool(found.warnings) is warned


@pytest.mark.parametrize("text", ["soon", "-1", "0", "nan", "inf", "1e9"])
def test_bad_timeout_gives_a_warning_and_the_next_one_counts(text: str) -> None:
    """A bad time-out of one signal leaves that of all signals in force."""
    environ = {BASE: "http://localhost:1", "OTEL_EXPORTER_OTLP_TIMEOUT": "3", "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT": text}
    found = settle(environ)
    assert found.logs is not None
    assert found.logs.timeout == 3.0
    assert "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT" in found.warnings[0]
