"""The one place where values are protected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from obskit.protect.addresses import Treatment, treat
from obskit.protect.finder import Finder
from obskit.protect.glance import Busy, gather
from obskit.protect.keys import ADDRESS, Judgement, Keys
from obskit.protect.literals import is_secret
from obskit.protect.marker import Marks
from obskit.protect.marks import Safe
from obskit.protect.plain import simplify
from obskit.protect.spotless import Spotless
from obskit.protect.walk import Walk
from obskit.protect.watch import Watch

_MOST_NAMES = 4096
_LONGEST_KEY = 256
_CUT = "…"

# Those parts of a line that hold what a caller gave; the rest is obskit's own, of known form. The error comes before
# the context: where space is short, the stack trace is worth more.
GIVEN = (
    "message", "logger", "name", "trace_state", "user", "error", "request", "status", "context", "attributes",
    "events", "links", "instrumentation",
)  # fmt: skip


class Redactor:
    """Protect records and single values.

    Args:
        keys: Judges fields by name; None switches redaction off, limits stay.
        finder: Finds secrets in text; None switches it off.
        failed: Called when redaction of a value failed and the value was replaced by `[REDACTED:error]`.
        mark: Makes the markers.
        ip: What becomes of globally routable addresses.
        watch: Told of everything that is replaced.

    Attributes:
        spotless: Serialises a log call's values where nothing is to be done to them; None where each has to be walked.
    """

    __slots__ = ("_harmless", "_ip", "_names", "failed", "finder", "keys", "mark", "spotless", "watch")

    def __init__(
        self,
        keys: Keys | None,
        finder: Finder | None,
        failed: Callable[[], None],
        *,
        mark: Marks | None = None,
        ip: Treatment = "truncate",
        watch: Watch | None = None,
    ) -> None:
        self.keys = keys
        self.finder = finder
        self.failed = failed
        self.mark = mark or Marks()
        self.watch = watch
        self._ip = ip
        self._names: dict[str, tuple[str, Judgement | None]] = {}
        self._harmless: set[str] = set()
        self.spotless = self._make_spotless()

    def _make_spotless(self) -> Spotless | None:
        if self.keys is None and self.finder is None:
            return Spotless(self.name, None)
        if self.keys is None or self.finder is None or self.name("message")[1] is not None:
            return None
        name = self._in_context if self.keys.by_path else self.name
        # Names that stand in a list are told by a detector: who has switched it off has them walked.
        # So has who denies names of his own: in a list, only the walk knows them.
        lists = not (self.finder.partial or self.keys.denies)
        # Who watches is told of each address that is shortened.
        shorten = None if self.keys.by_path or self.watch is not None else self._shorten
        finder = self.finder
        return Spotless(
            name, finder.scan, flat=self.keys.by_path, lists=lists, shorten=shorten, judge=self.keys.judge,
            find=finder.find,
        )  # fmt: skip

    def _shorten(self, value: str) -> str | None:
        return treat(value, self._ip, self.mark)

    def _in_context(self, name: str) -> tuple[str, Judgement | None]:
        shown, judged = self.name(name)
        return shown, judged if self.keys is None else self.keys.at(["context", name], judged)

    def text(self, text: str) -> str:
        """Return text with its secrets replaced; never raises."""
        return Walk(self, len(text) + 1).clean(text, "")

    def name(self, name: str) -> tuple[str, Judgement | None]:
        """Return a field's name as it may be shown, and what it says of its value."""
        known = self._names.get(name)
        if known is None:
            shown = self._shown(name if len(name) <= _LONGEST_KEY else name[: 4 * _LONGEST_KEY])
            if len(name) > _LONGEST_KEY:
                shown = shown[:_LONGEST_KEY] + _CUT
            known = (shown, None if self.keys is None else self.keys.judge(name))
            # Names can come from outside: starting anew is cheaper than keeping an order.
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
                self._harmless.clear()
            if len(name) <= _LONGEST_KEY:
                self._names[name] = known
                if known == (name, None):
                    self._harmless.add(name)
        return known

    def _shown(self, name: str) -> str:
        # A name that only speaks of a secret, `password=`, is no pair.
        return name if name.isidentifier() and len(name) < 15 else self.text(name)

    def hide(self, judged: Judgement, value: Any) -> str | None:
        """Return what stands in the place of a text or number under a telling key; None where it stays."""
        if judged.kind == ADDRESS:
            return treat(value, self._ip, self.mark) if type(value) is str else None
        if not is_secret(value, judged) or (type(value) is str and self.is_mark(value)):
            return None
        return self.mark(judged.kind, value if type(value) is str else str(simplify(value)))

    def is_mark(self, text: str) -> bool:
        """Tell whether a text is a marker of this policy's."""
        return self.finder is not None and self.finder.is_mark(text)

    def argument(self, words: str, value: Any) -> str | None:
        """Return what stands in the place of a positional argument behind telling words; None where it stays."""
        if self.keys is None or value is None or type(value) in (bool, Safe):
            return None
        judged = self.keys.judge(words)
        if judged is None or judged.kind == ADDRESS or judged.doubtful:
            return None
        shown = value if isinstance(value, (str, int, float)) else simplify(value)
        return self.hide(judged, shown if isinstance(shown, (str, int, float)) else str(shown))

    def protect(self, value: Any, key: str | None = None) -> Any:
        """Return a value as plain data, redacted, within generous limits; never raises.

        Args:
            value: Anything.
            key: The name it stands under, if any.
        """
        walk = Walk(self, 1_000_000)
        return walk.finished(walk.value(value, key, key or ""))

    def record(self, record: dict[str, Any], limit: int) -> dict[str, Any]:
        """Protect the parts of a record that a caller gave.

        Args:
            record: A record in schema order; it is changed in place.
            limit: The characters that its values may have together.

        Returns:
            The record, with `truncated` naming what a limit cut.
        """
        if self._nothing_to_do(record, limit):
            return record
        walk = Walk(self, limit)
        given = {part: walk.part(part, record[part]) for part in GIVEN if part in record}
        record.update(walk.finished(given))
        if walk.cut:
            record["truncated"] = walk.cut[:20]
        return record

    def _nothing_to_do(self, record: dict[str, Any], limit: int) -> bool:
        """Tell whether a record is plain, short and without anything suspicious, as nearly all are."""
        finder = self.finder
        if finder is None or self.keys is None or self.keys.by_path or self.keys.denies or finder.partial:
            return False
        texts: list[str] = []
        try:
            for part in record.keys() & _GIVEN:
                value = record[part]
                if type(value) is str:
                    texts.append(value)
                else:
                    record[part] = gather(value, texts, self._harmless)
            if sum(map(len, texts)) + 9 * len(texts) >= limit:
                return False
            error = record.get("error")
            trace = error.get("stack_trace", "") if type(error) is dict else ""
            if trace:
                # By itself: in its many words more is suspected than found, and it may be known to hold nothing.
                texts.remove(trace)
            return not finder.suspects("\n".join(texts)) and not finder.find(trace)
        except Busy as busy:
            # Names are judged once; the record is walked this time.
            for name in busy.names:
                self.name(name)
            return False
        except Exception:
            return False


_GIVEN = frozenset(GIVEN)
