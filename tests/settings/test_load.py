"""What `load` makes of arguments and environment together."""

from __future__ import annotations

import io
from typing import Any

import pytest

from obskit.settings.load import load
from obskit.settings.options import ConfigError, Journal, Redaction, Sampling
from obskit.settings.program import Program
from obskit.settings.settings import Settings
from obskit.settings.table import ARGUMENTS

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


def test_no_limit_given_counts_before_a_variable() -> None:
    """None given for the limit is an answer; left out, the variable's holds."""
    environ = {"OBSKIT_SAMPLING_LIMIT": "5"}
    assert settle(environ).sampling.limit == 5.0
    assert settle(environ, sampling=Sampling(rate=0.5)).sampling.limit == 5.0
    assert settle(environ, sampling=Sampling(limit=None)).sampling.limit is None
    assert settle(environ, sampling=Sampling(limit=2)).sampling.limit == 2.0
    assert settle().sampling.limit is None


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
