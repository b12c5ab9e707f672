"""Secrets in the arguments of programs, and what is said of them in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.detect.pairs import HEADERS, KINDS, QUICK_STEM, STEMS
from obskit.protect.detect.values import goes
from obskit.protect.keys import Judgement, Keys
from obskit.protect.lazy import Anchored, Lazy
from obskit.protect.literals import is_code, is_placeholder, is_remark, is_word, looks_chosen
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of
from obskit.protect.vocabulary import SECRETS

_STEM = "|".join(stem.replace("$", r"\$") for stem in STEMS)
_FLAG = Lazy(
    r"(?<![\w-])(--?[A-Za-z][\w-]{0,63})[\"',\]]{0,3}[ \t]{1,3}[\"']?(?!-)([^\s\"',\]]{1,4096}+|\""
    r"[^\"\n]{1,4096}+\"|'[^'\n]{1,4096}+')"
)
_USER = Lazy(
    r"(?<![\w-])(?:-u|--user|--proxy-user|-U|--basic|--creds|--auth|(?<=http )-a|(?<=https )-a)[ =][\"']?("
    r"[\w.@+%-]{1,128}:)([^\s\"']{1,1024}+)"
)
_ARGUMENT = Lazy(r"[a-z_]{2,30}=(?!=|$)|[A-Z][A-Z_]{2,}$")
_PROGRAMS = (
    r"(?:mysql|mysqldump|mysqladmin|mariadb|sshpass|sqlcmd|mongo|mongosh|mongodump|mongorestore|docker login"
    r"|podman login|psexec|redis-cli"
    r"|ldapsearch|openssl|zip|unzip|7z|smbclient|xfreerdp|rdesktop|svn|impacket|crackmapexec|az login|htpasswd"
    r"|bcp|isql)"
)
_SHORT = Anchored(
    r"\s-[paw]",
    r"\s(?-i:-p(?!ort|roto|ass)|-P|-a|-w)[ ]?[\"']?([^\s\"'-][^\s\"']{2,200}+)",
)
_PROGRAM = Lazy(rf"(?i)\b{_PROGRAMS}\b[^\n|;]*$")
_PIPED = Anchored(
    r"(?:echo|printf)\s",
    r"\b(?:echo|printf)\s{1,3}(?:-n\s)?[\"']?(?:[\w.-]{1,64}:)?([^\s\"'|]{3,256}+)[\"']?\s{0,3}\|[^|\n]{0,160}"
    r"(?:-stdin|sudo -S|chpasswd|passwd|-S\b|openssl|gpg)",
)
_BASIC_FILE = Anchored(
    r"htpasswd\s", r"\bhtpasswd\s[^\n|;]{0,80}?-\w*b\w*\s{1,3}\S{1,200}\s{1,3}\S{1,80}\s{1,3}[\"']?([^\s\"']{3,200}+)"
)
_CRUMBS = Lazy(
    r"\b(?:curl|wget|https?|xh)\s[^\n]{0,400}?(?<![\w-])(?:-b|--cookie)[ =][\"']?([\w.%-]{1,64}=)([^\s\"';]{1,2048}+)"
)
_DIRECTIVE = Lazy(
    r"(?m)(?:^|[\s\"'])(requirepass|masterauth|sasl_passwd|bindpw|rootpw|stats auth|auth-pass|login "
    r"[\w.@-]{1,64} password|(?:(?-i:PASS|AUTH|a\d+ LOGIN [^\s]+))(?: (?:PLAIN|LOGIN|XOAUTH2|default))?)\s{1,3}"
    r"[\"']?([^\s\"']{3,256}+)"
)
_ARGUMENTS = Lazy(
    r"[\[(]\s{0,2}[bu]?([\"'])([\w .\-]{2,64}+)\1\s{0,2},\s{0,2}[bu]?([\"'])((?:(?!\3)[^\\\n]|\\.){1,8192}+)\3"
)
_PAIR = Lazy(r"\bauth\s?=\s?\(\s?[bu]?([\"'])[^\"'\n]{1,128}+\1\s?,\s?[bu]?([\"'])((?:(?!\2)[^\\\n]|\\.){1,1024}+)\2")
# To RE2 only letters of ASCII are of a word.
_LETTER_OF_WORD, _LETTER, _LETTER_OR_BLANK = (f"[\\w\u0080-\U0010ffff{more}]" for more in ("", "-", " .-"))
_FLAG_TRIGGER = Trigger(
    rf"(?i)-{_LETTER}*(?:{_STEM}){_LETTER}*[\"',\]]*[ \t]",
    telling=True,
    rough=rf"[^{_LETTER[1:]}(?>{_LETTER_OF_WORD}*+-{_LETTER}*?(?:{QUICK_STEM})){_LETTER}*+[\"',\]]*+[ \t]",
)
_ARGUMENTS_TRIGGER = Trigger(
    rf"(?i)[\[(]\s*[bu]?[\"']{_LETTER_OR_BLANK}*(?:{_STEM}){_LETTER_OR_BLANK}*[\"']\s*,\s*[bu]?[\"']",
    ("(", "["),
    telling=True,
)
_USER_TRIGGER = Trigger(
    r"(?:-u|--user|--proxy-user|-U|--basic|--creds|--auth|-a)[ =][\"']?[\w.@+%-]+:[^\s]",
    word="-(?:[uUa]|user|-user|-basic|-creds|-auth)[ =]",
)
_SHORT_TRIGGER = Trigger(rf"(?i){_PROGRAMS}", ("mysql", "mariadb", "sshpass", "sqlcmd", "mongo", " login", "psexec",
"redis-cli", "ldapsearch", "openssl", "zip", "7z", "smbclient", "xfreerdp", "rdesktop", "svn", "impacket",
"crackmapexec", "htpasswd", "bcp", "isql"))  # fmt: skip
_PIPED_TRIGGER = Trigger(r"(?i)(?:echo|printf)\s", ("echo", "printf"))
_BASIC_FILE_TRIGGER = Trigger(r"(?i)htpasswd\s", ("htpasswd",))
_CRUMBS_TRIGGER = Trigger(r"(?:-b|--cookie)[ =]", word="-(?:b|-cookie)[ =]")
_DIRECTIVE_TRIGGER = Trigger(
    r"(?:requirepass|masterauth|sasl_passwd|bindpw|rootpw|stats auth|auth-pass|login [^\s]+ password|PASS|AUTH"
    r"|LOGIN [^\s]+)\s",
    (
        "requirepass",
        "masterauth",
        "sasl_passwd",
        "bindpw",
        "rootpw",
        "stats auth",
        "auth-pass",
        "login ",
        "pass ",
        "auth ",
    ),
)
_PAIR_TRIGGER = Trigger(r"auth\s?=\s?\(", ("auth=(", "auth = (", "auth= (", "auth =("))

_ANNOUNCED = Anchored(
    r"(?:[A-Za-z0-9]{2,20}[ _-]){0,2}(?:pass(?:word|phrase|code|wd|wort)|pwd|secret|token|pin|otp|cvv|cvc|code|key"
    r"|kennwort|contraseña|senha)[\"']?(?: (?:of|for) [\w.@ -]+?)?(?: (?:is|was|lautet|ist|es)| provided)?:?"
    r"[ \t]+[\"'`(\[]?[^\s=:]*[0-9!@#$%^&*+~]",
    r"(?<![A-Za-z0-9_/-])((?:[A-Za-z0-9]{2,20}[ _-]){0,2}(?:pass(?:word|phrase|code|wd|wort)|pwd|secret|token"
    r"|pin|otp|cvv|cvc|code|key|kennwort|contraseña|senha))"
    r"[\"']?(?: (?:of|for) (?:user |account )?[\w.@-]{1,64})?(?: (?:is|was|lautet|ist|es)| provided)?:?"
    r"[ \t]{1,2}[\"'`(\[]?([^\s\"'`)\]]{4,512}+)",
)
_BEHIND = Anchored(
    r"(?:[a-z]-)?[0-9]{4,8}[ \t](?:is|as|to)[ \t]",
    r"(?<![\w.,-])(?:[a-z]-)?(\d{4,8})[ \t](?:is|as|to)[ \t](?:your|the|my|a|our|confirm|verify|complete|log"
    r"|sign|finish|continue)[ \t](?:[\w-]{1,24}[ \t]){0,5}"
    r"(?:code|pin|otp|password|passcode|tan|login|in|sign-?in|account|identity|verification)\b",
)
_ANNOUNCED_TRIGGER = Trigger(
    r"(?i)(?:pass(?:word|phrase|code|wd|wort)|pwd|secret|token|pin|otp|cvv|cvc|code|key|kennwort|contraseña|senha)['\"]?"
    r"(?: (?:of|for) [\w.@ -]+?)?(?: (?:is|was|lautet|ist|es)| provided)?:?[ \t]+['\"`(\[]?[^\s=]*[0-9!@#$%^&*+~]",
    telling=True,
    rough=r"(?:pass(?:word|phrase|code|wd|wort)|pwd|secret|token|pin|otp|cvv|cvc|code|key|kennwort|contraseña|senha)['\"]?"
    r"(?: (?:of|for) |(?: (?:is|was|lautet|ist|es)| provided)?:?[ \t]++['\"`(\[]?[^\s=0-9!@#$%^&*+~]*+[0-9!@#$%^&*+~])",
)
_BEHIND_TRIGGER = Trigger(
    r"(?i)[0-9]{4}[ \t](?:is|as|to)[ \t](?:your|the|my|a|our|confirm|verify|complete|log|sign|finish|continue)[ \t]",
    (" is ", " as ", " to "),
)


class Commands:
    """Find secrets by what stands before them.

    Args:
        keys: Judges the names.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def detectors(self) -> list[Detector]:
        """Return the detectors of this file."""
        given: tuple[tuple[Trigger, Lazy, int], ...] = (
            (_USER_TRIGGER, _USER, 2), (_PIPED_TRIGGER, _PIPED, 1),
            (_BASIC_FILE_TRIGGER, _BASIC_FILE, 1), (_DIRECTIVE_TRIGGER, _DIRECTIVE, 2), (_PAIR_TRIGGER, _PAIR, 3),
        )  # fmt: skip
        return [
            detector("option", KINDS, _FLAG_TRIGGER, self._options),
            detector("pair", KINDS, _ARGUMENTS_TRIGGER, self._pairs),
            *(detector("option", {"password"}, trigger, _given(pattern, group)) for trigger, pattern, group in given),
            detector("option", {"password"}, _SHORT_TRIGGER, _short),
            detector("option", {"cookie"}, _CRUMBS_TRIGGER, _given(_CRUMBS, 2, "cookie")),
            detector("said", SECRETS | {"card"}, _ANNOUNCED_TRIGGER, self._words),
            detector("said", {"pin"}, _BEHIND_TRIGGER, _codes),
        ]

    def _options(self, text: str) -> Iterator[Span | int]:
        """Find arguments of telling options."""
        for found in _FLAG.finditer(text):
            value = found[2].strip("\"'")
            judged = self._judged(found[1].lstrip("-"), doubtful=True)
            if (
                judged is not None
                and judged.kind != "connection"
                and not _ARGUMENT.match(value)
                and goes(value, judged, quoted=True)
                and not value.isdigit()
            ):
                start = found.start(2) + (found[2][0] in "\"'")
                yield Span(start, start + len(value), judged.kind, f"option:{judged.kind}")
            elif judged is not None:
                yield found.start()

    def _pairs(self, text: str) -> Iterator[Span | int]:
        """Find values beside names, as pairs and lists of arguments are shown."""
        for found in _ARGUMENTS.finditer(text):
            # The headers' own detectors keep the scheme and the names of cookies.
            judged = None if found[2].lower() in HEADERS else self._judged(found[2])
            if judged is not None and goes(found[4], judged, quoted=True) and not self._is_name(found[4]):
                yield of(found, 4, judged.kind, f"pair:{judged.kind}")
            else:
                yield found.start()

    def _words(self, text: str) -> Iterator[Span | int]:
        """Find what follows a telling word in a sentence, where it looks like a secret and not like the next word."""
        for found in _ANNOUNCED.finditer(text):
            value = found[2].rstrip(".,;:!?")
            judged = self._keys.judge(found[1]) or (_CODE if _MINE.search(found[1]) else None)
            if (
                judged is None
                or judged.doubtful
                or not _is_said(value, judged, numeric=judged.kind == "pin" or found[1].lower().endswith("code"))
            ):
                yield found.start()
            else:
                yield Span(found.start(2), found.start(2) + len(value), judged.kind, f"said:{judged.kind}")

    def _judged(self, name: str, *, doubtful: bool = False) -> Judgement | None:
        judged = self._keys.judge(name)
        return judged if judged is not None and judged.kind in KINDS and (doubtful or not judged.doubtful) else None

    def _is_name(self, value: str) -> bool:
        # Two names beside each other are names.
        return is_word(value) and self._keys.judge(value) is not None


_CODE = Judgement("pin")
_SIGN = Lazy(r"[0-9!@#$%^&*+~]")
_MINE = Lazy(r"(?i)\b(?:your|my|access|sms|confirmation|entry|door|unlock) code$")


def _given(pattern: Lazy, group: int, kind: str = "password") -> Callable[[str], Iterator[Span | int]]:
    def find(text: str) -> Iterator[Span | int]:
        for found in pattern.finditer(text):
            value = found[group]
            none = is_placeholder(value) or is_remark(value) or value.isdigit() or value.startswith("/")
            yield found.start() if none else of(found, group, kind, f"option:{kind}")

    return find


def _short(text: str) -> Iterator[Span | int]:
    """Find what stands behind `-p` and its like, where the program before it takes a password there."""
    for found in _SHORT.finditer(text):
        if _PROGRAM.search(text, max(0, found.start() - 200), found.start()):
            none = is_placeholder(found[1]) or found[1].isdigit() or found[1].startswith("/")
            yield found.start() if none else of(found, 1, "password", "option:password")


def _codes(text: str) -> Iterator[Span]:
    """Find codes that a sentence begins with: `482913 is your code`."""
    for found in _BEHIND.finditer(text):
        yield of(found, 1, "pin", "said:pin")


def _is_said(value: str, judged: Judgement, *, numeric: bool) -> bool:
    if (
        len(value) < 4
        or is_placeholder(value)
        or is_remark(value)
        or "=" in value
        or is_code(value, "")
        or value[:1] in "/~"
        or value[:5] in {"HTTP/", "http:"}
    ):
        return False
    if value.isdigit():
        return numeric and 4 <= len(value) <= 8
    # As the trigger has it: letters alone, however they change case, are a name as often.
    return judged.kind != "pin" and _SIGN.search(value) is not None and looks_chosen(value)
