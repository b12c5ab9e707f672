"""What tells who somebody is: e-mail addresses, telephone numbers, US social security numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.lazy import Anchored, Lazy, lazy
from obskit.protect.prefilter import NUMBERS, Trigger
from obskit.protect.span import Span, of

_EMAIL = Lazy(
    r"(?<![\w.+%-])(?:\"[^\"\s@,:=]{1,64}\"|[\w+%-][\w.+%!#$'*^`~-]{0,63}+)(?<![.])@"
    r"((?:[^\W_][\w-]{0,62}+\.){1,8}(xn--[A-Za-z0-9-]{2,40}|[^\W\d_]{2,24}))(?![\w@])"
)
_MAILBOX = Lazy(r"(?<![\w.+%-])[\w.+%-]{1,64}@\[(?:\d{1,3}\.){3}\d{1,3}\]")
_SPELLED = Lazy(
    r"(?i)(?<![\w.+-])[\w.+-]{1,64}+\s{0,3}(?:\s@\s|@\s|\s@|[\[({<]\s?(?:at|@)\s?[\])}>]|\sat\s)\s{0,3}"
    r"([\w-]{1,63}(?:\s{0,2}(?:\.|[\[({<]\s?(?:dot|\.)\s?[\])}>]|\sdot\s)\s{0,2}[\w-]{1,63}){1,5})(?![\w@])"
)
_EMAIL_TRIGGER = Trigger(
    r"[^\s@]@[^\s@.]+\.(?:[^\s@.]+\.)*(?:[^\x00-\x60\x7b-\x7f]|[A-Z]){2}(?:[^\x00-\x60\x7b-\x7f]|[A-Z])*(?:[^\w@]|$)"
    r"|@[^\s@]*\.xn--|@\[[0-9]",
    ("@",),
)
_SPELLED_TRIGGER = Trigger(
    r"(?i)[\[({<]\s?(?:at|@)\s?[\])}>]|[^\s@]\s*@\s+[^\s@.]+\s*\.|[^\s@]\s+@\s*[^\s@.]+\s*\.|\sat\s+[^\s]+\s+dot\s",
    word=r"@|a[Tt][ \]]|A[Tt][ \]]",
    rough=r"@|at\s?[\])}>]|dot\s",
)
# Where a name ends like a file or a unit of an init system it is none of a host.
_NO_DOMAIN = frozenset((
    "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "ts", "tsx", "jsx", "json", "html", "htm", "xml",
    "yaml",
    "yml", "toml", "txt", "log", "conf", "service", "socket", "timer", "target", "mount", "slice", "scope", "local",
    "internal",
    "py", "sh", "rb", "java", "class", "gz", "tgz", "zip", "whl", "jar",
))  # fmt: skip
_REMOTE = Lazy(r"[:/][\w.~-]")
_AUTHORITY = Lazy(r"[^\s/]*")

# The calling codes that are in use (ITU-T E.164, list of assigned country codes), as the prefixes that tell one.
_CODES = Lazy(
    r"1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[1-38]|22\d|23\d|24\d|25[0-8]|26\d|29[01789]|35\d|37\d"
    r"|38[01235679]|42[013]|50\d|59\d|67[02-9]|68\d|69[0-2]|80[08]|85[02356]|87[08]|88[0-36]|96[0-8]|97[0-79]|99[2-68]"
)
_PHONE = Lazy(
    r"(?:\(\+[1-9]\d{0,2}\)|(\+|00)\s?[1-9]\d{0,2})(?:[ \u00a0./-]?\(0?\d{1,5}\))?(?:[ \u00a0./-]?\d){5,12}+(?!"
    r"[\w]|-\w)"
)
_BEFORE_PHONE = Lazy(r"(?:[\w+.]|\d[ -])\Z")
_PHONE_TRIGGER = Trigger(
    r"\+\s?[1-9][0-9]*[0-9 ./()-]*[0-9 ./()-]{5}[0-9]|(?:^|[^0-9])00\s?[1-9][0-9]*[ ./(-][0-9 ./()-]{5}",
    characters=NUMBERS,
    run=8,
    rough=r"\+\s?[1-9][0-9 ./()-]{6}|00(?<![0-9]00)\s?[1-9][0-9]*[ ./(-][0-9 ./()-]{5}",
)
_DECIMAL = Lazy(r"\+\d+\.\d+(?:[ ,]|$)")
_AMERICAN = Lazy(r"(?<![\w.+-])(?:1[ .-])?\([2-9]\d\d\)[ .-]?[2-9]\d\d[ .-]\d{4}(?![\w-])")
_AMERICAN_TRIGGER = Trigger(r"\([2-9][0-9]{2}\)[ .-]?[2-9][0-9]{2}[ .-][0-9]{4}", characters=NUMBERS, run=12)
_NAMED_PHONE = Anchored(
    r"(?:phone|tel|mobile|cell|fax|call|sms|whatsapp|text|dial|msisdn|handy|rufnummer)",
    r"(?<![A-Za-z])(?:phone|telephone|tel|mobile|cell|fax|call|caller|calling|sms|whatsapp|text(?:ed)?|dial(?:l?ed)?|msisdn|handy|telefon|rufnummer)"
    r"(?:\s?(?:number|no|nr|#))?\.?\s?(?:to|from|at|is|was|on|=|:)?[\"']?\s{0,2}[:=]?\s{0,2}[\"']?(\+?\(?\d(?:"
    r"[ ()./-]{0,2}\d){6,14})(?![\w-])",
)
_NAMED_PHONE_TRIGGER = Trigger(
    r"(?i)(?:phone|tel|telefon|mobile|cell|fax|call|caller|calling|sms|whatsapp|text|texted|diall?ed|dial|msisdn|handy|rufnummer)"
    r"(?:\s?(?:number|no|nr|#))?\.?\s?(?:to|from|at|is|was|on|=|:)?[\"']?\s*[:=]?\s*[\"']?\+?\(?[0-9][0-9 ()./-]{6}",
    (
        "phone",
        "tel",
        "mobile",
        "cell",
        "fax",
        "call",
        "sms",
        "whatsapp",
        "text",
        "dial",
        "msisdn",
        "handy",
        "rufnummer",
    ),
)

_SSN = Lazy(
    r"(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?<![\w.+/-]\d{3}-\d{2}-\d{4})(?<!\d"
    r"[.-]\d{3}-\d{2}-\d{4})(?![\w]|[./-]\d|-\w)"
)
_SSN_TRIGGER = Trigger(
    r"(?:^|[^0-9])[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}(?:[^0-9]|$)", word=r"-(?<=[0-9]{3}-)[0-9]{2}-[0-9]{4}"
)
_NAMED_SSN = Anchored(
    r"(?:ssn|social)",
    r"(?<![A-Za-z])(?:ssn|social[ _-]?security(?:[ _-]?(?:number|no|nr))?)\b[^\d\n]{0,12}((?!000|666)\d{3}[ .-]?"
    r"(?!00)\d{2}[ .-]?(?!0000)\d{4})(?!\d)",
)
_NAMED_SSN_TRIGGER = Trigger(
    r"(?i)(?:ssn|social.?security)[^0-9\n]*[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{4}",
    ("ssn", "social"),
    rough=r"[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{4}",
)
_DIGITS = lazy(r"\d")


def detectors() -> list[Detector]:
    """Return the detectors of this file."""
    return [
        detector("email", {"email"}, _EMAIL_TRIGGER, _emails),
        detector("email:spelled", {"email"}, _SPELLED_TRIGGER, _spelled_emails),
        detector("phone", {"phone"}, _PHONE_TRIGGER, _phones),
        detector("phone:american", {"phone"}, _AMERICAN_TRIGGER, _american_phones),
        detector("phone:named", {"phone"}, _NAMED_PHONE_TRIGGER, _named_phones),
        detector("ssn", {"ssn"}, _SSN_TRIGGER, _social_security),
        detector("ssn:named", {"ssn"}, _NAMED_SSN_TRIGGER, _named_social_security),
    ]


def _emails(text: str) -> Iterator[Span | int]:
    """Find e-mail addresses (RFC 5321 mailboxes, internationalised ones too)."""
    for found in _EMAIL.finditer(text):
        good = _is_address(text, found) and not _in_url(text, found.start())
        yield of(found, 0, "email", "email") if good else found.start()
    if "@[" in text:
        for found in _MAILBOX.finditer(text):
            yield of(found, 0, "email", "email")


def _is_address(text: str, found: re.Match[str]) -> bool:
    ending = found[2].lower()
    if ending in _NO_DOMAIN:
        return False
    # git@host:path and svn@host/path name a repository, not a person.
    name = found[0].partition("@")[0].lower()
    return not (name in {"git", "svn", "hg"} and _REMOTE.match(text, found.end()))


def _in_url(text: str, start: int) -> bool:
    """Tell whether what stands before a place is the beginning of a URL: then it is a user and a host."""
    slashes = text.rfind("://", max(0, start - 300), start)
    if slashes < 0:
        slashes = text.rfind("thin:", max(0, start - 300), start) + 2
        return slashes > 1 and _AUTHORITY.fullmatch(text[slashes + 3 : start].replace("/", "", 1)) is not None
    return _AUTHORITY.fullmatch(text, slashes + 3, start) is not None


def _spelled_emails(text: str) -> Iterator[Span | int]:
    """Find addresses that somebody has spelled out: `ann (at) shop (dot) example`."""
    for found in _SPELLED.finditer(text):
        yield of(found, 0, "email", "email:spelled") if _is_spelled(found) else found.start()


def _is_spelled(found: re.Match[str]) -> bool:
    text, host = found[0].lower(), found[1]
    # "look at foo.bar" is English: a bare "at" needs a bare "dot".
    if any(bracket in text for bracket in "[({<"):
        ending = re.split(r"\W+", host.rstrip("])}> "))[-1]
        return ending.isalpha() and ending.lower() not in _NO_DOMAIN
    if " at " in text and "@" not in text:
        return " dot " in text
    ending = re.split(r"[\s.]+", host)[-1]
    return "." in host and ending.isalpha() and 2 <= len(ending) <= 6 and " @ " in text and ending.islower()


def _phones(text: str) -> Iterator[Span | int]:
    """Find telephone numbers in international form (E.164)."""
    for found in _PHONE.finditer(text):
        yield of(found, 0, "phone", "phone") if _is_phone(text, found) else found.start()


def _is_phone(text: str, found: re.Match[str]) -> bool:
    start = found.start()
    if start and _BEFORE_PHONE.search(text, max(0, start - 2), start):
        return False
    digits = "".join(_DIGITS.findall(found[0]))
    if found[1] == "00":
        # Bare digits behind two zeros are a number like any other.
        digits = digits[2:]
        if found[0].isdigit():
            return False
    if not 8 <= len(digits) <= 15 or _CODES.match(digits) is None or len(set(digits)) < 3:
        return False
    return _DECIMAL.match(found[0]) is None


def _american_phones(text: str) -> Iterator[Span]:
    """Find numbers of the North American plan, with the area in brackets."""
    for found in _AMERICAN.finditer(text):
        yield of(found, 0, "phone", "phone:american")


def _named_phones(text: str) -> Iterator[Span | int]:
    """Find numbers that a word announces."""
    for found in _NAMED_PHONE.finditer(text):
        good = 9 <= len(_DIGITS.findall(found[1])) <= 15
        yield of(found, 1, "phone", "phone:named") if good else found.start()


def _social_security(text: str) -> Iterator[Span]:
    """Find US social security numbers: areas, groups and serials that are given out."""
    for found in _SSN.finditer(text):
        yield of(found, 0, "ssn", "ssn")


def _named_social_security(text: str) -> Iterator[Span]:
    """Find those that a word announces, in any notation."""
    for found in _NAMED_SSN.finditer(text):
        yield of(found, 1, "ssn", "ssn:named")
