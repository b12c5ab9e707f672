"""Redact lines one by one, of JSON by structure and of anything else as text, and tell what was found where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from obskit.commands import redact_json
from obskit.commands.redact_large import Path, Pieces, limit
from obskit.commands.redact_pem import PemLines
from obskit.protect.policy import make
from obskit.protect.redactor import GIVEN

if TYPE_CHECKING:
    from obskit.settings.options import Redaction

_MARK = re.compile(r"\[[^\[\]]+\]")
_REQUEST_ID = re.compile(r"req-[0-9a-f-]{32,36}", re.ASCII)
_LONGEST_PART = 100


class Find(NamedTuple):
    """One thing that was redacted.

    Attributes:
        line: The number of the line, from 1.
        path: Where in it, dotted; `.` where it is plain text.
        kind: What the marker calls it.
        rule: What found it.
    """

    line: int
    path: str
    kind: str
    rule: str


class Lines:
    """The lines of one stream or file, in their order.

    Args:
        policy: What is redacted.
        failed: Called where redaction of a value failed, which is then replaced as a whole.

    Attributes:
        number: How many there were.
    """

    def __init__(self, policy: Redaction, failed: Callable[[], None]) -> None:
        self.number = 0
        self._seen: list[tuple[Path, str, str]] = []
        self._redactor = make(policy, failed, self._watch)
        self._pieces = Pieces(self._redactor)
        self._pem = PemLines(self._hide)
        self._structured = False

    def redact(self, line: bytes) -> bytes:
        """Return a line redacted, its end included; the same bytes where there is nothing to redact."""
        self.number += 1
        self._seen.clear()
        body = line.rstrip(b"\r\n")
        shown = self._pem.line(body)
        value = redact_json.parse(shown)
        shown = self._text(shown) if value is None else self._structure(value, shown)
        return line if shown == body else shown + line[len(body) :]

    def found(self) -> list[Find]:
        """Return what was found in the line that was redacted last."""
        return [Find(self.number, self._path(path), kind, rule) for path, kind, rule in self._seen]

    def _watch(self, path: Path, kind: str, rule: str) -> None:
        if not path and self._structured and kind != "error":
            # Of a name, which is judged once: nobody would be told of it when it comes again.
            return
        place = self._pieces.place
        self._seen.append((path if place is None else place.full(path), kind, rule))

    def _path(self, path: Path) -> str:
        if not path:
            return "."
        # A name can itself be a secret: it is shown as it would stand in the line.
        parts = map(self._unseen, path)
        return ".".join(part if len(part) <= _LONGEST_PART else f"{part[:_LONGEST_PART]}…" for part in parts)

    def _unseen(self, text: str) -> str:
        seen, self._seen = self._seen, []
        try:
            return self._redactor.text(text)
        finally:
            self._seen = seen

    def _hide(self, body: bytes) -> bytes:
        """Return what stands in the place of one line of a private key: the marker that a whole one gets.

        The find is that of the line it begins in.
        """
        text = body.decode("ascii") + "\n"
        block = f"-----BEGIN PRIVATE KEY-----\n{text * (1 + 64 // len(text))}-----END PRIVATE KEY-----"
        mark = _MARK.search(self._unseen(block))
        return mark[0].encode() if mark else body

    def _text(self, raw: bytes) -> bytes:
        return self._redactor.text(raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _structure(self, value: Any, raw: bytes) -> bytes:
        before = len(self._seen)
        self._structured = True
        try:
            return self._rewritten(value, raw)
        except RecursionError:
            # Nested too deep for a walk; as text its secrets are still found.
            del self._seen[before:]
        finally:
            self._structured, self._pieces.place = False, None
        return self._text(raw)

    def _rewritten(self, value: Any, raw: bytes) -> bytes:
        before = len(self._seen)
        out = self._own(value, raw) if redact_json.is_own(value) else self._foreign(value, raw)
        if out != value:
            self._seen += renamed(value, out)
        # Only where something was replaced: else a number of odd size or form may have changed its form.
        return redact_json.dump(out, raw) if len(self._seen) > before else raw

    def _foreign(self, value: Any, raw: bytes) -> Any:
        before = len(self._seen)
        out = self._pieces.whole(value, len(raw))
        if out is not None:
            return out
        # What was found before the limit is found again.
        del self._seen[before:]
        return self._pieces.redact(value, len(raw))

    def _own(self, value: dict[str, Any], raw: bytes) -> dict[str, Any]:
        before = len(self._seen)
        out = self._redactor.record(value.copy(), limit(len(raw)))
        if out.get("truncated") != value.get("truncated"):
            del self._seen[before:]
            out = {
                part: self._pieces.redact(given, len(raw), (part,)) if part in GIVEN else given
                for part, given in value.items()
            }
        return self._with_own_fields(out)

    def _with_own_fields(self, record: dict[str, Any]) -> dict[str, Any]:
        """Look at what the outside gives under obskit's names: a caller's correlation id, attributes of a resource."""
        for part in ("correlation_id", "resource"):
            given = record.get(part)
            if given and not (isinstance(given, str) and _REQUEST_ID.fullmatch(given)):
                record[part] = self._pieces.redact(given, len(str(given)), (part,))
        return record


def renamed(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """Yield where names were redacted: path, kind and rule.

    Args:
        before: A value of JSON.
        after: The same redacted.
        path: Where it stands.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name, shown in zip(before, after, strict=False):
            if name != shown:
                mark = _MARK.search(shown)
                yield path, mark[0][1:-1].removeprefix("REDACTED:").partition(":")[0] if mark else "name", "name"
        if len(after) < len(before):
            yield path, "name", "name"
        for name, shown in zip(before, after, strict=False):
            yield from renamed(before[name], after[shown], (*path, shown))
    elif isinstance(before, list) and isinstance(after, list):
        for place, (item, shown) in enumerate(zip(before, after, strict=False)):
            yield from renamed(item, shown, (*path, str(place)))
