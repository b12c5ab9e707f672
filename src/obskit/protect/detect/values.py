"""Where a value in a text ends, and whether it is one that has to go."""

from __future__ import annotations

from obskit.protect.keys import DENIED, Judgement
from obskit.protect.lazy import Lazy, lazy
from obskit.protect.literals import goes_in_doubt, is_marker, is_placeholder, is_remark
from obskit.protect.vocabulary import NUMBERED

_QUOTED = Lazy(
    r"(?:[bBrRuUfFnNeE@]{1,2}|(?:Some|Optional|Just|Ok|Secret\w*(?:::new)?|Sensitive\w*|String(?:::from)?)\(\s{0,40})?(\"\"\"|'''|\"|'|`)((?:(?!\1)[^\\\n]|\\.|\1\1(?=[^\s,;)\]}]|\1)){0,8192}+)(\1)?"
)
_RUN = Lazy(r"[^\s\"'`<]{1,8192}+")
# Where an unquoted value ends although no blank follows: the next pair of a form, a connection string, a list.
_NEXT = Lazy(
    r"[&;,|\\](?:(?<=[&;,|])(?=[\w.\-%\[\]$]{1,64}=)|(?<=[;,])(?=[A-Za-z][\w ]{0,40}[=:])|(?<=[,;|])(?=[\"'\[({]|$)"
    r"|(?<==;)|(?<=\\)[nrt]|(?<=&)amp;|(?<=\|)\|)"
)
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_MOST_CLOSERS = 6
_DIGIT = lazy(r"\d")
_COUNTED = frozenset({"token", "key", "secret", "cookie", "authorization"})


def quoted(text: str, place: int) -> tuple[int, int] | None:
    """Return where the text in quotes that begins at a place stands; None where there are no quotes."""
    found = _QUOTED.match(text, place)
    if found is None or (found[1] == "`" and " " in found[2]):
        # A shell's command in backticks yields the value, it is not it.
        return None if found is None else (found.start(2), found.start(2))
    start, end = found.span(2)
    return start, end


def unquoted(text: str, place: int, begin: int) -> int:
    """Return where a value without quotes ends.

    Args:
        text: What it stands in.
        place: Where it begins.
        begin: Where its name begins.
    """
    run = _RUN.match(text, place)
    if run is None:
        return place
    end: int = run.end()
    following = _NEXT.search(text, place, end)
    if following is not None:
        end = following.start()
    for _ in range(_MOST_CLOSERS):
        last = text[end - 1 : end]
        if end > place and (last in ".,;:" or (last in _CLOSERS and _closes(text, last, begin, place, end))):
            end -= 1
        else:
            break
    return end


def _closes(text: str, closer: str, begin: int, place: int, end: int) -> bool:
    """Tell whether a closing bracket belongs to one that was opened before the value."""
    opener, value = _CLOSERS[closer], text[place:end]
    if value.count(opener) >= value.count(closer):
        return False
    before = text[max(0, begin - 400) : place]
    # One that ends plain letters and digits is the text's, wherever it was opened.
    return before.count(opener) > before.count(closer) or value[:-1].replace("-", "").replace("_", "").isalnum()


def goes(value: str, judged: Judgement, *, quoted: bool) -> bool:
    """Tell whether a value in a text, under a telling name, has to go."""
    kind = judged.kind
    if kind == DENIED:
        return value != "" and not is_marker(value)
    if is_placeholder(value) or value.startswith("HTTP/"):
        return False
    if kind in NUMBERED:
        return len(_DIGIT.findall(value)) >= NUMBERED[kind] and len(value) < 64
    if judged.doubtful:
        return goes_in_doubt(value, kind)
    if is_remark(value):
        return False
    if value.isdigit() and kind in _COUNTED:
        return len(value) > 5
    if kind == "pin":
        return _DIGIT.search(value) is not None and 4 <= len(value) <= 64
    # The working directory shares its name with a password.
    return not (value[0] in "/~" and not quoted and kind == "password" and ("/" in value[1:] or value[1:].isalpha()))
