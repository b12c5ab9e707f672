"""Tell values that stand under a telling name and are no secret all the same: placeholders, code, words about it."""

from __future__ import annotations

from typing import Any

from obskit.protect.keys import DENIED, Judgement
from obskit.protect.lazy import Lazy
from obskit.protect.remarks import REMARKS

# What stands for a value without being one.
_PLACEHOLDER = Lazy(
    r"\*+|[x•●_.?-]+|X+|#+|[$%][({].*|\{\{.*|<%.*|\*{3,}\w{0,4}|(?:env|vault|ssm|arn|secretsmanager|keyring|k8s|gcp|sops)[:+][\w./:@-]+|\(not\b.*|\$[A-Za-z_]\w*|\$\d{1,2}|%[sdr]|%\(\w+\)[sdr]|%[A-Z_]+%|\{\{.*\}\}|\{\w*(?:[.!:]\w*)*\}|<[^<>]{0,60}>|:[a-z_]\w*"
    r"|@[a-z_]\w*|\?|!(?:vault|Ref|Sub|GetAtt|ImportValue|env|secret|include|reference)\b.*|\([a-z]{2,20}\)|\["
    r"[A-Za-z *_-]{0,90}\]|\[\*+|\W{0,2}"
    r"|(?i:redacted|filtered|masked|hidden|secret-removed|n/?a|none|null|nil|nan|undefined|true|false|yes|no|on|off|unset|empty|todo"
    r"|your[ _-][\w -]{2,40}|placeholder|[a-z]+_here|insert[ _-][\w -]+)"
)
# The same for a value of its own, which begins and ends where it does: closed forms only.
_EMPTY = Lazy(
    r"\*+|[xX•●]+|\.+|\W{0,2}|\$\{[A-Za-z_][\w.:-]*\}|\$\([a-z_][\w /.-]*\)|\{\{ ?[A-Za-z_][\w. ]* ?\}\}|\{"
    r"[a-z_]\w*\}|%[sdr]|%\(\w+\)s|\$[A-Z][A-Z_]{2,}"
    r"|%[A-Z_]{3,}%|<[A-Za-z_ -]{1,40}>|\[[A-Za-z _-]{1,40}\]|\[\*+\]|:[a-z]+_[a-z_]+|!(?:vault|Ref|Sub|GetAtt"
    r"|ImportValue|env|secret|reference) [\w./:-]+"
    r"|(?i:redacted|filtered|masked|hidden|n/?a|none|null|nil|nan|undefined|true|false|unset|empty|not set)"
)
_MARKER = Lazy(r"\[REDACTED:[\w-]*\]|\[[a-z][a-z0-9_-]{0,31}:[0-9a-f]{8}\]|\[\*+\]?")
_SAID = Lazy(
    r"(?i)\b(?:required|must|invalid|blank|missing|expired|at least|too (?:short|long|common|similar|weak)|do"
    r"(?:es)? not match|don't match|incorrect|"
    r"not allowed|cannot|can't|may not|should|was not|is not|has been|have been|not found|not set|unchanged"
    r"|not provided|need|characters)\b"
)
# What a program says of a field.
_RULE = Lazy(
    r"(?i)\b(?:required|must (?:be|have|not|contain|match|include)|invalid|can(?:'t|not| not) be|at least|too "
    r"(?:short|long|common|similar|weak)"
    r"|not match|incorrect|not allowed|expired|this field|may not be|should (?:be|have|contain)|is missing"
    r"|not found|not provided|not set)\b"
)
# Attribute chains, calls and subscripts, as in source lines of a stack trace.
_CODE = Lazy(
    r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\(|\[(?:[\"'\w]|$))|\d+\)|(?:self|cls|this|settings|config|conf|cfg|os|env|environ|request|req|app|args|kwargs|options|opts|ctx|process"
    r"|params|data|form|user|session|ctx|context|obj|payload|body|model|instance|credentials|creds|secrets|client|event|input|props|state)"
    r"(?:\.[A-Za-z_]\w*)+|(?:await|not|lambda|new|getattr|isinstance|str|int|len|b64encode|hash)\b|Field\("
)
_CHAIN = Lazy(r"[a-z_]{1,24}(?:\.[a-z_]{1,24})+")
_IDENTIFIER = Lazy(r"[a-z_]+(?:_[a-z]+)*\d?|[a-z]+(?:[A-Z][a-z]+)+")
_WORD = Lazy(r"[A-Za-z][a-z']*(?:-[a-z]+)*")
_RANDOM = Lazy(r"[A-Za-z0-9+/_=.~-]{16,}")
_UUID = Lazy(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]+")
_CASES = Lazy(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_COUNTED = frozenset({"token", "secret", "key", "cookie", "authorization"})
_DIGIT = Lazy(r"\d")


def is_placeholder(value: str) -> bool:
    """Tell whether a text only stands in the place of a value."""
    return _PLACEHOLDER.fullmatch(value) is not None


def is_marker(value: str) -> bool:
    """Tell whether a text is what redaction leaves of a value."""
    return _MARKER.fullmatch(value) is not None


def is_remark(value: str) -> bool:
    """Tell whether a text says something of a secret: `expired`, `must have at least 8 characters`."""
    words = value.split()
    if len(words) == 1:
        return value.strip(".!,;:").lower() in REMARKS
    return len(words) > 1 and _SAID.search(value) is not None


def is_word(value: str) -> bool:
    """Tell whether a text is one word of a sentence."""
    return _WORD.fullmatch(value) is not None


def is_code(value: str, name: str) -> bool:
    """Tell whether a text is an expression that yields the value: `self._token`, `request.form[...]`."""
    if _CODE.match(value):
        return True
    bare = value.lower().lstrip("_")
    if _CHAIN.fullmatch(value) or (
        value.isalpha() and value[0].isupper() and name.lower()[-12:].strip("_s")[-5:] in bare
    ):
        return True
    return _IDENTIFIER.fullmatch(value) is not None and (bare == name.lower() or "_" in bare.strip("_"))


def looks_random(value: str) -> bool:
    """Tell whether a text looks made by a generator of secrets: long, with letters and digits mixed."""
    if not _RANDOM.fullmatch(value) or _UUID.fullmatch(value):
        return False
    return (
        any(letter.islower() for letter in value)
        and any(letter.isupper() for letter in value)
        and _DIGIT.search(value) is not None
    )


def is_secret(value: Any, judged: Judgement) -> bool:
    """Tell whether what stands under a telling key, as a value of its own, has to go.

    Args:
        value: A text or a number.
        judged: What the key says.
    """
    kind = judged.kind
    if kind == DENIED:
        # Whoever denies a name denies `none` and `yes` under it.
        return True
    if isinstance(value, str):
        if _EMPTY.fullmatch(value) or (judged.counted and value.isdigit()):
            return False
        if judged.doubtful:
            return goes_in_doubt(value, kind)
        if kind in _PERSONAL:
            # A field called `email` may say `sent`, one called `phone` may say `verified`.
            return not is_word(value)
        return not (is_remark(value) and (" " not in value or _RULE.search(value)))
    if judged.doubtful or (isinstance(value, float) and not value.is_integer()):
        return False
    # `tokens: 512` counts them.
    return not judged.counted and (kind not in _COUNTED or abs(value) >= 100_000)


_PERSONAL = frozenset({"email", "phone", "ssn", "iban", "card", "birth", "document", "account", "pin"})


def goes_in_doubt(value: str, kind: str) -> bool:
    """Tell whether a value under a name that has other uses, too, looks like a secret."""
    if kind == "password":
        return looks_chosen(value) and len(value) >= 6 and not value.replace(".", "").replace(":", "").isdigit()
    if kind == "connection":
        # What is secret in it is found by its form.
        return "://" not in value and "=" not in value
    if kind == "authorization":
        return len(value) >= 12 and " " not in value and _DIGIT.search(value) is not None and "/" not in value
    if kind == "phone":
        return len(_DIGIT.findall(value)) >= 7
    return looks_random(value)


def looks_chosen(value: str) -> bool:
    """Tell whether a word looks like a password rather than like a word: digits or signs inside."""
    if is_word(value) or value.replace("-", "").replace("_", "").replace("/", "").isalpha() or value.endswith("%"):
        return False
    if len(value) >= 12 and len(_CASES.findall(value)) >= 3:
        return True
    return _DIGIT.search(value) is not None or any(
        not sign.isalnum() and sign not in "-_'/.:()[]{}<>" for sign in value
    )
