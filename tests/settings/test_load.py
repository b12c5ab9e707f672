"""What `load` makes of arguments and environment."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from obskit.settings.load import load
from obskit.settings.options import ConfigError, Journal, Redaction, Sampling
from obskit.settings.program import Program
from obskit.settings.settings import Settings
from obskit.settings.table import ARGUMENTS, TABLE

PROGRAM = Program(argv=("/srv/orders.py",), directory="/", file="/nowhere/orders.py")


def settle(environ: dict[str, str] | None = None, /, **arguments: Any) -> Settings:
    return load(arguments, environ or {}, program=PROGRAM)


def refused(environ: dict[str, str] | None = None, /, **arguments: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        settle(environ, **arguments)
    return str(caught.value)


def test_plain_call_gives_the_defaults() -> None:
    """Without arguments and variables every setting has the default of the design."""
    found = settle()
    assert (found.service, found.environment, found.version) == ("orders", "development", None)
    assert (found.level, found.levels, found.console, found.stream) == (20, {}, "auto", None)
    assert found.journal == Journal(None, 1 << 30, 604_800.0, 16 << 20, 65_536, "interval", units=True)
    assert (found.logs, found.traces, found.otlp_endpoint, found.otlp_protocol) == (None, None, None, "http/json")
    assert (found.ship, found.sentry_dsn, found.redaction, found.sampling) == ("thread", None, Redaction(), Sampling())
    assert (found.integrations, found.correlation_header, found.trust_incoming) == ("auto", "X-Correlation-ID", True)
    assert (found.propagate_to, found.level_key, found.exit_timeout, found.disabled) == (("*",), None, 5.0, False)
    assert found.warnings == ()
    assert set(found.origins.values()) == {"default"}


def test_argument_wins_over_every_variable() -> None:
    """An argument counts before OBSKIT_*, which counts before OTEL_*."""
    environ = {"OTEL_SERVICE_NAME": "standard", "OBSKIT_SERVICE": "own"}
    assert settle(environ, service="argument").service == "argument"
    assert settle(environ).service == "own"
    assert settle({"OTEL_SERVICE_NAME": "standard"}).service == "standard"


def test_explicit_default_wins_over_a_variable() -> None:
    """An argument that happens to equal the default is an argument all the same."""
    assert settle({"OBSKIT_ENVIRONMENT": "production"}, environment="development").environment == "development"


def test_none_for_an_optional_argument_counts_as_not_given() -> None:
    """`service=os.environ.get(...)` leaves the choice to the variables where it is None."""
    assert settle({"OBSKIT_SERVICE": "own"}, service=None).service == "own"


def test_origins_name_the_source() -> None:
    """Of every setting it is known where it came from."""
    found = settle({"OBSKIT_LEVEL": "debug", "OTEL_SERVICE_NAME": "s"}, console=False)
    assert found.origins["level"] == "OBSKIT_LEVEL"
    assert found.origins["service"] == "OTEL_SERVICE_NAME"
    assert found.origins["console"] == "argument"
    assert found.origins["ship"] == "default"


def test_every_argument_is_settled() -> None:
    """Settings has an attribute and an origin for each argument of the table."""
    found = settle()
    for row in ARGUMENTS:
        assert hasattr(found, row.name)
        assert row.name in found.origins


VARIABLES: list[tuple[str, str, str, Any]] = [
    ("OBSKIT_SERVICE", " shop ", "service", "shop"),
    ("OBSKIT_ENVIRONMENT", "production", "environment", "production"),
    ("OBSKIT_VERSION", "1.2", "version", "1.2"),
    ("OBSKIT_LEVEL", "warning", "level", 30),
    ("OBSKIT_LEVEL", "10", "level", 10),
    ("OBSKIT_LEVELS", "sqlalchemy=WARN, a.b=critical", "levels", {"sqlalchemy": 30, "a.b": 50}),
    ("OBSKIT_LEVELS", "a=10", "levels", {"a": 10}),
    ("OBSKIT_CONSOLE", "JSON", "console", "json"),
    ("OBSKIT_CONSOLE", "false", "console", False),
    ("OBSKIT_STREAM", "stderr", "stream", 2),
    ("OBSKIT_STREAM", "7", "stream", 7),
    ("OBSKIT_JOURNAL", "/var/obskit", "journal", Journal(path="/var/obskit")),
    ("OBSKIT_JOURNAL", "auto", "journal", Journal()),
    ("OBSKIT_JOURNAL", "false", "journal", None),
    ("OBSKIT_JOURNAL_MAX_BYTES", "1000", "journal", Journal(max_bytes=1000)),
    ("OBSKIT_JOURNAL_MAX_AGE", "0.5", "journal", Journal(max_age=0.5)),
    ("OBSKIT_JOURNAL_SEGMENT_BYTES", "2000", "journal", Journal(segment_bytes=2000)),
    ("OBSKIT_JOURNAL_LINE_BYTES", "4096", "journal", Journal(line_bytes=4096)),
    ("OBSKIT_JOURNAL_FSYNC", "always", "journal", Journal(fsync="always")),
    ("OBSKIT_JOURNAL_UNITS", "false", "journal", Journal(units=False)),
    ("OBSKIT_OTLP_ENDPOINT", "http://127.0.0.1:4318", "otlp_endpoint", "http://127.0.0.1:4318"),
    ("OBSKIT_OTLP_HEADERS", "A=b%20c,d=e", "otlp_headers", {"a": "b c", "d": "e"}),
    ("OBSKIT_OTLP_PROTOCOL", "http/protobuf", "otlp_protocol", "http/protobuf"),
    ("OBSKIT_SHIP", "agent", "ship", "agent"),
    ("OBSKIT_SHIP", "False", "ship", False),
    ("OBSKIT_SENTRY_DSN", "https://k@localhost/1", "sentry_dsn", "https://k@localhost/1"),
    ("OBSKIT_REDACTION", "false", "redaction", None),
    ("OBSKIT_REDACTION", "true", "redaction", Redaction()),
    ("OBSKIT_REDACTION_ALLOW", "a.*,b", "redaction", Redaction(allow=("a.*", "b"))),
    ("OBSKIT_REDACTION_DENY", "c", "redaction", Redaction(deny=("c",))),
    ("OBSKIT_REDACTION_DETECTORS", "email,iban", "redaction", Redaction(detectors=("email", "iban"))),
    ("OBSKIT_REDACTION_DETECTORS", "false", "redaction", Redaction(detectors=())),
    ("OBSKIT_REDACTION_IP", "keep", "redaction", Redaction(ip="keep")),
    (
        "OBSKIT_REDACTION_CUSTOM",
        "order=O-[0-9]{4,6},b=x+",
        "redaction",
        Redaction(custom={"order": re.compile("O-[0-9]{4,6}"), "b": re.compile("x+")}),
    ),
    ("OBSKIT_REDACTION_PSEUDONYM_KEY", "k", "redaction", Redaction(pseudonym_key=b"k")),
    ("OBSKIT_SAMPLING_RATE", "0.25", "sampling", Sampling(rate=0.25)),
    ("OBSKIT_SAMPLING_SLOW", "3", "sampling", Sampling(slow=3.0)),
    ("OBSKIT_SAMPLING", "true", "sampling", Sampling()),
    ("OBSKIT_INTEGRATIONS", "flask, celery", "integrations", ("flask", "celery")),
    ("OBSKIT_INTEGRATIONS", "auto", "integrations", "auto"),
    ("OBSKIT_INTEGRATIONS", "false", "integrations", ()),
    ("OBSKIT_CORRELATION_HEADER", "X-Id", "correlation_header", "X-Id"),
    ("OBSKIT_TRUST_INCOMING", "0", "trust_incoming", False),
    ("OBSKIT_PROPAGATE_TO", "*.Shop.test,localhost", "propagate_to", ("*.shop.test", "localhost")),
    ("OBSKIT_PROPAGATE_TO", "false", "propagate_to", ()),
    ("OBSKIT_LEVEL_KEY", "k", "level_key", b"k"),
    ("OBSKIT_EXIT_TIMEOUT", "0", "exit_timeout", 0.0),
]


@pytest.mark.parametrize(("variable", "text", "name", "value"), VARIABLES)
def test_variable_is_read(variable: str, text: str, name: str, value: Any) -> None:
    """Every variable of obskit gives its setting, lists by comma and maps as k=v."""
    found = settle({variable: text})
    assert getattr(found, name) == value
    assert variable in found.origins.values()


def test_every_variable_is_tried_above() -> None:
    """No variable of the table is missing in the cases of this file; OBSKIT_SAMPLING=false has a test of its own."""
    assert {row.variable for row in TABLE} == {case[0] for case in VARIABLES}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.variable)
def test_empty_variable_counts_as_not_set(row: Any) -> None:
    """A variable that is empty or blank changes nothing."""
    assert settle({row.variable: ""}) == settle({row.variable: " "}) == settle()


WRONG_VARIABLES = [
    ("OBSKIT_SERVICE", "a\x07b"),
    ("OBSKIT_LEVEL", "LOUD"),
    ("OBSKIT_LEVELS", "sqlalchemy"),
    ("OBSKIT_LEVELS", "a=LOUD"),
    ("OBSKIT_CONSOLE", "xml"),
    ("OBSKIT_STREAM", "-1"),
    ("OBSKIT_JOURNAL_MAX_BYTES", "1 GiB"),
    ("OBSKIT_JOURNAL_MAX_BYTES", "0"),
    ("OBSKIT_JOURNAL_MAX_AGE", "inf"),
    ("OBSKIT_JOURNAL_LINE_BYTES", "10"),
    ("OBSKIT_JOURNAL_FSYNC", "sometimes"),
    ("OBSKIT_JOURNAL_UNITS", "maybe"),
    ("OBSKIT_OTLP_ENDPOINT", "localhost:4318"),
    ("OBSKIT_OTLP_PROTOCOL", "carrier-pigeon"),
    ("OBSKIT_SHIP", "boat"),
    ("OBSKIT_REDACTION", "some"),
    ("OBSKIT_REDACTION_IP", "hash"),
    ("OBSKIT_REDACTION_CUSTOM", "order=("),
    ("OBSKIT_SAMPLING_RATE", "2"),
    ("OBSKIT_SAMPLING_RATE", "nan"),
    ("OBSKIT_SAMPLING_SLOW", "-1"),
    ("OBSKIT_CORRELATION_HEADER", "X Id"),
    ("OBSKIT_TRUST_INCOMING", "maybe"),
    ("OBSKIT_PROPAGATE_TO", "http://shop.test"),
    ("OBSKIT_EXIT_TIMEOUT", "soon"),
]


@pytest.mark.parametrize(("variable", "text"), WRONG_VARIABLES)
def test_wrong_variable_is_a_mistake(variable: str, text: str) -> None:
    """A wrong value of a known variable is refused with its name, its value and what is accepted."""
    message = refused({variable: text})
    assert f"{variable}={text!r}: " in message
    assert "accepted: " in message


def test_wrong_variable_is_a_mistake_where_an_argument_wins() -> None:
    """A variable that nobody needs is checked all the same."""
    assert "OBSKIT_SAMPLING_RATE" in refused({"OBSKIT_SAMPLING_RATE": "2"}, sampling=False)
    assert "OBSKIT_LEVEL" in refused({"OBSKIT_LEVEL": "LOUD"}, level="INFO")


WRONG_ARGUMENTS: list[tuple[str, Any]] = [
    ("service", ""),
    ("service", " "),
    ("service", 5),
    ("service", "a\nb"),
    ("environment", None),
    ("version", 1.2),
    ("level", "LOUD"),
    ("level", None),
    ("level", True),
    ("level", 51),
    ("level", -1),
    ("level", 10.0),
    ("levels", "a=INFO"),
    ("levels", {"a": "LOUD"}),
    ("levels", {"a": True}),
    ("levels", {"": "INFO"}),
    ("levels", {1: "INFO"}),
    ("console", "xml"),
    ("console", True),
    ("console", None),
    ("stream", "out.txt"),
    ("stream", -1),
    ("stream", True),
    ("stream", 1.0),
    ("stream", object()),
    ("stream", io.StringIO),
    ("journal", 7),
    ("journal", True),
    ("journal", None),
    ("journal", ""),
    ("journal", b"/var"),
    ("journal", Sampling()),
    ("otlp_endpoint", ""),
    ("otlp_endpoint", 4318),
    ("otlp_protocol", "http"),
    ("ship", True),
    ("ship", "boat"),
    ("redaction", True),
    ("redaction", None),
    ("redaction", Redaction),
    ("sampling", 0.5),
    ("sampling", True),
    ("integrations", "flask"),
    ("integrations", False),
    ("integrations", [1]),
    ("integrations", [""]),
    ("integrations", {"flask": True}),
    ("correlation_header", ""),
    ("correlation_header", "X:Id"),
    ("trust_incoming", "yes"),
    ("trust_incoming", 1),
    ("propagate_to", "shop.test"),
    ("propagate_to", ["http://shop.test"]),
    ("propagate_to", [1]),
    ("exit_timeout", -1),
    ("exit_timeout", True),
    ("exit_timeout", "5"),
    ("exit_timeout", float("nan")),
    ("exit_timeout", float("inf")),
    ("exit_timeout", 10**400),
]


@pytest.mark.parametrize(("name", "value"), WRONG_ARGUMENTS, ids=lambda value: repr(value)[:30])
def test_wrong_argument_is_a_mistake(name: str, value: Any) -> None:
    """A wrong type or value is refused with the argument's name and what is accepted."""
    message = refused(**{name: value})
    assert "1 mistake:" in message
    assert f"- {name}=" in message
    assert "accepted: " in message


WRONG_OPTIONS: list[tuple[str, Any, str]] = [
    ("journal", Journal(path=3), "path"),  # type: ignore[arg-type]
    ("journal", Journal(path="a\0b"), "path"),
    ("journal", Journal(max_bytes=0), "max_bytes"),
    ("journal", Journal(max_bytes=1.5), "max_bytes"),  # type: ignore[arg-type]
    ("journal", Journal(max_bytes=True), "max_bytes"),
    ("journal", Journal(max_bytes=2**63), "max_bytes"),
    ("journal", Journal(max_age=0), "max_age"),
    ("journal", Journal(max_age=float("nan")), "max_age"),
    ("journal", Journal(segment_bytes=-1), "segment_bytes"),
    ("journal", Journal(line_bytes=1023), "line_bytes"),
    ("journal", Journal(fsync="never"), "fsync"),  # type: ignore[arg-type]
    ("journal", Journal(units=1), "units"),  # type: ignore[arg-type]
    ("sampling", Sampling(rate=1.01), "rate"),
    ("sampling", Sampling(rate=True), "rate"),
    ("sampling", Sampling(slow=float("inf")), "slow"),
    ("redaction", Redaction(allow="user"), "allow"),
    ("redaction", Redaction(deny=[""]), "deny"),
    ("redaction", Redaction(detectors="email"), "detectors"),
    ("redaction", Redaction(ip="hash"), "ip"),  # type: ignore[arg-type]
    ("redaction", Redaction(custom={"a": "("}), "custom"),
    ("redaction", Redaction(custom={"a": "x*"}), "custom"),
    ("redaction", Redaction(custom={"a b": "x"}), "custom"),
    ("redaction", Redaction(pseudonym_key=""), "pseudonym_key"),
]


@pytest.mark.parametrize(("name", "option", "field"), WRONG_OPTIONS)
def test_wrong_field_of_an_option_is_a_mistake(name: str, option: Any, field: str) -> None:
    """A wrong field is refused under the name of its option."""
    message = refused(**{name: option})
    assert "1 mistake:" in message
    assert f"- {name}.{field}=" in message


def test_all_mistakes_are_listed_in_one_error() -> None:
    """Arguments, fields of options, variables of obskit and of OpenTelemetry are told at once."""
    with pytest.raises(ConfigError) as caught:
        settle(
            {"OBSKIT_SAMPLING_RATE": "x", "OTEL_EXPORTER_OTLP_COMPRESSION": "brotli"},
            level="LOUD",
            sampling=Sampling(rate=3, slow=-1),
            journal=Journal(max_bytes=-5),
        )
    assert {mistake.name for mistake in caught.value.mistakes if not isinstance(mistake, str)} == {
        "level",
        "sampling.rate",
        "sampling.slow",
        "journal.max_bytes",
        "OBSKIT_SAMPLING_RATE",
        "OTEL_EXPORTER_OTLP_COMPRESSION",
    }
    assert str(caught.value).startswith("obskit can't be configured, 6 mistakes:\n")


def test_unknown_argument_is_a_mistake_that_names_the_nearest() -> None:
    """A mistyped argument is refused with what is likely meant, and without its value, which may be a secret."""
    message = refused(sentry_dns="https://hunter2@localhost/1")
    assert "sentry_dns=[REDACTED:unknown]: obskit has no such setting, but sentry_dsn;" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("environ", "arguments"),
    [
        ({}, {"sentry_dsn": "hunter2"}),
        ({}, {"sentry_dsn": "https://hunter2@localhost/none"}),
        ({}, {"otlp_headers": "authorization=hunter2"}),
        ({}, {"otlp_headers": {"authorization": "hunter2\r\n"}}),
        ({}, {"otlp_headers": {"hunter2 x": "a"}}),
        ({}, {"level_key": ["hunter2"]}),
        ({}, {"redaction": Redaction(pseudonym_key=["hunter2"])}),  # type: ignore[arg-type]
        ({}, {"otlp_endpoint": "http://user:hunter2@localhost:99999"}),
        ({}, {"otlp_endpoint": "user:hunter2@localhost:4318"}),
        ({}, {"otlp_endpoint": "http://user:hun/hunter2@localhost:4318"}),
        ({}, {"otlp_endpoint": "http://localhost:4318/?key=hunter2"}),
        ({}, {"propagate_to": ["https://user:hunter2@localhost"]}),
        ({}, {"level": "https://user:hunter2@localhost"}),
        ({"OBSKIT_SENTRY_DSN": "hunter2"}, {}),
        ({"OBSKIT_OTLP_HEADERS": "hunter2"}, {}),
        ({"OBSKIT_OTLP_ENDPOINT": "ftp://user:hunter2@localhost"}, {}),
        ({"OTEL_EXPORTER_OTLP_HEADERS": "a=b,hunter2"}, {}),
        ({"OTEL_EXPORTER_OTLP_TRACES_HEADERS": "hunter2"}, {}),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:hunter2@localhost:x"}, {}),
    ],
)
def test_no_secret_stands_in_an_error(environ: dict[str, str], arguments: dict[str, Any]) -> None:
    """A secret's value is a marker, a URL comes without userinfo and query."""
    assert "hunter2" not in refused(environ, **arguments)


def test_no_secret_stands_in_the_repr_of_settings() -> None:
    """Printing the settings gives nothing away."""
    found = settle(
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://user:hunter2@localhost:1/v1/traces"},
        sentry_dsn="https://hunter2@localhost/1",
        otlp_headers={"authorization": "hunter2"},
        level_key="hunter2",
        otlp_endpoint="http://user:hunter2@localhost:2",
        redaction=Redaction(pseudonym_key="hunter2"),
    )
    assert "hunter2" not in repr(found)


def test_unknown_variables_give_one_warning() -> None:
    """What Kubernetes injects beside a service named obskit is passed over, and said once."""
    found = settle({"OBSKIT_PORT": "tcp://127.0.0.1:80", "OBSKIT_SERVICE_HOST": "127.0.0.1", "OTEL_SDK_DISABLED": "x"})
    assert len(found.warnings) == 1
    assert "OBSKIT_PORT is no setting of obskit;" in found.warnings[0]
    assert "OBSKIT_SERVICE_HOST is no setting of obskit;" in found.warnings[0]
    assert "OTEL_SDK_DISABLED='x'" in found.warnings[0]


def test_unknown_variable_is_told_the_nearest() -> None:
    """A mistyped variable is passed over with a hint."""
    (warning,) = settle({"OBSKIT_JOURNAL_MAXBYTES": "5"}).warnings
    assert "(do you mean OBSKIT_JOURNAL_MAX_BYTES?)" in warning


def test_option_object_wins_only_for_the_fields_it_gives() -> None:
    """A field that the caller left out can come from its variable, one that was given can't."""
    found = settle({"OBSKIT_SAMPLING_RATE": "0.5", "OBSKIT_SAMPLING_SLOW": "9"}, sampling=Sampling(slow=1.0))
    assert found.sampling == Sampling(rate=0.5, slow=1.0)
    assert (found.origins["sampling.rate"], found.origins["sampling.slow"]) == ("OBSKIT_SAMPLING_RATE", "argument")


def test_directory_as_argument_leaves_the_other_fields_to_variables() -> None:
    """`journal="..."` gives the path alone."""
    environ = {"OBSKIT_JOURNAL": "/other", "OBSKIT_JOURNAL_FSYNC": "off"}
    assert settle(environ, journal="/here").journal == Journal(path="/here", fsync="off")


def test_journal_without_a_path_takes_it_from_its_variable() -> None:
    """`journal=Journal(max_bytes=...)` says nothing about the path."""
    found = settle({"OBSKIT_JOURNAL": "/other"}, journal=Journal(max_bytes=5000)).journal
    assert found == Journal(path="/other", max_bytes=5000)


def test_argument_switches_on_what_a_variable_switches_off() -> None:
    """An option object given counts before `false` in the option's own variable, and the other way round."""
    assert settle({"OBSKIT_SAMPLING": "false"}, sampling=Sampling(rate=0.5)).sampling.rate == 0.5
    assert settle({"OBSKIT_REDACTION": "true"}, redaction=False).redaction is None
    assert settle({"OBSKIT_JOURNAL": "/here"}, journal=False).journal is None


@pytest.mark.parametrize(
    ("environ", "arguments"),
    [({}, {"sampling": False}), ({"OBSKIT_SAMPLING": "false", "OBSKIT_SAMPLING_RATE": "0.1"}, {})],
)
def test_sampling_off_keeps_everything_without_a_recorder(environ: dict[str, str], arguments: dict[str, Any]) -> None:
    """False means a rate of 1.0 and no flight recorder."""
    found = settle(environ, **arguments)
    assert found.sampling.rate == 1.0
    assert found.recorder is False
    assert settle().recorder is True


def test_grpc_is_refused_with_what_will_be_needed() -> None:
    """The protocol grpc is not spoken yet, and the error says so and what it comes with."""
    for message in (refused(otlp_protocol="grpc"), refused({"OBSKIT_OTLP_PROTOCOL": "grpc"})):
        assert "grpc is not accepted yet" in message
        assert "pip install 'obskit-sdk[grpc]'" in message
        assert 'accepted: "http/json" or "http/protobuf"' in message


def test_endpoint_gets_the_paths_of_both_signals() -> None:
    """The base URL is extended by /v1/logs and /v1/traces, with one slash between."""
    for base in ("http://127.0.0.1:4318", "http://127.0.0.1:4318/"):
        found = settle(otlp_endpoint=base)
        assert found.logs is not None
        assert found.traces is not None
        assert found.logs.url == "http://127.0.0.1:4318/v1/logs"
        assert found.traces.url == "http://127.0.0.1:4318/v1/traces"
        assert (found.logs.timeout, found.logs.compression, found.logs.protocol) == (10.0, "gzip", "http/json")


def test_own_endpoint_wins_over_those_of_single_signals() -> None:
    """What obskit is told directly counts for both signals, whatever OTEL_* says."""
    environ = {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://other:1/v1/traces",
        "OTEL_EXPORTER_OTLP_HEADERS": "a=standard",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "3",
    }
    found = settle(environ | {"OBSKIT_OTLP_HEADERS": "a=own"}, otlp_endpoint="http://127.0.0.1:4318")
    assert found.traces is not None
    assert found.traces.url == "http://127.0.0.1:4318/v1/traces"
    assert found.traces.headers == {"a": "own"}
    assert found.traces.timeout == 3.0
    assert found.origins["traces"] == "argument"


def test_userinfo_of_an_endpoint_becomes_a_header() -> None:
    """Credentials in the URL are sent as Basic authorization and stand in no URL any more."""
    found = settle(otlp_endpoint="http://us%40er:pass@127.0.0.1:4318")
    assert found.otlp_endpoint == "http://127.0.0.1:4318"
    assert found.logs is not None
    assert found.logs.url == "http://127.0.0.1:4318/v1/logs"
    assert found.logs.headers == {"authorization": "Basic dXNAZXI6cGFzcw=="}


def test_later_change_of_an_argument_changes_no_setting() -> None:
    """Settings hold copies of the lists and maps they were given."""
    levels, allow, hosts = {"a": "INFO"}, ["x"], ["h"]
    found = settle(levels=levels, redaction=Redaction(allow=allow), propagate_to=hosts)
    levels["b"] = "WARN"
    allow.append("y")
    hosts.append("i")
    assert found.levels == {"a": 20}
    assert found.redaction == Redaction(allow=("x",))
    assert found.propagate_to == ("h",)


def test_streams_of_every_kind_are_taken() -> None:
    """A file object or a descriptor may be the stream."""

    class Raw:
        def fileno(self) -> int:
            return 1

    for stream in (io.StringIO(), io.BytesIO(), Raw(), 2, 0):
        assert settle(stream=stream).stream is stream


def test_configured_integrations_are_taken_beside_names() -> None:
    """An object with a name and an install method is an integration; a class is not."""

    class Custom:
        name = "custom"

        def install(self) -> None: ...

    custom = Custom()
    assert settle(integrations=["flask", custom]).integrations == ("flask", custom)
    assert "give an instance" in refused(integrations=[Custom])


def test_value_without_a_working_repr_is_told_all_the_same() -> None:
    """A value whose repr raises doesn't hide the mistake."""

    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError

    assert "stream=<Broken without a repr>: " in refused(stream=Broken())


def test_resource_agrees_with_the_settings_in_force() -> None:
    """Attributes that are settings too have the values that won; the others stay as they are."""
    text = "service.name=a,team=x,deployment.environment=old,service.version=1"
    found = settle({"OTEL_RESOURCE_ATTRIBUTES": text}, service="b", environment="new")
    assert found.resource == {
        "service.name": "b",
        "team": "x",
        "deployment.environment": "new",
        "service.version": "1",
    }
    assert found.version == "1"
