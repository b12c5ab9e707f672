"""What else takes secrets out of a record: the scrubbers of Logfire and sentry-sdk, Presidio, and plain `re`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Scrub = Callable[[Any], object]
PRESIDIO = "presidio_analyzer"
# The patterns that Presidio tries by default in English; its other recognizers need a language model.
_RECOGNIZERS = (
    "CreditCardRecognizer", "UsBankRecognizer", "UsLicenseRecognizer", "UsItinRecognizer", "UsPassportRecognizer",
    "UsSsnRecognizer", "NhsRecognizer", "CryptoRecognizer", "DateRecognizer", "EmailRecognizer", "IbanRecognizer",
    "IpRecognizer", "MedicalLicenseRecognizer", "MacAddressRecognizer", "UuidRecognizer", "UrlRecognizer",
)  # fmt: skip
# What a careful team writes in an afternoon.
TWELVE: tuple[tuple[str, str], ...] = (
    ("private_key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----"),
    ("url", r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    ("email", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    ("jwt", r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),
    ("bearer", r"(?i)(?<=bearer )[\w.~+/=-]+"),
    ("aws_key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("pair", r"(?i)\b((?:\w+[_-])?(?:password|passwd|secret|token|api[_-]?key)\w*[\"']?\s*[:=]\s*)[\"']?[^\s\"',;&]+"),
    ("card", r"\b(?:\d[ -]?){13,19}\b"),
    ("iban", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    ("ssn", r"\b\d{3}-\d{2}-\d{4}\b"),
    ("phone", r"\+\d{1,3}[ .-]?(?:\(\d+\)[ .-]?)?(?:\d[ .-]?){6,12}\b"),
    ("ip", r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
)
KEYS = re.compile(r"(?i)passw|secret|token|api[_-]?key|authorization|cookie|ssn|cvv|card")


def logfire() -> Scrub:
    """Return Logfire's scrubber with its default patterns."""
    from logfire._internal.scrubbing import Scrubber

    scrubber = Scrubber(None)
    return lambda value: scrubber.scrub_value((), value)


def sentry() -> Scrub:
    """Return sentry-sdk's scrubber, told to go into what is nested; it looks at names, never at texts."""
    from sentry_sdk.scrubber import EventScrubber

    return EventScrubber(recursive=True).scrub_dict


def presidio() -> Scrub:
    """Return Presidio's pattern recognizers on each text; what they find is not even replaced."""
    import tldextract
    from presidio_analyzer import predefined_recognizers as known

    # By default it fetches a list of domains.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    # Not every version has all of them.
    recognizers = [getattr(known, name)() for name in _RECOGNIZERS if hasattr(known, name)]

    def scrub(value: Any) -> object:
        if isinstance(value, str):
            return [found for one in recognizers for found in one.analyze(value, one.supported_entities)]
        if isinstance(value, dict):
            return {key: scrub(item) for key, item in value.items()}
        return [scrub(item) for item in value] if isinstance(value, list) else value

    return scrub


def twelve() -> Scrub:
    """Return a walk that applies twelve regular expressions to each text, one after the other."""
    patterns = [(re.compile(pattern), rf"\1[{kind}]" if kind == "pair" else f"[{kind}]") for kind, pattern in TWELVE]

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            for pattern, marker in patterns:
                value = pattern.sub(marker, value)
            return value
        if isinstance(value, dict):
            return {key: "[key]" if KEYS.search(key) else scrub(item) for key, item in value.items()}
        return [scrub(item) for item in value] if isinstance(value, list) else value

    return scrub
