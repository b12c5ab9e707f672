"""See through disguises: the same text without odd characters and escapes, and where each character came from."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator

from obskit.protect.lazy import lazy

# Characters that show nothing, or only change what stands beside them.
_NOTHING = lazy(
    "\x1b\\[[0-9;?]{0,16}[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]+"
)
# Those, and characters that look like one of ASCII: full-width and styled letters, digits of other scripts, dashes...
ODD = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\xa0\xad\u0300-\u036f\u0391-\u03c9\u0400-\u045f\u061c\u0660-\u0669"
    "\u06f0-\u06f9\u0966-\u096f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2010-\u2015\u2028-\u202f"
    "\u2044\u205f-\u206f\u2070-\u2079\u2080-\u2089\u2100-\u214f\u2160-\u217f\u2212\u2215\u2236\u2460-\u24e9"
    "\u3000\u3164\ufe00-\ufe0f\ufe52\ufe55\ufe58\ufe63\ufe66\ufe6b\ufeff\uff01-\uff65\uffa0\ufff9-\ufffb"
    "\U0001d400-\U0001d7ff\U0001f130-\U0001f169\U000e0000-\U000e01ef]"
)
_ODD = lazy(ODD)
ESCAPE = (
    r"%[0-9A-Fa-f]{2}|\\(?:u\{?[0-9A-Fa-f]{2}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[0-7]{3}|[\"'/\\bnrt ])"
    r"|&#(?:[0-9]|[xX][0-9A-Fa-f])|&[a-zA-Z]{2,8};|=(?:3D|40|2E|2D|5F)"
)
# A run at once: text with escapes is often made of little else. Each escape of a run stands for one character.
# What shows nothing, as UTF-8 in percent-encoding.
_UNSEEN = lazy(r"(?i)%(?:e2%80%8[b-f]|e2%80%a[a-e]|e2%81%a[0-9a-f]|ef%bb%bf|c2%ad|cc%8[0-9a-f])")
_PERCENT = lazy(r"(?:%(?:09|0[AaDd]|[2-7][0-9A-Fa-f]))+")
_BACKSLASH = lazy(
    r"\\(?:[\"'/\\](?:\\[\"'/\\])*+|u(?:00[2-7][0-9A-Fa-f](?:\\u00[2-7][0-9A-Fa-f])*+|[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]{1,6}\})"
    r"|x(?:[2-7][0-9A-Fa-f](?:\\x[2-7][0-9A-Fa-f])*+|[Aa][Dd])|[nrtb ]|U[0-9A-Fa-f]{8}|[0-7]{3})"
)
_ENTITY = lazy(r"(?:&amp;)+|(?:&#(?:3[2-9]|[4-9][0-9]);)+|&#[0-9]{1,7};|&#[xX][0-9A-Fa-f]{1,6};|&[a-zA-Z]{2,8};")
_COMMON = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&nbsp;": " "}
_PRINTABLE = lazy(r"=(3D|40|2E|2D|5F)")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": " ", " ": " "}
# Letters and signs of other scripts that nobody can tell from those of ASCII.
_ALIKE = dict(zip(
    "аеорсухіјѕԁɡһӏᴠԛԝАВЕКМНОРСТХУІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧορν⁄∕∶",
    "aeopcyxijsdghlvqwABEKMHOPCTXYIJSABEZHIKMNOPTYXopv//:",
    strict=True,
))  # fmt: skip
# Where a word goes on in the next line, maybe as a program's text that is put together.
_BREAK = lazy(
    r"(?<=[A-Za-z0-9_.-])(?:[\"']\s{0,8}\+?\s{0,8}\\?\r?\n\s{0,40}[\"']|\\?\r?\n[ \t]{0,40}|[\"']\s{1,8}[\"'])"
    r"(?=[A-Za-z0-9_.-])"
)
Replace = Callable[[re.Match[str]], str]
_MOST = 20_000
_ROUNDS = 5


class View:
    """A text as a detector should see it, and where it came from.

    Args:
        text: The text.
        under: The view that it was made of; None for the original.
        pattern: What was replaced in that.
        replace: By what.
    """

    __slots__ = ("_coming", "_edits", "_pattern", "_places", "_replace", "_under", "text")

    def __init__(
        self,
        text: str,
        under: View | None = None,
        pattern: re.Pattern[str] | None = None,
        replace: Replace | None = None,
    ) -> None:
        self.text = text
        self._under = under
        self._pattern = pattern
        self._replace = replace
        self._edits: list[tuple[int, int, int, int]] | None = None
        self._places: list[int] = []
        self._coming: Iterator[tuple[int, int, int, int]] = iter(())

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of a stretch of this view that is not empty."""
        if self._under is None:
            return start, end
        if end == len(self.text):
            return self._under.original(self._stretch(start)[0], len(self._under.text))
        return self._under.original(self._stretch(start)[0], self._stretch(end - 1)[1])

    def _made(self) -> Iterator[tuple[int, int, int, int]]:
        """Return where each edit stands here, how many characters it left, and what it replaced in the other view."""
        size = begin = 0
        if self._under is None or self._pattern is None or self._replace is None:
            return
        for found in self._pattern.finditer(self._under.text):
            start, end = found.span()
            size += start - begin
            left = len(self._replace(found))
            yield size, left, start, end
            size += left
            begin = end

    def _stretch(self, place: int) -> tuple[int, int]:
        if self._edits is None:
            # Most views hold nothing: only then is it worth to know where everything came from.
            self._edits, self._places, self._coming = [], [], self._made()
        while not self._places or self._places[-1] <= place:
            edit = next(self._coming, None)
            if edit is None:
                break
            self._edits.append(edit)
            self._places.append(edit[0])
        number = bisect_right(self._places, place) - 1
        if number < 0:
            return place, place + 1
        at, left, begin, end = self._edits[number]
        if place < at + left:
            width = (end - begin) // left
            return begin + (place - at) * width, begin + (place - at + 1) * width
        return end + place - at - left, end + place - at - left + 1


class _Alike(dict[int, str]):
    """Maps characters to those of ASCII that they look like; filled as they are met."""

    def __missing__(self, code: int) -> str:
        if len(self) > _MOST:
            self.clear()
        self[code] = found = _ascii(chr(code))
        return found


_alike = _Alike()


def views(text: str) -> list[View]:
    """Return the text as it stands, in plain characters, and with each layer of escapes taken off."""
    found = [View(text)]
    if _ODD.search(text) and (plain := _alike_ascii(_NOTHING.sub("", text))) != text:
        found.append(View(plain, found[0], _NOTHING, _nothing))
    for _ in range(_ROUNDS):
        following = _unescaped(found[-1])
        if following is found[-1]:
            break
        found.append(following)
    return found


def fold(text: str) -> str:
    """Return a text in plain characters: full-width and styled letters as ASCII, what shows nothing left out."""
    return _alike_ascii(_NOTHING.sub("", text)) if _ODD.search(text) else text


def joined(text: str) -> View:
    """Return a text whose lines are joined where a word is broken between them."""
    return View(_BREAK.sub("", text), View(text), _BREAK, _nothing)


def _unescaped(view: View) -> View:
    """Return a view with one layer of escapes taken off; the view itself where there are none."""
    text = view.text
    if "%" in text:
        view = _replaced(_replaced(view, _UNSEEN, _nothing), _PERCENT, _percent)
    if "\\" in text:
        view = _replaced(view, _BACKSLASH, _backslash)
    if "&" in text:
        view = _replaced(view, _ENTITY, _entity)
    if "=" in text:
        view = _replaced(view, _PRINTABLE, _printable)
    # What was escaped may be what shows nothing.
    return _replaced(view, _NOTHING, _nothing) if view.text is not text and _ODD.search(view.text) else view


def _replaced(view: View, pattern: re.Pattern[str], replace: Replace) -> View:
    text = pattern.sub(replace, view.text)
    # What an escape stood for may itself be a disguise.
    return view if text == view.text else View(_alike_ascii(text), view, pattern, replace)


def _nothing(_: re.Match[str]) -> str:
    return ""


def _percent(run: re.Match[str]) -> str:
    return bytes.fromhex(run[0].replace("%", "")).decode("latin-1")


def _backslash(run: re.Match[str]) -> str:
    text = run[0]
    sign = text[1]
    if sign in "\"'/\\":
        return text[1::2]
    if sign in _CONTROLS:
        return _CONTROLS[sign]
    if len(text) > 6 and text[6] == "\\":
        return bytes.fromhex(text.replace("\\u00", "")).decode("latin-1")
    if sign == "x":
        return bytes.fromhex(text.replace("\\x", "")).decode("latin-1")
    return _letter(int(text[1:], 8) if sign.isdigit() else int(text[2:].strip("{}"), 16), text)


def _entity(run: re.Match[str]) -> str:
    text = run[0]
    if text.startswith("&amp;"):
        return "&" * (len(text) // 5)
    if (common := _COMMON.get(text)) is not None:
        return common
    if text[1] != "#":
        from html.entities import html5

        character = html5.get(text[1:], "")
        return character if len(character) == 1 else text
    codes = text[2:-1].split(";&#")
    if len(codes) > 1:
        return "".join(_letter(int(code), f"&#{code};") for code in codes)
    return _letter(int(codes[0][1:], 16) if codes[0][0] in "xX" else int(codes[0]), text)


def _printable(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _letter(code: int, otherwise: str) -> str:
    """Return a character, or what stood for it where it is none that a secret's form needs."""
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or 0x7F <= code < 0xA0 or code < 0x09:
        return otherwise
    return chr(code)


def _alike_ascii(text: str) -> str:
    return text if text.isascii() else text.translate(_alike)


def _ascii(character: str) -> str:
    if character in _ALIKE:
        return _ALIKE[character]
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) == 1 and folded.isascii():
        return folded
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.digit(character))
    return {"Pd": "-", "Zs": " ", "Zl": "\n", "Zp": "\n"}.get(kind, "-" if character == "\u2212" else character)
