"""Take a Sentry event through the redactor, section by section."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

Protect = Callable[[Any, str | None], Any]

MAX_VALUE = 65_536  # bytes of one string that sentry-sdk leaves in an event

_KEEP = frozenset(
    {
        "event_id", "timestamp", "start_timestamp", "level", "platform", "type", "sdk", "modules", "release",
        "environment", "dist", "server_name", "transaction_info", "measurements", "check_in_id", "monitor_slug",
        "status", "duration", "lineno", "colno", "in_app", "id", "trace_id", "span_id", "parent_span_id", "op",
        "origin", "exclusive_time", "handled", "exception_id", "parent_id", "is_exception_group", "crashed", "current",
    }
)  # fmt: skip
# Names of structure: what lies below is walked here, not handed over whole, for the redactor's own limits of depth.
_TREES = frozenset(
    {"exception", "threads", "stacktrace", "raw_stacktrace", "values", "frames", "breadcrumbs", "logentry", "request",
     "contexts", "spans", "mechanism", "pre_context", "post_context", "trace", "debug_meta"}
)  # fmt: skip
_BODIES = frozenset({"data", "query_string"})
# Bounded, and begun only where a word begins: linear in the length of the text.
_PAIR = re.compile(
    r"""(?P<lead>(?<![\w.-])(?P<key>[A-Za-z_][\w.-]{0,63})\\{0,4}['"]?[ ]?[=:][ ]?)"""
    r"""(?P<value>(?P<quote>['"])(?P<inside>(?:[^'"\\]|\\.){0,4096})(?P=quote)|[^\s,;&)}\]]+)"""
)
_FORM = re.compile(r"(?P<key>[^&=\s]+)=(?P<value>[^&\s]*)")
_CUT_WORD = re.compile(r"[^\s,;&]{0,1024}\Z")
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


class Redactor:
    """Redacts Sentry events with obskit's one policy.

    `protect(value, key)` is that policy: it returns `value` as it may leave the process when found under `key`.
    """

    __slots__ = ("_protect",)

    def __init__(self, protect: Protect) -> None:
        self._protect = protect

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return a redacted copy of a serialised event; raises what `protect` raises."""
        return {name: self._branch(name, value) for name, value in event.items() if name != "_meta"}

    def bag(self, values: Any) -> Any:
        """Return a redacted copy of free data: a mapping, a list of pairs, a list or a scalar."""
        if isinstance(values, Mapping):
            return {self._name(name): self._leaf(value, str(name)) for name, value in values.items()}
        if isinstance(values, (list, tuple)):
            return [self._pair(item) for item in values]
        return self._leaf(values, None)

    def _tree(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._tree(item) for item in node]
        if isinstance(node, dict):
            return {name: self._branch(name, value) for name, value in node.items()}
        return self._leaf(node, None)

    def _branch(self, name: str, value: Any) -> Any:
        if name in _KEEP:
            return value if not isinstance(value, str) or name != "status" else self._leaf(value, None)
        if name in _TREES and isinstance(value, (dict, list)):
            return self._contexts(value) if name == "contexts" else self._tree(value)
        if name == "url" and isinstance(value, str):
            return self._url(value)
        if name in _BODIES:
            return self._body(value)
        if name == "vars":
            return self._variables(value)
        if name == "cookies":
            return self._leaf(value, name)
        if isinstance(value, (dict, list)):
            return self.bag(value)
        return self._leaf(value, None)

    def _contexts(self, contexts: Any) -> Any:
        if not isinstance(contexts, dict):
            return self.bag(contexts)
        return {name: self._tree(value) if name == "trace" else self.bag(value) for name, value in contexts.items()}

    def _leaf(self, value: Any, key: str | None) -> Any:
        if isinstance(value, str) and len(value) * 4 >= MAX_VALUE:
            value = _whole(value)
        return self._protect(value, key)

    def _name(self, name: Any) -> str:
        return str(self._protect(str(name), None))

    def _pair(self, item: Any) -> Any:
        if isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str):
            return [self._name(item[0]), self._leaf(item[1], item[0])]
        return self._leaf(item, None)

    def _variables(self, values: Any) -> Any:
        # sentry-sdk has turned objects into their repr: the keys inside are found in the text.
        if not isinstance(values, dict):
            return self.bag(values)
        return {self._name(name): self._repr(self._leaf(value, name)) for name, value in values.items()}

    def _repr(self, value: Any) -> Any:
        if isinstance(value, str):
            return _PAIR.sub(self._replace_pair, value)
        if isinstance(value, dict):
            return {name: self._repr(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._repr(item) for item in value]
        return value

    def _replace_pair(self, found: re.Match[str]) -> str:
        quote = found["quote"] or ""
        inside = found["inside"] if quote else found["value"]
        redacted = self._protect(inside, found["key"])
        return found[0] if redacted == inside else f"{found['lead']}{quote}{redacted}{quote}"

    def _body(self, value: Any) -> Any:
        if not isinstance(value, str):
            return self.bag(value)
        value = _whole(value)
        if value.lstrip()[:1] in ("{", "["):
            try:
                return self.bag(json.loads(value))
            except ValueError:
                pass
        return self._leaf(_FORM.sub(self._replace_form, value), None)

    def _replace_form(self, found: re.Match[str]) -> str:
        plain = unquote_plus(found["value"])
        redacted = self._protect(plain, unquote_plus(found["key"]))
        return found[0] if redacted == plain else f"{found['key']}={redacted}"

    def _url(self, url: str) -> Any:
        path, mark, query = _USERINFO.sub("", url).partition("?")
        return f"{self._leaf(path, None)}{mark}{self._body(query) if query else ''}"


def _whole(text: str) -> str:
    # A string that sentry-sdk has cut may end in half a secret, which no detector knows: its last word goes too.
    if not text.endswith("...") or len(text.encode("utf-8", "replace")) < MAX_VALUE - 16:
        return text
    return _CUT_WORD.sub("", text[:-3]) + "..."
