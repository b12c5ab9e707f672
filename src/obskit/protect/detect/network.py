"""IP addresses in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from obskit.protect.addresses import Treatment, shortened
from obskit.protect.detect.detector import Detector, detector
from obskit.protect.lazy import Anchored, Lazy, lazy
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
# Python tries every place of a text for what may begin with any digit; nothing that matches begins inside of a run of
# digits and dots.
_V4 = Anchored(
    r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    rf"(?<![\w.+])(?<![\w.]-)(?<![A-Za-z0-9_]/)(?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)({_OCTET}(?:\.{_OCTET}){{3}})(?![\w]|\.\d|-[A-Za-z\d])",
    exact=True,
)
# Only what lies in 2000::/3 is routable, beside what maps an address of the older sort.
_V6 = Lazy(
    r"(?:[23][0-9A-Fa-f]{3}:|::ffff:|64:ff9b::)(?<![\w:.]\w{4}:)(?<![\w.]::ffff:)(?:[0-9A-Fa-f]{0,4}:){0,7}"
    r"(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3}|(?<=::))(?!\w|:[0-9A-Fa-f]|\.\w)",
    re.IGNORECASE,
)
_V4_TRIGGER = Trigger(
    r"(?:^|[^0-9.])[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:[^0-9A-Za-z_.]|\.(?:[^0-9]|$)|$)",
    word=r"\.(?<=[0-9]\.)[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
)
_V6_TRIGGER = Trigger(
    r"(?i)(?:^|[^\w:.])[23][0-9a-f]{3}:[0-9a-f:]|::ffff:[0-9a-f]|64:ff9b::",
    word=r":(?:(?<=[^\w:.][23][0-9A-Fa-f]{3}:)[0-9A-Fa-f:]|:[Ff]{4}:|[Ff]{2}9[Bb]::)",
)
# Four numbers behind these are a version.
_VERSIONED = frozenset((
    "v", "rv", "ver", "version", "versions", "release", "released", "build", "rev", "revision", "firmware", "driver",
    "upgrade",
    "upgraded", "update", "updated", "downgraded", "assembly", "product", "schema", "oid", "section", "chapter", "sdk",
    "runtime", "chrome", "library", "lib", "dll", "plugin", "package",
))  # fmt: skip
_LINKS = frozenset(("is", "to", "from", "was", "number", "no"))
_BEHIND_WORDS = " \t=:~<>^\"'(#"
_LAST_WORD = lazy(r"[A-Za-z]+$")


def detectors(treatment: Treatment) -> list[Detector]:
    """Return the detectors of this file."""
    if treatment == "keep":
        return []
    found = Addresses(treatment)
    return [
        detector("ip", {"ip"}, _V4_TRIGGER, found.version_4),
        detector("ip", {"ip"}, _V6_TRIGGER, found.version_6),
    ]


class Addresses:
    """Find IP addresses that tell of a person: the globally routable ones.

    Args:
        treatment: What becomes of them.
    """

    __slots__ = ("_treatment",)

    def __init__(self, treatment: Treatment) -> None:
        self._treatment = treatment

    def version_4(self, text: str) -> Iterator[Span | int]:
        """Return where addresses of version 4 are."""
        for found in _V4.finditer(text):
            shown = _shown(found[1], self._treatment)
            if shown != found[1]:
                version = _is_version(text, found.start())
                yield found.start() if version else of(found, 1, "ip", "ip", shown or None)

    def version_6(self, text: str) -> Iterator[Span | int]:
        """Return where addresses of version 6 are."""
        for found in _V6.finditer(text):
            shown = _shown(found[0], self._treatment)
            yield of(found, 0, "ip", "ip", shown or None) if shown != found[0] else found.start()


def _is_version(text: str, start: int) -> bool:
    before = text[max(0, start - 24) : start]
    if before.rstrip(" \"'").endswith("=="):
        return True
    tail = before.rstrip(_BEHIND_WORDS)
    word = _LAST_WORD.search(tail)
    if word is not None and word[0] in _LINKS:
        word = _LAST_WORD.search(tail[: word.start()].rstrip(_BEHIND_WORDS))
    return word is not None and (word[0].lower() in _VERSIONED or word[0].endswith(("Version", "Build", "Release")))


@lru_cache(maxsize=1024)
def _shown(address: str, treatment: Treatment) -> str:
    # The same few addresses come again and again; what is kept is what a line may hold for a moment anyway.
    found = shortened(address, treatment)
    return address if found is None else found
