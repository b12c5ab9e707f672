"""Put positional arguments into a `%` template; those that a telling word leads to can be hidden."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from obskit.protect.lazy import lazy
from obskit.protect.shown import bounded, class_name, guarded, shown

Hide = Callable[[str, Any], str | None]

# https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting
_PLACEHOLDER = lazy(r"%(?:\(([^()]*)\))?[#0\- +]{0,8}(\*|\d{1,9})?(?:\.(\*|\d{0,9}))?[hlL]?([a-zA-Z%])")
_WORD = lazy(r"[^\W_]+(?:[_.-][^\W_]+){0,8}")
_BREAK = lazy(r"[\n\r;!?|&]|[,.]\s")
_LONGEST_WORDS = 64
_MOST_WORDS = 3
_LONGEST_KEPT = 2000
_MOST_LISTED = 100
_MOST_JUDGED = 20
# Words that only lead over to a value: "password for %s is %s" tells of its second value before its first.
_LINKS = frozenset(("is", "was", "are", "were", "be", "to", "as", "equals", "set", "now"))
_PREPOSITIONS = _LINKS | {"for", "of", "by", "from"}
_HARMLESS = frozenset((str, int, float, bool, type(None)))


class Place(NamedTuple):
    """One placeholder of a template.

    Attributes:
        before: The template's text between the placeholder before and this one.
        spec: The placeholder itself.
        key: The name in it, as in `%(key)s`.
        word: The last words before it.
        linked: Whether its words stand before the placeholder before.
        stars: How many widths it takes from the arguments.
        literal: Whether it is `%%`.
    """

    before: str
    spec: str
    key: str | None
    word: str
    linked: bool
    stars: int
    literal: bool


def formatted(text: Any, args: Any, hide: Hide | None = None) -> str:
    """Return `text % args`; where that raises, the text with its arguments behind it. Never raises.

    Args:
        text: The template; anything but text is turned into it first.
        args: A tuple, a mapping for `%(name)s`, or one value.
        hide: Called with the last words before each placeholder (or with the name in it) and the value for it; returns
            what is put in the value's place, or None to let it be.

    Returns:
        An exact str.
    """
    template = text if type(text) is str else _template(text)
    try:
        if type(args) is tuple and _HARMLESS.issuperset(map(type, args)):
            return _filled(template, args, hide)
        form = lambda given: _filled(template, given, hide)  # noqa: E731 - the guard is handed it once
        return str(guarded(form, args, lambda given: f"{template} (…)"))
    except Exception:
        return _listed(template, args, hide)


def _template(text: Any) -> str:
    kind = type(text)
    if issubclass(kind, str):
        return str.__str__(text)
    try:
        if issubclass(kind, (bytes, bytearray)):
            return bytes(text).decode("utf-8", "backslashreplace")
        return str.__str__(guarded(str, text))
    except Exception:
        return shown(text)


def _filled(template: str, args: Any, hide: Hide | None) -> str:
    if hide is not None:
        places, tail = split(template)
        marks = _marks(places, args, hide)
        if marks:
            return _pieced(places, tail, args, marks)
    return str.__str__(template % args)


def split(template: str) -> tuple[tuple[Place, ...], str]:
    """Return the placeholders of a template and the text behind the last."""
    return _split_once(template) if len(template) <= _LONGEST_KEPT else _split(template)


def _split(template: str) -> tuple[tuple[Place, ...], str]:
    places: list[Place] = []
    begin, text, former = 0, "", ""
    for found in _PLACEHOLDER.finditer(template):
        before = template[begin : found.start()]
        begin = found.end()
        key, width, precision, conversion = found.groups()
        text = (text + before)[-_LONGEST_WORDS:]
        if conversion == "%":
            places.append(Place(before, found[0], None, "", linked=False, stars=0, literal=True))
            text += "%"
            continue
        linked = bool(former) and _leads_over(text)
        word = last_words(former, _PREPOSITIONS) if linked else last_words(text)
        stars = (width == "*") + (precision == "*")
        places.append(Place(before, found[0], key, word, linked, stars, literal=False))
        former, text = text, ""
    return tuple(places), template[begin:]


_split_once = lru_cache(maxsize=1024)(_split)


def last_words(text: str, without: frozenset[str] = _LINKS) -> str:
    """Return the last words of a text, three at most, as far as they belong together.

    Args:
        text: What stands before a value.
        without: Words that are left out at its very end.
    """
    words = _WORD.findall(_BREAK.split(text.rstrip()[-_LONGEST_WORDS:])[-1])
    while len(words) > 1 and words[-1].lower() in without:
        words.pop()
    return " ".join(words[-_MOST_WORDS:])


def _leads_over(text: str) -> bool:
    words = _WORD.findall(text)
    return bool(words) and all(word.lower() in _LINKS for word in words)


def _marks(places: tuple[Place, ...], args: Any, hide: Hide) -> dict[int, str]:
    """Return what stands in the place of the values that are hidden, by placeholder."""
    marks: dict[int, str] = {}
    given = args if isinstance(args, tuple) else (args,)
    taken = 0
    for number, place in enumerate(places):
        if place.literal:
            continue
        if place.key is not None:
            mark = hide(place.key, args[place.key]) or (hide(place.word, args[place.key]) if place.word else None)
        else:
            taken += place.stars + 1
            if taken > len(given):
                break
            # In "password %s to %s" the words belong to the first value, which they hide.
            settled = place.linked and number - 1 in marks
            mark = hide(place.word, given[taken - 1]) if place.word and not settled else None
        if mark is not None:
            marks[number] = mark
    return marks


def _pieced(places: tuple[Place, ...], tail: str, args: Any, marks: dict[int, str]) -> str:
    """Format one placeholder at a time, so that what is hidden is never turned into text."""
    given = args if isinstance(args, tuple) else (args,)
    pieces: list[str] = []
    taken = 0
    for number, place in enumerate(places):
        pieces.append(place.before)
        if place.literal:
            pieces.append("%")
        elif place.key is not None:
            taken = len(given)
            pieces.append(marks[number] if number in marks else place.spec % args)
        else:
            values = tuple(given[taken : taken + place.stars + 1])
            taken += place.stars + 1
            pieces.append(marks[number] if number in marks else place.spec % values)
    if taken < len(given):
        raise TypeError("not all arguments converted during string formatting")
    return "".join([*pieces, tail])


def _listed(template: str, args: Any, hide: Hide | None) -> str:
    """Return a template that does not fit its arguments, with the arguments behind it."""
    try:
        listed = args if isinstance(args, tuple) else (args,)
        # Which word leads to which value can't be told any more: each may lead to any.
        words = [] if hide is None else _telling(template)
        parts = []
        for value in islice(listed, _MOST_LISTED):
            marks = (hide(word, value) for word in words if hide is not None)
            mark = next((mark for mark in marks if mark is not None), None)
            parts.append(shown(value) if mark is None else mark)
        rest = ["…"] if len(listed) > _MOST_LISTED else []
        return f"{template} ({bounded(', '.join([*parts, *rest]))})" if parts else template
    except Exception:
        # What can't be judged is not shown.
        return f"{template} ({class_name(type(args))})"


def _telling(template: str) -> list[str]:
    places, tail = split(template)
    words = [word for place in places for word in (place.key, place.word) if word]
    end = last_words(tail if tail.strip() else template)
    return list(dict.fromkeys([*words[:_MOST_JUDGED], end] if end else words[:_MOST_JUDGED]))
