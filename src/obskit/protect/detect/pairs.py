"""Names and values in a text, `password=...` and its like in any notation: the name is judged as a field's would be."""

from __future__ import annotations

from collections.abc import Iterator
from re import Match

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.detect.values import goes, quoted, unquoted
from obskit.protect.keys import Judgement, Keys, harmless
from obskit.protect.lazy import Anchored, Lazy
from obskit.protect.literals import is_code, is_placeholder, is_remark, is_word, looks_chosen, looks_random
from obskit.protect.prefilter import Trigger
from obskit.protect.quick_pattern import literals
from obskit.protect.span import Span, of
from obskit.protect.vocabulary import FOLLOWING, NUMBERED, PAIRS, SECRETS

KINDS = SECRETS | NUMBERED.keys()
# A telling name has one of these in it; most of the vocabulary's words do.
STEMS = (
    "pass", "pwd", "pw", "psw", "secret", "token", "key", "auth", "cookie", "cred", "pin", "otp", "tan", "cvv",
    "cvc", "csc", "ccn",
    "ssn", "sess", "jwt", "bearer", "card", "code", "account", "security", "mnemonic", "phrase", "passport", "licen",
    "birth",
    "dob", "hmac", "csrf", "xsrf", "answer", "contrase", "senha", "wachtwoord", "haslo", "kennwort", "salasana",
    "parola", "losenord",
    "adgangskode", "p@ss", "p4ss", "pa$$", "passw0rd", "t0ken", "s3cret", "motdepasse", "mdp", "routing", "sort",
    "mfa", "insurance",
    "tax", "identity", "national", "dsn", "connection", "samlres", "seed", "amz", "goog", "signed_url", "sig", "sid",
    "2fa", "hasło",
    "lösenord", "contraseña", "пароль", "密码", "密碼", "パスワード", "비밀번호", "pa55", "p455", "p@$$", "$ecret",
    "5ecret", "s3cr3t", "secr3t", "tok3n", "t0k3n", "personal", "assertion", "verification", "private", "pann",
    "pan_n", "pan-n", "pan n", "cc_n", "cc-n", "cc n",
)  # fmt: skip
_STEM = "|".join(stem.replace("$", r"\$") for stem in STEMS)
ASCII_STEM = "|".join(stem.replace("$", r"\$") for stem in STEMS if stem.isascii() and " " not in stem)
QUICK_STEM = literals(STEMS)
# Neither white space nor a sign that a value follows.
_RUN = r"(?:[^\s=:>]++|(?<!-)>)"
_NAME_TRIGGER = Trigger(
    rf"(?i)(?:{_STEM})[^\s=:]*(?:[ \t]+[^\s=:]+)?\s*(?:[=:]|[=-]>)",
    ("=", ":", "->"),
    telling=True,
    rough=rf"(?:{QUICK_STEM}){_RUN}*+(?:[ \t]++{_RUN}++)?\s*+(?:[=:]|(?<=-)>)",
)
_SAYS_TRIGGER = Trigger(
    rf"(?i)(?:{_STEM})[^\s]*(?:[ \t]+[^\s]+)?[ \t]+(?:(?:for|of|to) (?:user |account )?[\"']?[\w.@\-]+[\"']?[ \t]*)?"
    r"(?:is|was|are|equals|lautet|ist|es|est|é|è|set to|changed to|reset to|provided|now|to|:)[ \t:=]",
    telling=True,
    rough=rf"(?:{QUICK_STEM})[^\s]*+(?:[ \t]++[^\s]++)?[ \t]++(?:for |of |to |(?:is|was|are|equals|lautet|ist|es|est|é"
    r"|è|set to|changed to|reset to|provided|now|to|:)[ \t:=])",
)
_PARAMETERS = (
    r"(?:code|sig|signature|sign|key|ticket|assertion|auth|sid|session|session_?id|oauth_verifier|code_verifier)"
)
_PARAMETER_TRIGGER = Trigger(rf"(?i)[?&#]{_PARAMETERS}=[^&#\s\"'<>;,]{{6}}", ("?", "&", "#"))
# Words that tell something behind another: `account number: ...`.
_SECOND = frozenset(second for _, second in PAIRS) | FOLLOWING
_SECONDS = "|".join(sorted(filter(str.isascii, _SECOND)))
_NAME = Anchored(
    rf"[\w.\-@$]*(?:{ASCII_STEM})|\b(?:{_SECONDS})[\"'`)\]]{{0,2}}[ \t]{{0,3}}[:=-]",
    r"(?<![\w.\-@$])[.\-@$]{0,3}([\w.\-@$]++(?:\[[\w\"'\-]{1,40}\]){0,4})"
    r"([\"'`)\]]{0,2}(?::[ \t]{0,2}(?:str|bytes|string|Optional\[str\]|str \| None|SecretStr)[ \t]{0,2}=|"
    r"[ \t]{0,3}(?:::?=|=>|->|==?=?|:(?!//|:)|::(?=[ \t])))"
    r"[ \t]{0,16}(?:[|>][+-]?[ \t]{0,3}\r?\n[ \t]{1,40}|\r?\n[ \t]{1,40}(?=[\"']))?)",
)
_SAYS = Anchored(
    rf"[\w\-]*(?:{ASCII_STEM})|\b(?:{_SECONDS})[\"'`]?[ \t]",
    r"(?<![\w.\-])([^\W\d][\w\-]*+)[\"'`]?[ \t]{1,2}(?:(?:for|of|to) (?:user |account )?[\"']?[\w.@\-]{1,64}"
    r"[\"']?(?:[ \t]{1,2}|(?=:)))?"
    r"(?:(?:is|was|are|equals|lautet|ist|es|est|é|è|set to|changed to|reset to|provided|now|to)(?: now| still"
    r"| set to| currently| called)?[ \t]{0,2}[:=]?|:)[ \t]{1,2}",
)
_PARAMETER = Anchored(rf"[?&#]{_PARAMETERS}=", rf"[?&#]({_PARAMETERS[3:-1]})=([^&#\s\"'<>;,]{{6,8192}}+)")
_LIST = Lazy(r"[\[({]\s{0,3}(?=[bu]?[\"'])")
_ITEM = Lazy(r"[bu]?([\"'])((?:(?!\1)[^\\\n]|\\.){0,4096}+)\1\s{0,3}(,?)\s{0,3}")
_BLANKS = Lazy(r"\s{0,8}")
# Further values, where there are several.
_MORE = Lazy(r"(?:,[ ]?[^\s,;\"'()\[\]{}=]{3,200}+(?![=:]))+")
_PHRASE = Lazy(r"[A-Za-z]{2,24}+(?:[ ,-]{1,2}[A-Za-z]{2,24}+){2,40}(?![\w]{0,40}=)")
_WORDS = Lazy(r"[\w\-]+[ \t]+(?:[\w\-]+[ \t]+)?$")
_FALLBACK = Lazy(r"[^\"'\n]{0,200}?(?:,|\bor\b|\?\?|:-|\|\|)\s{0,3}([\"'])((?:(?!\1)[^\\\n]|\\.){4,1024}+)\1")
_PATH = Lazy(r"(?:[a-z0-9_.~-]{0,40}/)+[a-z_.-]{1,40}")
HEADERS = frozenset({
    "authorization", "authorisation", "proxy-authorization", "x-authorization", "http_authorization", "cookie",
    "set-cookie", "http_cookie", "simplecookie",
})  # fmt: skip


class Pairs:
    """Find values behind telling names.

    Args:
        keys: Judges the names.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def detectors(self) -> list[Detector]:
        """Return the detectors of this file."""
        return [
            detector("pair", KINDS, _NAME_TRIGGER, self._named),
            detector("said", SECRETS | {"card"}, _SAYS_TRIGGER, self._said),
            detector("parameter", {"token"}, _PARAMETER_TRIGGER, _parameters),
        ]

    def _named(self, text: str) -> Iterator[Span | int]:
        search, place = _NAME.searcher(text), 0
        while (found := search(place)) is not None:
            place = found.end()
            judged = self._judged(text, found)
            if judged is not None:
                spans: list[Span] = [] if found[1].lower() in HEADERS else list(_value(text, found, judged))
                # What belongs to a value is not looked at again: so time stays linear.
                place = max(place, spans[-1].end) if spans else place
                yield from spans
                if not spans:
                    yield found.start()

    def _said(self, text: str) -> Iterator[Span | int]:
        for found in _SAYS.finditer(text):
            judged = self._judged(text, found)
            if judged is not None and judged.kind in SECRETS and not judged.doubtful:
                spans = list(_said(text, found, judged))
                yield from spans
                if not spans:
                    yield found.start()

    def _judged(self, text: str, found: Match[str]) -> Judgement | None:
        name = found[1]
        before = text[max(0, found.start() - 3) : found.start()]
        if (
            (len(name) > 48 and name.isalnum())
            or (len(name) > 20 and looks_random(name))
            or before in {"://", "ED:"}
            or (before[-1:] == ":" and _between_colons(found))
        ):
            # That is a text in base64, the user in a URL, or a part of `a:b:c`.
            return None
        judged = self._keys.judge(name)
        if judged is None or judged.doubtful:
            # `api key: ...`, `security code: ...`: a name of several words.
            spaced = text[found.start() - 1 : found.start()] == " " and name.lower() in _SECOND
            words = _WORDS.search(text, max(0, found.start() - 40), found.start()) if spaced else None
            several = self._keys.judge(f"{words[0].rstrip()} {name}") if words is not None else None
            judged = several or judged
        # What is secret in a connection string is found by its form.
        known = judged is not None and judged.kind in KINDS and judged.kind != "connection"
        return judged if known else None


def _value(text: str, found: Match[str], judged: Judgement) -> Iterator[Span]:
    place, rule, sign = found.end(), f"pair:{judged.kind}", found[2]
    if place >= len(text) or (sign[0] == "]" and text[found.start() - 1 : found.start()] == "="):
        # The second is a selector of a style sheet.
        return
    if sign.startswith(")") and text[place] == "(":
        # `Key (token)=(...)`, as PostgreSQL says it.
        place += 1
    inside = quoted(text, place)
    if inside is not None:
        start, end = inside
        if end > start and goes(text[start:end], judged, quoted=True):
            yield Span(start, end, judged.kind, rule)
        return
    if _LIST.match(text, place):
        yield from _listed(text, place, judged, rule)
        return
    if judged.counted and text[place] == "[":
        place += 1
    phrase = _PHRASE.match(text, place) if "phrase" in found[1].lower() or "mnemonic" in found[1].lower() else None
    if phrase is not None and not is_remark(phrase[0]):
        yield of(phrase, 0, judged.kind, rule)
        return
    yield from _bare(text, place, found, judged)


def _bare(text: str, place: int, found: Match[str], judged: Judgement) -> Iterator[Span]:
    end = unquoted(text, place, found.start())
    value, rule, name = text[place:end], f"pair:{judged.kind}", found[1].rpartition(".")[2]
    exact = "=" in found[2]
    if _sign_of_test(found[2], value) or (judged.kind == "key" and _PATH.fullmatch(value)):
        return
    if value and is_code(value, name) and (exact or any(sign in value for sign in "([.")):
        # A source line: a literal that stands in for what is not set is one all the same.
        default = _FALLBACK.match(text, place)
        if default is not None and goes(default[2], judged, quoted=True) and looks_chosen(default[2]):
            yield of(default, 2, judged.kind, rule)
        return
    if not value or not goes(value, judged, quoted=False):
        return
    # Behind a colon and a blank stands the rest of a sentence as often as a value.
    if is_word(value) and not exact and _goes_on(text, end):
        return
    more = _MORE.match(text, end) if judged.counted else None
    if more is not None and looks_chosen(more[0].rpartition(",")[2].strip()):
        end = more.end()
    yield Span(place, end, judged.kind, rule)


def _between_colons(found: Match[str]) -> bool:
    return len(found.groups()) > 1 and found[2] == ":"


def _parameters(text: str) -> Iterator[Span | int]:
    for found in _PARAMETER.finditer(text):
        value = found[2]
        good = (len(value) >= 16 or not (is_word(value) or value.isdigit())) and not is_placeholder(value)
        yield of(found, 2, "token", "parameter") if good else found.start()


def _sign_of_test(sign: str, value: str) -> bool:
    """Tell whether a pair is a comparison in a program: `password == 3`."""
    return sign.strip() == "==" and (len(value) < 4 or value.isidentifier())


def _said(text: str, found: Match[str], judged: Judgement) -> Iterator[Span]:
    """Find what a sentence gives away: it has to look like more than its next word."""
    rule = f"said:{judged.kind}"
    inside = quoted(text, found.end())
    if inside is not None:
        value = text[inside[0] : inside[1]]
        if len(value) >= 4 and goes(value, judged, quoted=False) and (looks_chosen(value) or " " not in value):
            yield Span(*inside, judged.kind, rule)
        return
    end = unquoted(text, found.end(), found.start())
    value = text[found.end() : end]
    if len(value) >= 4 and goes(value, judged, quoted=False) and looks_chosen(value):
        yield Span(found.end(), end, judged.kind, rule)


def _listed(text: str, place: int, judged: Judgement, rule: str) -> Iterator[Span]:
    opening = _LIST.match(text, place)
    place = opening.end() if opening else place
    for _ in range(100):
        name, item = "", _ITEM.match(text, place)
        if item is None:
            return
        if text[item.end() : item.end() + 1] == ":":
            # A dict: what its keys hold.
            name, item = item[2], _ITEM.match(text, _BLANKS.match(text, item.end() + 1).end())
            if item is None:
                return
        if item[2] and not (name and harmless(name)) and goes(item[2], judged, quoted=True):
            yield of(item, 2, judged.kind, rule)
        place = item.end()
        if not item[3]:
            return


def _goes_on(text: str, end: int) -> bool:
    following = text[end : end + 2]
    return len(following) == 2 and following[0] == " " and (following[1].isalpha() or following[1] in "'\"({")
