"""Headers of HTTP in a text: what stands behind `Authorization` and `Cookie`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.lazy import Anchored, Lazy
from obskit.protect.literals import is_placeholder, is_remark
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of

_AUTHORIZATION = Anchored(
    r"(?:proxy-|x-|http_|x_)?authori[sz]ation",
    r"(?<![\w])(?:proxy-|x-|http_|x_)?authori[sz]ation[\"'\])]{0,3}\s{0,3}(?:=>|[=:,])\s{0,3}(?:\[\s?)?(?:[bu](?=[\"']))?([\"']?)",
)
_COOKIE = Anchored(
    r"(?:simple|set-|http_)?cookies?2?[\"'\])]*\s*(?:=>|[=:,])\s*\[?\s?[bu]?[\"']?[\w.%-]+=",
    r"(?<![\w])(set-|http_|simple)?cookies?2?[\"'\])]{0,3}\s{0,3}(?:=>|[=:,])\s{0,3}(?:\[\s?)?(?:[bu](?=[\"']))?([\"']?)(?=[\w.%-]{1,64}=)",
)
_AUTHORIZATION_TRIGGER = Trigger(
    r"(?i)authori[sz]ation[\"'\])]*\s*(?:=>|[=:,])", ("authorization", "authorisation"), telling=True
)
_COOKIE_TRIGGER = Trigger(r"(?i)cookies?2?[\"'\])]*\s*(?:=>|[=:,])", ("cookie",), telling=True)
_CREDENTIAL = Lazy(
    r"(?i)(?:(bearer|basic|token|apikey|api-key|key|negotiate|ntlm|ssws|splunk|genie[kK]ey|bot|jwt|sharedaccesssignature|hoba|mutual|oauth2?|hawk|digest"
    r"|aws4-hmac-sha256|aws|goog4-rsa-sha256|signature|scram-[\w-]+|acs3-hmac-sha256|sdk-hmac-sha256|apiauth-hmac-sha256|hmac(?:-sha\d+)?)(\s{1,3}|%20|\+)(?=[^\s,;)]))?"
)
_LISTED = frozenset({"digest", "hawk", "oauth", "aws4-hmac-sha256", "signature", "goog4-rsa-sha256", "acs3-hmac-sha256",
                     "sdk-hmac-sha256", "sharedaccesssignature", "hoba", "mutual"})  # fmt: skip
_LIST = Lazy(
    r"[\w-]{1,40}=(?:\"[^\"\r\n]{0,4096}+\"|[^\s,\"']{0,4096}+)(?:[,;&]?\s{0,2}[\w-]{1,40}=(?:\"[^\"\r\n]{0,4096}+\"|[^\s,\"']{0,4096}+))*+"
)
_ONE = Lazy(r"[^\s,&\"'<>)}\]]{1,16384}+")
_UNKNOWN = Lazy(r"[A-Za-z][\w-]{1,40} (?=\S)")
_TO_THE_END = Lazy(r"[^\r\n\"']{1,16384}+")
_LINE = Lazy(r"(?m)^")
_HEADER = Lazy(r"[A-Za-z]+(?:-[A-Za-z]+)*(?:$|[,\"'])")
_CRUMB = Lazy(r"([\w.%!#$&*+^`|~\-]{1,128})=(\"[^\"\r\n]{0,8192}+\"|'[^'\r\n]{0,8192}+'|[^;,\s\"'}\]]{0,8192}+)")
_NEXT = Lazy(r";\s{0,2}|,\s{1,2}(?=[\w.%-]{1,128}=)")
_FLAGS = Lazy(r"(?i)(?:(?:secure|httponly|partitioned)\s?;?\s?)+|\d\d[ -]\w{3}[ -]\d{4} [\d:]+ gmt\s?;?\s?")
_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "priority", "version", "comment"})


def detectors() -> list[Detector]:
    """Return the detectors of this file."""
    return [
        detector("header:authorization", {"authorization"}, _AUTHORIZATION_TRIGGER, _authorizations),
        detector("header:cookie", {"cookie"}, _COOKIE_TRIGGER, _cookie_headers),
    ]


def _authorizations(text: str) -> Iterator[Span | int]:
    """Find the credential behind its scheme (RFC 9110, section 11)."""
    for found in _AUTHORIZATION.finditer(text):
        yield from _authorization(text, found)


def _cookie_headers(text: str) -> Iterator[Span | int]:
    """Find the value of each cookie (RFC 6265); names and attributes stay."""
    for found in _COOKIE.finditer(text):
        yield from _cookies(text, found)


def _authorization(text: str, found: re.Match[str]) -> Iterator[Span | int]:
    scheme = _CREDENTIAL.match(text, found.end())
    place = scheme.end() if scheme else found.end()
    name = (scheme[1] or "").lower() if scheme else ""
    listed = _LIST.match(text, place) if name in _LISTED else None
    if listed is not None:
        yield of(listed, 0, "authorization", "header:authorization")
        return
    one = _ONE.match(text, place)
    if one is not None and one[0].startswith("[*"):
        return
    if one is not None and not name and _UNKNOWN.match(text, place):
        # A scheme that nobody has registered, and what it is given.
        scheme = _UNKNOWN.match(text, place)
        if is_remark(scheme[0].strip()):
            yield found.start()
            return
        one = (
            _TO_THE_END.match(text, scheme.end())
            if found[1] or _LINE.match(text, found.start())
            else _ONE.match(text, scheme.end())
        )
        if one is None or (one[0].isalpha() and len(one[0]) < 16):
            yield found.start()
            return
    elif one is not None and found[1]:
        one = _TO_THE_END.match(text, place)
    # A bracket that closes behind it may be its own: `{token}`.
    if one is None or is_placeholder(one[0]) or is_placeholder(text[one.start() : one.end() + 1]):
        yield found.start()
        return
    # Without a scheme a word is prose, "authorization: required", or the next name in a list of headers.
    prose = one[0].rstrip(".").isalpha() and not found[1] and len(one[0]) < 16
    if not name and (prose or ("," in found[0] and _HEADER.match(one[0]))):
        yield found.start()
        return
    yield of(one, 0, "authorization", "header:authorization")


def _cookies(text: str, found: re.Match[str]) -> Iterator[Span | int]:
    place, first = found.end(), True
    sets = (found[1] or "").lower() == "set-"
    while (crumb := _CRUMB.match(text, place)) is not None:
        attribute = sets and not first and crumb[1].lower() in _ATTRIBUTES
        if crumb[2] and not attribute and not is_placeholder(crumb[2]):
            yield of(crumb, 2, "cookie", "header:cookie")
        following = _NEXT.match(text, crumb.end())
        if following is None:
            return
        place, first = following.end(), False
        # An attribute without a value, and the rest of a date.
        skipped = _FLAGS.match(text, place)
        if skipped is not None:
            place = skipped.end()
