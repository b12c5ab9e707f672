"""Show a record to a person at a terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import orjson

_COLOURS = {
    "TRACE": "2", "DEBUG": "36", "INFO": "32", "WARN": "33", "ERROR": "31", "FATAL": "1;31"
}  # fmt: skip
_DIM = "2"
_BOLD = "1"
# Everything that could steer a terminal or begin a line, and what reorders or hides text (Unicode TR 36, section 2.11).
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


class Pretty:
    """Render records as coloured lines.

    Args:
        colours: Whether to use colours; `NO_COLOR` switches them off.
    """

    def __init__(self, colours: bool) -> None:
        self._colours = colours and not os.environ.get("NO_COLOR")

    def render(self, record: Mapping[str, Any]) -> bytes:
        """Return the record as one line, followed by the indented lines of its stack trace if it has one."""
        level = str(record.get("level", ""))
        parts = [
            self._paint(str(record["timestamp"])[11:23], _DIM),
            self._paint(level.ljust(5), _COLOURS.get(level, "0")),
            self._paint(plain(str(record.get("message", ""))), _BOLD),
        ]
        parts.extend(self._pairs(record))
        if "logger" in record:
            parts.append(self._paint(f"({plain(str(record['logger']))})", _DIM))
        if "correlation_id" in record:
            parts.append(self._paint(plain(str(record["correlation_id"])), _DIM))
        text = " ".join(parts)
        error = record.get("error")
        if isinstance(error, Mapping):
            trace = str(error.get("stack_trace") or error.get("type")).rstrip("\n")
            # Indented, so that no line of it can be taken for a record.
            text += "".join(f"\n  {self._paint(plain(part), '31')}" for part in trace.split("\n"))
        return (text + "\n").encode("utf-8", "replace")

    def _pairs(self, record: Mapping[str, Any]) -> list[str]:
        pairs = []
        message = str(record.get("message", ""))
        for block, prefix in (("request", ""), ("context", ""), ("user", "user.")):
            fields = record.get(block)
            for key, value in fields.items() if isinstance(fields, Mapping) else ():
                # An access line's message says method, route and status already.
                if block == "request" and str(value) in message:
                    continue
                shown = value if isinstance(value, str) and value and " " not in value else _json(value)
                pairs.append(f"{self._paint(plain(prefix + str(key)), '36')}={plain(shown)}")
        return pairs

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text


def plain(text: str) -> str:
    """Return text that can't steer a terminal nor begin a line: control characters are shown as escapes."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return repr(value)
