"""Take a Sentry event through the redactor, section by section."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from obskit.protect.plain import formatted
from obskit.protect.repeated import Repeated

Protect = Callable[[Any, str | None], Any]

MAX_VALUE = 65_536  # bytes of one string that sentry-sdk leaves in an event

# What Sentry must find as it is, where it has the form that it should have.
_IDS = frozenset({"event_id", "check_in_id", "trace_id", "span_id", "parent_span_id", "replay_id", "profiler_id"})
_ID = re.compile(r"[0-9A-Fa-f-]{1,36}")
_MOMENTS = frozenset({"timestamp", "start_timestamp"})
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]{1,15}(?:Z|[+-]\d\d:\d\d)?")
# `package@version`, as Sentry names releases, is no address.
_RELEASE = re.compile(r"[\w.+-]{1,128}@\d+\.\d+[\w.+-]{0,64}")
# Names of structure: what lies below is walked here, not handed over whole, for the redactor's own limits of depth.
_TREES = frozenset(
    {"exception", "threads", "stacktrace", "raw_stacktrace", "values", "frames", "breadcrumbs", "logentry", "request",
     "contexts", "spans", "mechanism", "pre_context", "post_context", "trace", "debug_meta", "sdk", "modules",
     "packages", "integrations", "transaction_info", "measurements", "monitor_config"}
)  # fmt: skip
# Names that sentry-sdk gives; any other may be an application's, and hold a secret itself.
_NAMES = _TREES | _IDS | _MOMENTS | frozenset(
    {"level", "platform", "type", "release", "environment", "dist", "server_name", "monitor_slug", "status", "duration",
     "lineno", "colno", "in_app", "id", "op", "origin", "exclusive_time", "handled", "exception_id", "parent_id",
     "is_exception_group", "crashed", "current", "value", "module", "function", "filename", "abs_path", "context_line",
     "vars", "message", "formatted", "params", "category", "data", "query_string", "url", "method", "headers",
     "cookies", "env", "user", "extra", "tags", "transaction", "fingerprint", "logger", "description", "name",
     "version", "source", "unit"}
)  # fmt: skip
_BODIES = frozenset({"data", "query_string"})
# Of the dynamic sampling context: the rest is ids, numbers and the DSN's public key.
_SAID_OF_TRACES = frozenset({"transaction", "environment", "release", "user_id", "user_segment"})
# Bounded, and begun only where a word begins: linear in the length of the text.
_PAIR = re.compile(
    r"""(?P<lead>(?<![\w.-])(?P<key>[A-Za-z_][\w.-]{0,63})\\{0,4}['"]?[ ]?[=:][ ]?)"""
    r"""(?P<value>(?P<quote>['"])(?P<inside>(?:[^'"\\]|\\.){0,4096})(?P=quote)|(?!\[[\w-]{1,64}:)[^\s,;&)}\]'"]+)"""
)
_FORM = re.compile(r"(?P<key>[^&=\s]+)=(?P<value>[^&\s]*)")
_MARK = re.compile(r"\[REDACTED:[\w-]{1,64}\]|\[[a-z][a-z0-9_-]{0,31}:[0-9a-f]{8}\]")
_TEMPLATE, _ARGUMENT = "sentry.message.template", "sentry.message.parameter."
# sentry-sdk shows the text of a local variable by its repr.
_QUOTED = re.compile(r"b?(['\"])(?P<inside>.*)\1", re.DOTALL)
_CUT_WORD = re.compile(r"[^\s,;&]{0,1024}\Z")
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


class Redactor:
    """Redacts Sentry events with obskit's one policy.

    `protect(value, key)` is that policy: it returns `value` as it may leave the process when found under `key`.
    """

    __slots__ = ("_known", "_protect")

    def __init__(self, protect: Protect) -> None:
        self._protect = protect
        self._known = Repeated()

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return a redacted copy of a serialised event; raises what `protect` raises.

        What only its name gave away in one place, a frame's `password`, goes from every other place too.
        """
        walk = Redactor(self._protect)
        return walk._finished(walk._branches({name: value for name, value in event.items() if name != "_meta"}))

    def item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return a redacted copy of a log, a metric or a streamed span; raises what `protect` raises."""
        walk = Redactor(self._protect)
        shown = walk._branches({name: value for name, value in item.items() if name != "attributes"})
        attributes = item.get("attributes")
        if isinstance(attributes, Mapping):
            if (body := walk._said(attributes)) is not None:
                shown["body"] = walk._leaf(body, None)
            shown["attributes"] = {walk.name(name): walk._typed(name, value) for name, value in attributes.items()}
        return walk._finished(shown)

    def _finished(self, shown: dict[str, Any]) -> dict[str, Any]:
        if not self._known:
            return shown
        # Whatever looks like a marker came out of the redactor.
        known: dict[str, Any] = self._known.removed(shown, lambda mark, _: mark, lambda _: True)
        return known

    def leaf(self, value: Any, key: str | None = None) -> Any:
        """Return a value redacted, as found under a key."""
        return self._leaf(value, key)

    def name(self, name: Any) -> str:
        """Return the name of a field as it may be shown."""
        return str(self._protect(str(name), None))

    def sampling(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return a redacted copy of a dynamic sampling context, which tells Sentry what a trace belongs to."""
        return {
            name: self._branch(name, value) if name in _SAID_OF_TRACES else value for name, value in context.items()
        }

    def bag(self, values: Any) -> Any:
        """Return a redacted copy of free data: a mapping, a list of pairs, a list or a scalar."""
        if isinstance(values, Mapping):
            return {self.name(name): self._leaf(value, str(name)) for name, value in values.items()}
        if isinstance(values, (list, tuple)):
            return [self._pair(item) for item in values]
        return self._leaf(values, None)

    def _tree(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._tree(item) for item in node]
        if isinstance(node, dict):
            return self._branches(node)
        return self._leaf(node, None)

    def _branches(self, node: Mapping[str, Any]) -> dict[str, Any]:
        return {name if name in _NAMES else self.name(name): self._branch(name, value) for name, value in node.items()}

    def _branch(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and _is_known(name, value):
            return value
        if name == "dynamic_sampling_context" and isinstance(value, dict):
            return self.sampling(value)
        if name == "logentry" and isinstance(value, dict):
            return self._entry(value)
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

    def _typed(self, name: str, attribute: Any) -> Any:
        if not isinstance(attribute, Mapping) or "value" not in attribute:
            return self._leaf(attribute, name)
        shown = self._leaf(attribute["value"], name)
        return attribute if shown == attribute["value"] else {**attribute, "value": shown, "type": "string"}

    def _said(self, attributes: Mapping[str, Any]) -> str | None:
        """Return a log's message from its template and arguments, where it has them; what is hidden is learnt."""
        template = _value(attributes.get(_TEMPLATE))
        arguments: list[Any] = []
        while (name := f"{_ARGUMENT}{len(arguments)}") in attributes:
            arguments.append(_value(attributes[name]))
        return formatted(template, tuple(arguments), self._hidden) if arguments else None

    def _entry(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Redact a message with its template and arguments; what the arguments say stands in the message."""
        template, arguments = entry.get("message"), entry.get("params")
        if not arguments or not isinstance(arguments, (list, dict)):
            return self._branches(entry)
        whole = formatted(template, tuple(arguments) if isinstance(arguments, list) else arguments, self._hidden)
        return self._branches({"message": template, "formatted": whole})

    def _hidden(self, words: str, argument: Any) -> str | None:
        shown = self._leaf(argument, words)
        return None if shown == argument else str(shown)

    def _contexts(self, contexts: Any) -> Any:
        if not isinstance(contexts, dict):
            return self.bag(contexts)
        return {
            self.name(name): self._tree(value) if name == "trace" else self.bag(value)
            for name, value in contexts.items()
        }

    def _leaf(self, value: Any, key: str | None) -> Any:
        if isinstance(value, str) and len(value) * 4 >= MAX_VALUE:
            value = _whole(value)
        shown = self._protect(value, key)
        if shown != value:
            self._learn(value, shown)
        return shown

    def _learn(self, given: Any, shown: Any) -> None:
        """Remember what was hidden for its name alone."""
        if isinstance(given, str) and isinstance(shown, str):
            secret, mark = _bare(given), _bare(shown)
            if _MARK.fullmatch(mark) and self._protect(secret, None) == secret:
                self._known.add(secret, mark)
        elif isinstance(given, Mapping) and isinstance(shown, dict) and len(given) == len(shown):
            for item, seen in zip(given.values(), shown.values(), strict=True):
                self._learn(item, seen)
        elif isinstance(given, (list, tuple)) and isinstance(shown, list) and len(given) == len(shown):
            for item, seen in zip(given, shown, strict=True):
                self._learn(item, seen)

    def _pair(self, item: Any) -> Any:
        if isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str):
            return [self.name(item[0]), self._leaf(item[1], item[0])]
        return self._leaf(item, None)

    def _variables(self, values: Any) -> Any:
        # sentry-sdk has turned objects into their repr: the keys inside are found in the text.
        if not isinstance(values, dict):
            return self.bag(values)
        return {self.name(name): self._repr(self._leaf(value, name)) for name, value in values.items()}

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
        redacted = self._leaf(inside, found["key"])
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


def _is_known(name: str, text: str) -> bool:
    """Tell whether a text has the form of what Sentry expects under this name, and holds nothing else."""
    if name in _IDS:
        return _ID.fullmatch(text) is not None
    if name in _MOMENTS:
        return _MOMENT.fullmatch(text) is not None
    return name == "release" and _RELEASE.fullmatch(text) is not None


def _value(attribute: Any) -> Any:
    return attribute.get("value") if isinstance(attribute, Mapping) else attribute


def _bare(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    return quoted["inside"] if quoted else text


def _whole(text: str) -> str:
    # A string that sentry-sdk has cut may end in half a secret, which no detector knows: its last word goes too.
    if not text.endswith("...") or len(text.encode("utf-8", "replace")) < MAX_VALUE - 16:
        return text
    return _CUT_WORD.sub("", text[:-3]) + "..."
