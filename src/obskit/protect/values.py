"""Find secrets in text, wherever they stand; only the secret is replaced, its neighbours stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from obskit.protect.marker import Marks

# Each pattern is bounded and starts where a run starts: its time is linear in the length of the text.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}")
# Fenced against hexadecimal: the digits of a UUID happen to pass the check now and then.
_CARD = re.compile(r"(?<![\dA-Fa-f.])(?<![\dA-Fa-f]{3}-)\d(?:[ -]?\d){12,18}(?![\dA-Fa-f]|-[\dA-Fa-f]{3})")
_SCHEME = re.compile(r"(?i)\b(bearer|basic)(\s+|%20|:\s*)([A-Za-z0-9._~+/=-]{6,4096})")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{2,8192}(?:\.[A-Za-z0-9_-]{0,4096})?")
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20}://)([^\s/@:]{0,256}:[^\s/@]{1,256})@")
_PAIR = re.compile(
    r"(?i)((?<![\w/-])[\"']?[\w-]{0,32}?(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|"
    r"cvv|cvc|ssn|card[_ -]?number)[\"']?\s{0,3}[=:]\s{0,3})"
    r"(\"(?:[^\"\\]|\\.){1,4096}\"|'(?:[^'\\]|\\.){1,4096}'|(?!\[\w+:)[^\s,;&\"'(){}\[\]]{1,4096})"
)
# What these headers hold goes to the end of the line, whatever scheme it names.
_HEADER = re.compile(
    r"(?i)((?<![\w-])[\"']?(?:proxy-)?(?:authorization|cookie|set-cookie)[\"']?\s{0,3}[=:]\s{0,3}[\"']?)([^\r\n\"']{1,4096})"
)
_PAIR_HINTS = (
    "passw", "pwd", "passphrase", "secret", "token", "api", "access", "cv", "ssn", "card",
)  # fmt: skip
_SHORTEST_CARD = 13
_CARD_HINT = re.compile(r"\d(?:[ -]?\d){12}")
_ISSUERS = ("4", "51", "52", "53", "54", "55", "2", "34", "37", "30", "36", "38", "6", "35")


def luhn(digits: str) -> bool:
    """Tell whether the check digit of a card number is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


# The kinds that `detectors` may name.
KINDS = ("userinfo", "email", "jwt", "token", "secret", "card")


class Values:
    """The detectors in force, in one order; `clean` is their composition.

    Args:
        custom: A regular expression for each further kind.
        detectors: The kinds to look for; all where it is None.
        mark: Makes the markers.
    """

    __slots__ = ("_card", "_custom", "_email", "_jwt", "_mark", "_scheme", "_secret", "_userinfo", "shortest")

    def __init__(
        self,
        custom: Mapping[str, str | re.Pattern[str]] | None = None,
        detectors: Iterable[str] | None = None,
        mark: Marks | None = None,
    ) -> None:
        wanted = set(KINDS if detectors is None else detectors)
        self._mark = mark or Marks()
        self._custom = [(kind, re.compile(pattern)) for kind, pattern in (custom or {}).items()]
        self._userinfo, self._email, self._jwt, self._scheme, self._secret, self._card = (
            kind in wanted for kind in KINDS
        )
        # Nothing shorter is a secret by one of the forms above; a team's own may have any length.
        self.shortest = 1 if self._custom else 6

    def clean(self, text: str) -> str:
        """Return the text with each secret replaced by its marker."""
        mark = self._mark
        if "@" in text:
            if self._userinfo and "://" in text:
                text = _USERINFO.sub(lambda found: f"{found[1]}{mark('userinfo', found[2])}@", text)
            if self._email:
                text = _EMAIL.sub(lambda found: mark("email", found[0]), text)
        if self._jwt and "eyJ" in text:
            text = _JWT.sub(lambda found: mark("jwt", found[0]), text)
        lowered = text.lower()
        if self._scheme and ("bearer" in lowered or "basic" in lowered):
            text = _SCHEME.sub(lambda found: f"{found[1]}{found[2]}{mark('token', found[3])}", text)
        if self._secret and ("=" in text or ":" in text):
            if "authorization" in lowered or "cookie" in lowered:
                text = _HEADER.sub(self._header, text)
            if any(hint in lowered for hint in _PAIR_HINTS):
                text = _PAIR.sub(self._pair, text)
        if self._card and len(text) >= _SHORTEST_CARD and _CARD_HINT.search(text):
            text = _CARD.sub(self._number, text)
        for kind, pattern in self._custom:
            text = pattern.sub(_of_kind(mark, kind), text)
        return text

    def _number(self, match: re.Match[str]) -> str:
        digits = match[0].replace(" ", "").replace("-", "")
        return self._mark("card", digits) if digits.startswith(_ISSUERS) and luhn(digits) else match[0]

    def _header(self, match: re.Match[str]) -> str:
        scheme, _, rest = match[2].partition(" ")
        # Bearer and Basic have got their marks already.
        if rest.startswith("[") and scheme.lower() in {"bearer", "basic"}:
            return match[0]
        return f"{match[1]}{self._mark('secret', match[2])}"

    def _pair(self, match: re.Match[str]) -> str:
        name, value = match[1], match[2]
        if value.lower() in {"bearer", "basic", "none", "null", "true", "false"}:
            return match[0]
        quote = value[0] if value[0] in "\"'" else ""
        return f"{name}{quote}{self._mark('secret', value.strip(quote))}{quote}"


def _of_kind(mark: Marks, kind: str) -> Callable[[re.Match[str]], str]:
    return lambda found: mark(kind, found[0])
