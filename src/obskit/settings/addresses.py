"""Check where records go: endpoints, their headers, host names and the Sentry DSN."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from obskit.settings.kinds import Kind, Names
from obskit.settings.mistakes import Refused, shown, shown_url

# RFC 9110, section 5.6.2: what a field name consists of.
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_BLANK: Final = r"[\s\x00-\x1f\x7f]"
_NO_HOST: Final = r"""[\s<>"'{}|\\^`%]"""
_NO_PATH: Final = r"[^\x21-\x7e]"
# RFC 9110, section 5.5: visible characters, spaces and tabs; no CR, LF or NUL.
_FIELD_VALUE: Final = r"[\t\x20-\x7e\x80-\xff]*"
# OpenTelemetry, "Specifying headers via environment variables": a key and a percent-encoded value, or (as the Python
# SDK also takes) one with spaces that is taken as it stands.
_HEADER: Final = (
    r"[\x21\x23-\x27\x2a\x2b\x2d\x2e\x30-\x39\x41-\x5a\x5e-\x7a\x7c\x7e]+[ \t]*="
    r"[ \t]*(?P<value>[\x20\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)"
)
_SIGNAL_PATHS: Final = ("/v1/logs", "/v1/traces", "/v1/metrics")


def split_url(text: Any) -> SplitResult:
    """Take a URL of HTTP apart; raise Refused with the part that is wrong."""
    if not isinstance(text, str) or not text:
        raise Refused
    # urlsplit drops tabs and line ends without a word.
    if re.search(_BLANK, text):
        raise Refused("it has a space or a control character")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Refused("its port is no number from 1 to 65535" if "ort" in str(error) else "its host is wrong") from None
    if parts.scheme not in ("http", "https") or "://" not in text:
        raise Refused("it does not begin with http:// or https://")
    host = parts.netloc.rpartition("@")[2]
    if not parts.hostname or re.search(_NO_HOST, host):
        raise Refused("its host is missing or wrong")
    if port == 0 or host.endswith(":"):
        raise Refused("its port is no number from 1 to 65535")
    if re.search(_NO_PATH, text.partition("://")[2].partition("/")[2]):
        raise Refused("its path has a character that must be percent-encoded")
    return parts


def check_signal(text: Any) -> str:
    """Return the endpoint of one signal, which is used as it is; raise Refused where it is malformed."""
    if split_url(text).fragment:
        raise Refused("it has a fragment")
    return str(text)


def check_base(text: Any) -> str:
    """Return the base URL of all signals; raise Refused where it is malformed."""
    parts = split_url(text)
    if parts.query or parts.fragment:
        raise Refused("it has a query or fragment, to which no path can be appended")
    if parts.path.rstrip("/").endswith(_SIGNAL_PATHS):
        raise Refused("it ends in the path of one signal, which is appended to it")
    return str(text)


def check_grpc(text: Any) -> str:
    """Return the endpoint of a gRPC server, a URL or host and port; raise Refused where it is malformed."""
    parts = split_url(text if not isinstance(text, str) or "://" in text or not text else f"http://{text}")
    if parts.query or parts.fragment:
        raise Refused("it has a query or fragment, which gRPC knows not")
    return str(text)


class BaseURL(Kind):
    """The base URL of an OTLP receiver."""

    words = (
        "a URL such as http://127.0.0.1:4318 (http or https), to which /v1/logs and /v1/traces are appended unless"
        " gRPC is spoken"
    )

    def _accept(self, value: Any) -> str:
        return check_base(value)

    def _show(self, value: object) -> str:
        return shown_url(value)


class DSN(Kind):
    """A Sentry DSN."""

    words = "a DSN of the form https://KEY@HOST/PROJECT"

    def _accept(self, value: Any) -> str:
        parts = split_url(value)
        if not parts.username:
            raise Refused("it has no key")
        if not parts.path.rpartition("/")[2].isdecimal():
            raise Refused("it has no project number")
        return str(value)


class HeaderName(Kind):
    """The name of an HTTP header."""

    words = "the name of an HTTP header"

    def _accept(self, value: Any) -> str:
        if not isinstance(value, str) or not _TOKEN.fullmatch(value):
            raise Refused
        return value


class Headers(Kind):
    """HTTP headers; their values are secrets, so a reason names none of them."""

    words = "a mapping of HTTP header names to texts (in a variable: name=value,name=value, percent-encoded)"

    def _accept(self, value: Any) -> dict[str, str]:
        if not isinstance(value, Mapping):
            raise Refused
        return check_headers(value)

    def _read(self, text: str) -> dict[str, str]:
        return {} if text.lower() == "false" else parse_headers(text)


class Hosts(Names):
    """Host names, with * as a wildcard."""

    def _item(self, item: Any) -> str:
        host = super()._item(item).lower()
        if re.search(r"[\s/@]", host):
            raise Refused(f"{shown_url(item) if '@' in host else shown(item)} is no host (no scheme, no path)")
        return host


def check_headers(headers: Mapping[Any, Any]) -> dict[str, str]:
    """Return the headers with their names in lower case; raise Refused where one can't be sent."""
    found: dict[str, str] = {}
    for place, (name, text) in enumerate(headers.items(), start=1):
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            raise Refused(f"the name of header {place} is none")
        if not isinstance(text, str) or not re.fullmatch(_FIELD_VALUE, text):
            raise Refused(f"the value of header {place} is no text, or has characters that no header can carry")
        found[name.lower()] = text
    return found


def parse_headers(text: str) -> dict[str, str]:
    """Read a header list as the OpenTelemetry Python SDK does, but refuse what that skips.

    Args:
        text: `name=value,name=value`; names are lowered, values percent-decoded unless they hold a space.

    Raises:
        Refused: an item is not of this form, or no header can carry it; the reason gives its place, not its text.
    """
    found: dict[str, str] = {}
    for place, part in enumerate(text.split(","), start=1):
        item = part.strip(" \t")
        if not item:
            continue
        form = re.fullmatch(_HEADER, item)
        if form is None:
            raise Refused(f"item {place} of the list is no name=value")
        name, _, value = item.partition("=")
        value = value.strip()
        if " " in value:
            found[name.strip().lower()] = value
        else:
            found[unquote(name).strip().lower()] = unquote(value).strip()
    return check_headers(found)
