"""The variables of obskit."""

from __future__ import annotations

import re
from typing import Any

import pytest

from obskit.settings.load import load
from obskit.settings.options import ConfigError, Journal, Redaction, Sampling
from obskit.settings.program import Program
from obskit.settings.settings import Settings
from obskit.settings.table import TABLE

PROGRAM = Program(argv=("/srv/orders.py",), directory="/", file="/nowhere/orders.py")


def settle(environ: dict[str, str] | None = None, /, **arguments: Any) -> Settings:
    return load(arguments, environ or {}, program=PROGRAM)


def refused(environ: dict[str, str] | None = None, /, **arguments: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        settle(environ, **arguments)
    return str(caught.value)


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
    ("OBSKIT_SAMPLING_LIMIT", "0.5", "sampling", Sampling(limit=0.5)),
    ("OBSKIT_SAMPLING_LIMIT", "False", "sampling", Sampling(limit=None)),
    ("OBSKIT_SAMPLING_BURST", "7", "sampling", Sampling(burst=7)),
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
