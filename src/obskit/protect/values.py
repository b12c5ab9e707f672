"""Find secrets in text, wherever they stand; only the secret is replaced, its neighbours stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# Each pattern is bounded and starts where a run starts: its time is linear in the length of the text.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}")
_CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d])")
_SCHEME = re.compile(r"(?i)\b(bearer|basic)(\s+|%20|:\s*)([A-Za-z0-9._~+/=-]{6,4096})")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{2,8192}(?:\.[A-Za-z0-9_-]{0,4096})?")
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/@:]{0,256}:[^\s/@]{1,256}@")
_PAIR = re.compile(
    r"(?i)((?<![\w-])[\"']?[\w-]{0,32}?(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|"
    r"authorization|cvv|cvc|ssn|card[_ -]?number|cookie)[\"']?\s{0,3}[=:]\s{0,3})"
    r"(\"(?:[^\"\\]|\\.){1,4096}\"|'(?:[^'\\]|\\.){1,4096}'|(?!\[REDACTED:)[^\s,;&\"'(){}\[\]]{1,4096})"
)
_PAIR_HINT = re.compile(r"(?i)passw|pwd|passphrase|secret|token|api.?key|access.?key|authoriz|cv[vc]|ssn|card|cookie")
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


class Values:
    """The detectors in force, in one order; `clean` is their composition."""

    __slots__ = ("_custom", "shortest")

    def __init__(self, custom: Mapping[str, str | re.Pattern[str]] | None = None) -> None:
        self._custom = [(kind, re.compile(pattern)) for kind, pattern in (custom or {}).items()]
        # Nothing shorter is a secret by one of the forms above; a team's own may have any length.
        self.shortest = 1 if self._custom else 6

    def clean(self, text: str) -> str:
        """Return the text with each secret replaced by its marker."""
        if "@" in text:
            if "://" in text:
                text = _USERINFO.sub(rf"\1{marker('userinfo')}@", text)
            text = _EMAIL.sub(marker("email"), text)
        if "eyJ" in text:
            text = _JWT.sub(marker("jwt"), text)
        # The first letter is left out: it can be of either case.
        if "earer" in text or "asic" in text or "EARER" in text or "ASIC" in text:
            text = _SCHEME.sub(rf"\1\2{marker('token')}", text)
        if ("=" in text or ":" in text) and _PAIR_HINT.search(text):
            text = _PAIR.sub(_pair, text)
        if len(text) >= _SHORTEST_CARD and _CARD_HINT.search(text):
            text = _CARD.sub(_card, text)
        for kind, pattern in self._custom:
            text = pattern.sub(_constant(marker(kind)), text)
        return text


def marker(kind: str) -> str:
    """Return what stands in the place of a secret of this kind."""
    return f"[REDACTED:{kind}]"


def _constant(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _: text


def _card(match: re.Match[str]) -> str:
    digits = match[0].replace(" ", "").replace("-", "")
    return marker("card") if digits.startswith(_ISSUERS) and luhn(digits) else match[0]


def _pair(match: re.Match[str]) -> str:
    name, value = match[1], match[2]
    if value.lower() in {"bearer", "basic", "none", "null", "true", "false"}:
        return match[0]
    quote = value[0] if value[0] in "\"'" else ""
    return f"{name}{quote}{marker('secret')}{quote}"
