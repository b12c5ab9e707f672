"""The table of settings: what each is called, where it comes from, what it accepts and what it is for.

Environment reading, the text of ConfigError and the configuration page are all made from these rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from obskit.settings.addresses import DSN, BaseURL, HeaderName, Headers, Hosts
from obskit.settings.fixed import Fixed
from obskit.settings.kinds import SECONDS, Choice, Flag, Kind, Level, Levels, Protocol, Secret, Text
from obskit.settings.mistakes import Mistake, Refused, marker
from obskit.settings.objects import Integrations, Place, Stream, Switch
from obskit.settings.options import Journal, Option, Redaction, Sampling
from obskit.settings.policy_file import Policy


class Row(Fixed):
    """One setting.

    `name` is the argument of `init`, or `option.field`; `variable` the one of obskit, `standard` those of
    OpenTelemetry that count after it; `default` the value, `unset` how the page calls it where the value says little.
    """

    name: str
    kind: Kind
    default: Any
    purpose: str
    standard: tuple[str, ...] = ()
    secret: bool = False
    unset: str = ""
    variable: str = ""

    def mistake(self, source: str, value: object, refused: Refused) -> Mistake:
        """Return what is wrong with `value`, which came from the argument or variable `source`."""
        text = marker(self.name.rpartition(".")[2]) if self.secret else self.kind.show(value)
        return Mistake(source, text, self.kind.words, str(refused))


OPTIONS: Final[Mapping[str, type[Option]]] = {"journal": Journal, "redaction": Redaction, "sampling": Sampling}


def _option(option: str, field: str, purpose: str, standard: tuple[str, ...] = (), unset: str = "") -> Row:
    of = OPTIONS[option]
    return Row(
        name=f"{option}.{field}",
        kind=of.KINDS[field],
        default=of.default(field),
        purpose=purpose,
        standard=standard,
        secret=field in of.SECRETS,
        unset=unset,
        # The variable of the journal itself is its path.
        variable="OBSKIT_JOURNAL" if (option, field) == ("journal", "path") else f"OBSKIT_{option}_{field}".upper(),
    )


def _argument(
    name: str,
    kind: Kind,
    default: Any,
    purpose: str,
    standard: tuple[str, ...] = (),
    *,
    secret: bool = False,
    unset: str = "",
) -> Row:
    return Row(name, kind, default, purpose, standard, secret, unset, variable=f"OBSKIT_{name.upper()}")


_OTLP: Final = "OTEL_EXPORTER_OTLP_"

TABLE: Final[tuple[Row, ...]] = (
    _argument(
        "service",
        Text(),
        None,
        "The name of the service.",
        ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"),
        unset="the project or program being run",
    ),
    _argument(
        "environment", Text(), "development", "Where it runs: production, staging, ...", ("OTEL_RESOURCE_ATTRIBUTES",)
    ),
    _argument("version", Text(), None, "The version of the service.", ("OTEL_RESOURCE_ATTRIBUTES",), unset="none"),
    _argument("level", Level(), "INFO", "The level from which records count."),
    _argument("levels", Levels(), {}, "The level of single loggers and those below them.", unset="none"),
    _argument(
        "console",
        Choice("auto", "json", "pretty", off=True),
        "auto",
        "How lines are shown; auto is pretty on a terminal and JSON elsewhere.",
    ),
    _argument("stream", Stream(), None, "Where they are shown.", unset="standard output"),
    _argument("journal", Place(), "auto", "The directory of the journal; False keeps none."),
    _option("journal", "max_bytes", "Bytes of the journal that a service may fill."),
    _option("journal", "max_age", "Seconds after which records that no target waits for are removed."),
    _option("journal", "segment_bytes", "Bytes after which a new segment is begun."),
    _option("journal", "line_bytes", "Bytes that a line has at most."),
    _option("journal", "fsync", "When lines reach the disk itself: every 5 seconds, never by obskit, or each at once."),
    _option("journal", "units", "Whether units of work leave a line when they begin and end."),
    _argument(
        "otlp_endpoint",
        BaseURL(),
        None,
        "Where logs and spans are sent.",
        (f"{_OTLP}LOGS_ENDPOINT", f"{_OTLP}TRACES_ENDPOINT", f"{_OTLP}ENDPOINT"),
        unset="nowhere",
    ),
    _argument(
        "otlp_headers",
        Headers(),
        None,
        "HTTP headers sent with them.",
        (f"{_OTLP}LOGS_HEADERS", f"{_OTLP}TRACES_HEADERS", f"{_OTLP}HEADERS"),
        secret=True,
        unset="none",
    ),
    _argument(
        "otlp_protocol",
        Protocol("http/json", "http/protobuf", "grpc"),
        "http/json",
        "How they are encoded.",
        (f"{_OTLP}LOGS_PROTOCOL", f"{_OTLP}TRACES_PROTOCOL", f"{_OTLP}PROTOCOL"),
    ),
    _argument(
        "ship",
        Choice("thread", "agent", off=True),
        "thread",
        "Who sends: a thread of this process, the host's `obskit ship`, or nobody.",
    ),
    _argument("sentry_dsn", DSN(), None, "Where errors are sent in Sentry.", secret=True, unset="nowhere"),
    _argument(
        "redaction",
        Policy(),
        default=True,
        purpose="What is removed before a line exists; False removes nothing.",
    ),
    _option("redaction", "allow", "Globs over keys or dotted paths that stay readable.", unset="none"),
    _option("redaction", "deny", "Globs over keys or dotted paths that are removed.", unset="none"),
    _option("redaction", "detectors", "The kinds of values that are looked for.", unset="all"),
    _option("redaction", "ip", "What becomes of globally routable addresses; truncated are they to /24 and /48."),
    _option("redaction", "custom", "Kinds of your own, a regular expression each.", unset="none"),
    _option("redaction", "pseudonym_key", "A key that makes equal values recognisable as equal.", unset="none"),
    _argument("sampling", Switch(Sampling), default=True, purpose="What is kept; False keeps everything."),
    _option(
        "sampling",
        "rate",
        "The probability with which a trace is kept; errors always are.",
        ("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"),
    ),
    _option("sampling", "slow", "Seconds after which a unit of work is slow, and kept."),
    _option(
        "sampling", "limit", "Records a second that one event may write; a summary counts the others.", unset="none"
    ),
    _option("sampling", "burst", "Records of an event that are written at once before the limit counts."),
    _argument("integrations", Integrations(), "auto", "The frameworks that obskit joins; auto joins those imported."),
    _argument("correlation_header", HeaderName(), "X-Correlation-ID", "The HTTP header of the correlation id."),
    _argument(
        "trust_incoming", Flag(), default=True, purpose="Whether a caller's trace and correlation id are continued."
    ),
    _argument(
        "propagate_to",
        Hosts("a list of host names, * being a wildcard"),
        ("*",),
        "Hosts that get the correlation id and baggage with an outgoing call.",
    ),
    _argument(
        "level_key",
        Secret(),
        None,
        "The key that signs the header which raises the level of one request.",
        secret=True,
        unset="none",
    ),
    _argument("exit_timeout", SECONDS, 5.0, "Seconds that the exit of the process waits while delivery advances."),
)

# The path of the journal has no variable of its own, so no row of the page; it is read all the same.
JOURNAL_PATH: Final = _option("journal", "path", "Its directory.", unset="chosen")

ROWS: Final[Mapping[str, Row]] = {row.name: row for row in (*TABLE, JOURNAL_PATH)}
ARGUMENTS: Final[tuple[Row, ...]] = tuple(row for row in TABLE if "." not in row.name)
VARIABLES: Final[frozenset[str]] = frozenset(row.variable for row in TABLE)

# The standard variables and what obskit makes of them; those beside a row above only where it leaves them the choice.
STANDARD: Final[tuple[tuple[str, str], ...]] = (
    ("OTEL_SDK_DISABLED", "`true`: no spans, nothing is sent"),
    ("OTEL_SERVICE_NAME", "`service`"),
    (
        "OTEL_RESOURCE_ATTRIBUTES",
        (
            "attributes of the resource; `service.name`, `service.version` and `deployment.environment.name` (or"
            " `deployment.environment`) are `service`, `version` and `environment`"
        ),
    ),
    (
        "OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_ENDPOINT",
        (
            "where records are sent: to the first `/v1/logs` and `/v1/traces` are appended, the others are taken"
            " as they are; for gRPC all are host and port, `http://` or `https://` before them"
        ),
    ),
    (
        "OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_HEADERS",
        "HTTP headers, `name=value,name=value`, values percent-encoded",
    ),
    (
        "OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_PROTOCOL",
        "`http/json`, `http/protobuf` or `grpc`",
    ),
    (
        "OTEL_EXPORTER_OTLP_INSECURE, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_INSECURE",
        (
            "for gRPC: `true` does without TLS where an endpoint has no scheme, `false` asks for TLS also where it is"
            " `http://`"
        ),
    ),
    ("OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_TIMEOUT", "seconds a request may take (10)"),
    (
        "OTEL_EXPORTER_OTLP_COMPRESSION, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_COMPRESSION",
        "`gzip` or `none` (`gzip`)",
    ),
    (
        "OTEL_EXPORTER_OTLP_CERTIFICATE, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_CERTIFICATE",
        "the PEM file of the authorities that are trusted",
    ),
    (
        (
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_CLIENT_CERTIFICATE,"
            " OTEL_EXPORTER_OTLP_CLIENT_KEY, OTEL_EXPORTER_OTLP_{LOGS,TRACES}_CLIENT_KEY"
        ),
        "the PEM files that obskit shows to the receiver",
    ),
    (
        "OTEL_LOGS_EXPORTER, OTEL_TRACES_EXPORTER",
        "`none`: this signal is not sent; `otlp_proto_grpc`: it is sent over gRPC",
    ),
    ("OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG", "`sampling.rate`"),
    (
        (
            "OTEL_ATTRIBUTE_COUNT_LIMIT, OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT, OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT,"
            " OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT, OTEL_SPAN_EVENT_COUNT_LIMIT, OTEL_SPAN_LINK_COUNT_LIMIT,"
            " OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT, OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"
        ),
        "what a span holds at most",
    ),
)
