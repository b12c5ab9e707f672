"""Look at everything that leaves for Sentry beside events: sessions, logs, metrics, streamed spans, profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentry_sdk.envelope import Envelope, Item

    from obskit.sentry.redact import Redactor

# What `before_send` has redacted, and sentry-sdk's own counts of what it lost.
_CLEAN = frozenset({"event", "transaction", "check_in", "client_report"})
_LISTS = frozenset({"log", "trace_metric", "span"})


class Gate:
    """Redact envelopes in place, item by item; an item that can't be redacted does not pass.

    Args:
        redactor: redacts.
        stopped: called with the type of each item that does not pass.
    """

    __slots__ = ("_redactor", "_stopped")

    def __init__(self, redactor: Redactor, stopped: Callable[[str], None]) -> None:
        self._redactor = redactor
        self._stopped = stopped

    def __call__(self, envelope: Envelope) -> Envelope:
        """Return the envelope as it may leave; never raises."""
        envelope.items = [item for item in envelope.items if self._passes(item)]
        if "trace" in envelope.headers:
            self._sampling(envelope.headers)
        return envelope

    def _passes(self, item: Item) -> bool:
        kind = item.type or ""
        try:
            if kind in _CLEAN or self._redacted(kind, item):
                return True
        except Exception:
            kind = f"{kind} that failed"
        self._stopped(kind)
        return False

    def _redacted(self, kind: str, item: Item) -> bool:
        data = item.payload.json
        if not isinstance(data, dict) or item.payload.bytes is not None:
            # A file, or something serialised already.
            return False
        if kind in _LISTS:
            item.payload.json = {**data, "items": [self._redactor.item(each) for each in data["items"]]}
        elif kind in ("session", "sessions"):
            item.payload.json = self._session(data)
        elif kind.startswith("profile"):
            item.payload.json = self._profile(data)
        else:
            return False
        return True

    def _session(self, data: Mapping[str, Any]) -> dict[str, Any]:
        shown = dict(data)
        if "did" in shown:
            shown["did"] = self._redactor.leaf(shown["did"])
        if isinstance(attributes := shown.get("attrs"), Mapping):
            shown["attrs"] = self._redactor.event(attributes)
        if isinstance(counts := shown.get("aggregates"), list):
            shown["aggregates"] = [self._session(each) for each in counts]
        return shown

    def _profile(self, data: Mapping[str, Any]) -> dict[str, Any]:
        # Below this name are functions, files and times; tens of thousands of them.
        code = {name: value for name, value in data.items() if name == "profile"}
        return {**self._redactor.event({name: value for name, value in data.items() if name != "profile"}), **code}

    def _sampling(self, headers: dict[str, Any]) -> None:
        try:
            headers["trace"] = self._redactor.sampling(headers["trace"])
        except Exception:
            del headers["trace"]
