"""What opens a door by itself: web tokens, credentials of an HTTP scheme, user and password of a URL, private keys."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.lazy import Anchored, Lazy
from obskit.protect.literals import is_placeholder
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of

_JWT = Lazy(
    r"(?<![A-Za-z0-9_-])(?<!\bpk\.)(?:eyJ|ewog|ewo|eyA|e30)[A-Za-z0-9_-]{2,8192}+\.[A-Za-z0-9_-]{4,65536}+(?:\.[A-Za-z0-9_-]{0,65536}+){0,3}"
)
_JWT_TRIGGER = Trigger(
    r"e(?:yJ|wo|yA|30)[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{4}",
    ("eyj", "ewo", "eya", "e30"),
    start=r"(?<![_-])e(?:yJ|wo|yA|30)[A-Za-z0-9_-]++\.[A-Za-z0-9_-]{4}",
)

_SCHEME = Anchored(
    r"(?:bearer|basic|token|apikey|negotiate|ntlm|ssws)(?:[ \t:=+]|%20)+[\"']?[A-Za-z0-9._~+/=:|!-]{6}",
    r"(?<![\w/<-])(bearer|basic|token|apikey|negotiate|ntlm|sswsl?|ssws)((?:[ \t:=]|%20|\+){1,3}[\"']?)("
    r"[A-Za-z0-9._~+/=:|!-]{6,16384}+)",
)
_SCHEME_TRIGGER = Trigger(r"(?i)(?:bearer|basic|token|apikey|negotiate|ntlm|ssws)(?:[ \t:=+]|%20)", ("bearer",
"basic", "token", "apikey", "negotiate", "ntlm", "ssws"))  # fmt: skip
_NAMED = Lazy(r"[A-Za-z_]{2,40}=[^=]")
_NEAR = Lazy(r"(?i)(?:authorization|auth(?:entication)?|header|credentials?)[\"'\]]{0,3}\s{0,2}[=:,]?\s{0,2}[\"']?$")

_USERINFO = Lazy(
    r"(?i)(?<![a-z0-9+.-])((?:[a-z][a-z0-9+.-]{1,20}:)?//)([^\s/?#\"'<>@]{0,512}+(?:@[^\s/?#\"'<>@]{0,512}+)*)@(?=[\w\[.%$-])"
)
_SLASHED = Lazy(
    r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{1,20}://)([^\s/?#\"'<>@:]{0,128}:[^\s\"'<>@]{1,256}+)@(?=[\w.-]+(?::\d+)?(?:[/?,\s\"'&;]|$))"
)
_ORACLE = Lazy(r"(?i)oracle:(?:thin|oci8?):([^\s/@\"']{1,128}/[^\s@\"']{1,256}+)@")
_USERINFO_TRIGGER = Trigger(
    r"(?://|(?i:thin|oci8?):)[^\s\"'<>]*@",
    ("@",),
    rough=r"[\s\"'<>](?>[^\s\"'<>]*?(?://|thin:|oci8?:))[^\s\"'<>@]*+@",
)

_PEM = Lazy(
    r"-{4,5} ?BEGIN ((?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?) ?-{4,5}(.*?)(?:-{4,5} ?END \1 ?-{4,5}|\Z)", re.DOTALL
)
_PUTTY = Lazy(r"Private-Lines: \d+\s(.*?)(?=\bPrivate-MAC:|\Z)", re.DOTALL)
_PEM_TRIGGER = Trigger(r"BEGIN [A-Z0-9 ]*PRIVATE KEY|Private-Lines:", ("private key", "private-lines"))
_DIGIT = Lazy(r"\d")


def detectors() -> list[Detector]:
    """Return the detectors of this file."""
    return [
        detector("private_key", {"private_key"}, _PEM_TRIGGER, _private_keys),
        detector("userinfo", {"userinfo"}, _USERINFO_TRIGGER, _userinfo),
        detector("jwt", {"jwt"}, _JWT_TRIGGER, _web_tokens),
        detector("scheme", {"token"}, _SCHEME_TRIGGER, _scheme_credentials),
    ]


def _web_tokens(text: str) -> Iterator[Span]:
    """Find JSON Web Tokens, signed, encrypted or bare (RFC 7519)."""
    for found in _JWT.finditer(text):
        yield of(found, 0, "jwt", "jwt")


def _scheme_credentials(text: str) -> Iterator[Span | int]:
    """Find what stands behind the name of an HTTP authentication scheme (RFC 7235)."""
    for found in _SCHEME.finditer(text):
        yield of(found, 3, "token", "scheme") if _opens(text, found) else found.start()


def _opens(text: str, found: re.Match[str]) -> bool:
    scheme, value = found[1].lower(), found[3]
    if (
        is_placeholder(value)
        or value.startswith("HTTP/")
        or value.lower().startswith(("authentication", "authorization"))
    ):
        return False
    announced = _NEAR.search(text, max(0, found.start() - 32), found.start()) is not None
    if scheme == "basic":
        return _names_somebody(value) or (announced and len(value) > 5)
    if announced:
        return not value.isalpha() or len(value) > 12
    if found[2][0] in ":=" and scheme != "bearer":
        # That is a name and its value.
        return False
    if scheme == "token":
        return len(value) >= 16 and _DIGIT.search(value) is not None and not value.startswith(("/", "."))
    return len(value) >= 20 or (_DIGIT.search(value) is not None and not value.isdigit() and len(value) >= 8)


def _names_somebody(value: str) -> bool:
    try:
        return b":" in b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def _userinfo(text: str) -> Iterator[Span]:
    """Find user and password in a URL (RFC 3986, section 3.2.1)."""
    for found in _USERINFO.finditer(text):
        name, colon, password = found[2].partition(":")
        if colon and not is_placeholder(password or name):
            yield of(found, 2, "userinfo", "userinfo")
        elif not colon and len(name) >= 16 and _DIGIT.search(name):
            # A token where a name stands; a short one is a name.
            yield of(found, 2, "userinfo", "userinfo")
    for found in _ORACLE.finditer(text):
        yield of(found, 1, "userinfo", "userinfo")
    for found in _SLASHED.finditer(text):
        host, _, rest = found[2].partition(":")
        # A port and a path are no password.
        if not re.match(r"\d{1,5}/", rest) and any(sign in rest for sign in "/#?") and host:
            yield of(found, 2, "userinfo", "userinfo")


def _private_keys(text: str) -> Iterator[Span]:
    """Find private keys in PEM (RFC 7468), OpenPGP armour and PuTTY's form; one cut short goes to the end."""
    place = 0
    while (found := _PEM.search(text, place)) is not None:
        yield of(found, 0, "private_key", "private_key")
        place = found.end()
    for found in _PUTTY.finditer(text):
        yield of(found, 1, "private_key", "private_key")
