"""Find every secret in a text: the prefilter says which detectors look, views take its disguises off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from obskit.protect import prefilter
from obskit.protect.addresses import Treatment
from obskit.protect.clean import Clean
from obskit.protect.detect import commands, credentials, encoded, headers, network, pairs, payment, personal, statements
from obskit.protect.detect.detector import Detector
from obskit.protect.detect.vendors import vendor_tokens
from obskit.protect.keys import Keys
from obskit.protect.kinds import KINDS
from obskit.protect.lazy import lazy
from obskit.protect.linear import Linear
from obskit.protect.look import look
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, merge
from obskit.protect.views import ESCAPE, ODD, View, joined, views

# Nothing shorter is a secret by any form.
SHORTEST = 5
_MARK = lazy(r"\[(?=REDACTED:([\w-]{1,64})\]|([a-z][a-z0-9_-]{0,31}):[0-9a-f]{8}\])[\w:-]+\]")
# Markers of what no detector finds.
_OTHERS = frozenset({"denied", "error"})


class Finder:
    """The detectors of a policy.

    Args:
        keys: Judges the names of values in a text.
        ip: What becomes of globally routable addresses.
        detectors: The kinds to look for; all where it is None.
        custom: A regular expression for each further kind.
        pseudonyms: Whether markers are `[email:9f3a1c2b]`.

    Attributes:
        clean: The long texts in which nothing was found lately.
        scan: Tells CLEAR, NESTED or SUSPECT of compact JSON.
        partial: Whether some of the detectors are off.
        shortest: The length of the shortest secret.
        triggers: What a text must have for each of the detectors.
    """

    __slots__ = (
        "_detectors", "_kinds", "_odd", "_own", "_prefilter", "_pseudonyms", "clean", "partial", "scan", "shortest",
        "triggers",
    )  # fmt: skip

    def __init__(
        self,
        keys: Keys,
        ip: Treatment = "truncate",
        detectors: Iterable[str] | None = None,
        custom: Mapping[str, str | re.Pattern[str]] | None = None,
        *,
        pseudonyms: bool = False,
    ) -> None:
        own = custom or {}
        self._pseudonyms = pseudonyms
        self._own = _OTHERS | own.keys()
        self._kinds: frozenset[str] | None = None if detectors is None else frozenset(detectors)
        found = [*_built_in(keys, ip, self._encoded_kind), *(Linear(kind, own[kind]).detector() for kind in own)]
        self.partial = detectors is not None
        self._detectors = [detector for detector in found if self._wanted(detector.kinds)]
        # The last trigger is no detector's: it tells that a text wears a disguise.
        self._odd = len(self._detectors)
        self.triggers = [*(detector.trigger for detector in self._detectors), _DISGUISE]
        self._prefilter = prefilter.make(self.triggers, pairs.STEMS)
        self.scan = self._prefilter.json
        self.clean = Clean()
        self.shortest = 1 if own else SHORTEST

    def suspects(self, text: str) -> bool:
        """Tell whether there may be anything to find in a text: most hold nothing."""
        return bool(self._prefilter(text))

    def find(self, text: str) -> list[Span]:
        """Return the secrets in a text, in order, without overlap; markers hold none."""
        if text in self.clean:
            return []
        found = self._found(text)
        if not found:
            self.clean.add(text)
        return found

    def _found(self, text: str) -> list[Span]:
        suspected = self._prefilter(text)
        if not suspected:
            return []
        if "[" in text and (masked := _MARK.sub(self._masked, text)) != text:
            text, suspected = masked, self._prefilter(masked)
        odd = bool(suspected) and suspected[-1] == self._odd
        found = self._look_through(text) if odd else list(self._look(View(text), suspected))
        if "\n" in text or " " in text:
            found += self._look_across(text, suspected, found)
        return merge(found)

    def is_mark(self, text: str) -> bool:
        """Tell whether a text is a marker of this policy's."""
        mark = _MARK.fullmatch(text)
        return mark is not None and self._masked(mark) != text

    def _masked(self, mark: re.Match[str]) -> str:
        # Whoever writes what only looks like a marker hides nothing in it.
        kind = mark[1] or (mark[2] if self._pseudonyms else None)
        known = kind in KINDS or kind in self._own
        return f"[{'*' * (len(mark[0]) - 2)}]" if known else mark[0]

    def _look_through(self, text: str) -> list[Span]:
        return [span for view in views(text) for span in self._look(view, self._prefilter(view.text))]

    def _look_across(self, text: str, suspected: Iterable[int], found: list[Span]) -> list[Span]:
        """Look for a vendor's tokens that are broken over lines, where none of the same kind was found whole."""
        whole = {span.kind for span in found}
        rows = [
            number
            for number in suspected
            if number != self._odd
            and self._detectors[number].rule.startswith("token:")
            and self._detectors[number].kinds.isdisjoint(whole)
        ]
        return list(self._look(joined(text), rows)) if rows else []

    def _look(self, view: View, suspected: Iterable[int]) -> Iterator[Span]:
        kinds = self._kinds
        for number in suspected:
            if number == self._odd:
                continue
            for span in look(self._detectors[number], view.text):
                if kinds is None or span.kind in kinds or span.kind not in KINDS:
                    start, end = view.original(span.start, span.end)
                    yield span._replace(start=start, end=end)

    def _encoded_kind(self, decoded: str) -> str | None:
        # An address in a text that somebody encoded is no credential.
        return next((span.kind for span in self.find(decoded) if span.kind != "ip"), None)

    def _wanted(self, kinds: frozenset[str]) -> bool:
        return self._kinds is None or not self._kinds.isdisjoint(kinds) or KINDS.keys().isdisjoint(kinds)


_DISGUISE = Trigger(f"{ODD}|{ESCAPE}", word=r"%[0-9A-Fa-f]{2}|\\|&|=(?:3D|40|2E|2D|5F)", odd=ODD)


def _built_in(keys: Keys, ip: Treatment, inside: Callable[[str], str | None]) -> list[Detector]:
    return [
        *credentials.detectors(),
        *headers.detectors(),
        *personal.detectors(),
        *payment.detectors(),
        *network.detectors(ip),
        *pairs.Pairs(keys).detectors(),
        *statements.Statements(keys).detectors(),
        *commands.Commands(keys).detectors(),
        *vendor_tokens(),
        encoded.detector_of(inside),
    ]
