"""What is refused, and how it is told."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.settings import kinds
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
    ("stream", Ellipsis),
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
    ("sampling", Sampling(limit=0), "limit"),
    ("sampling", Sampling(limit=-1.0), "limit"),
    ("sampling", Sampling(limit=float("nan")), "limit"),
    ("sampling", Sampling(limit="10"), "limit"),  # type: ignore[arg-type]
    ("sampling", Sampling(limit=False), "limit"),
    ("sampling", Sampling(burst=0), "burst"),
    ("sampling", Sampling(burst=1.5), "burst"),  # type: ignore[arg-type]
    ("sampling", Sampling(burst=None), "burst"),  # type: ignore[arg-type]
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


def test_grpc_without_its_library_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where h2 is not installed, the error says what it comes with."""
    monkeypatch.setattr(kinds, "speaks_grpc", lambda: False)
    for message in (refused(otlp_protocol="grpc"), refused({"OBSKIT_OTLP_PROTOCOL": "grpc"})):
        assert "grpc needs h2" in message
        assert "pip install 'obskit-sdk[grpc]'" in message
        assert 'accepted: "http/json" or "http/protobuf" or "grpc"' in message


def test_value_without_a_working_repr_is_told_all_the_same() -> None:
    """A value whose repr raises doesn't hide the mistake."""

    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError

    assert "stream=<Broken without a repr>: " in refused(stream=Broken())


class Hostile:
    """An object that raises whatever is asked of it."""

    name = "hostile"

    def __fspath__(self) -> str:
        raise OSError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __hash__(self) -> int:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=5)
    | st.builds(Hostile)
    | st.sampled_from(["auto", "json", "http://127.0.0.1:1", "\ud800", Journal, Journal(), Sampling(), Redaction()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from([row.name for row in ARGUMENTS]) | st.text("abz_", max_size=8), VALUES, max_size=6)
)
def test_whatever_is_given_is_settled_or_refused_by_name(arguments: dict[str, Any]) -> None:
    """No argument makes anything but settings or a ConfigError that names only what was given."""
    try:
        found = load(arguments, {}, program=PROGRAM)
    except ConfigError as error:
        names = {mistake.name.partition(".")[0] for mistake in error.mistakes if not isinstance(mistake, str)}
        assert names
        assert names <= set(arguments)
    else:
        assert set(arguments) <= {row.name for row in ARGUMENTS}
        assert found.service


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted({row.variable for row in TABLE} | {name for row in TABLE for name in row.standard})),
        st.text(max_size=30) | st.sampled_from(["http://localhost:1", "a=b,c=d", "false", "1", "0.5"]),
        max_size=6,
    )
)
def test_whatever_the_environment_holds_is_settled_or_refused_by_name(environ: dict[str, str]) -> None:
    """No variable makes anything but settings or a ConfigError that names only variables that are set."""
    try:
        found = settle(environ)
    except ConfigError as error:
        names = {mistake.name for mistake in error.mistakes if not isinstance(mistake, str)}
        assert names
        assert names <= set(environ)
    else:
        assert found.origins.keys() >= {row.name for row in ARGUMENTS}
