"""Secrets in the languages of databases and of markup."""

from __future__ import annotations

from collections.abc import Iterator
from re import Match

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.detect.pairs import ASCII_STEM, KINDS
from obskit.protect.detect.values import goes
from obskit.protect.keys import Judgement, Keys
from obskit.protect.lazy import Anchored, Lazy
from obskit.protect.literals import is_placeholder, looks_chosen
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of

_INSERT = Anchored(
    r"(?:insert|replace|merge)\s",
    r"(?s)\b(?:insert|replace|merge)\s[^()]{0,200}?\(\s*([^()]{1,2000}?)\)\s*(?:output\s[^()]{0,100})?values?\s*(?=\()",
)
_COMMA = Lazy(r"\s{0,8},")
_ROW = Lazy(r"\s{0,8}\(")
_CELL = Lazy(
    r"\s{0,8}(?:[nNeEbBxXuU]{1,2}(?='))?('(?:[^'\\]|''|\\.){0,8192}+'|\"(?:[^\"\\]|\\.){0,8192}+\"|[^,()'\"]{0,400}+(?:\([^()]{0,200}\))?)\s{0,8}([,)]?)"
)
_IDENTIFIED = Anchored(
    r"(?:identified|encrypted|with\s|set\s|old_password|password)",
    r"\b(?:identified\s{1,3}(?:with\s{1,3}\S{1,40}\s{1,3})?(?:by|as)(?:\s{1,3}password)?|(?:encrypted\s{1,3}|with\s{1,3}|set\s{1,3})?password"
    r"(?:\s{1,3}(?:to|for\s{1,3}\S{1,80}\s{0,3}=))?|old_password|password)(?:\s{1,3}|\s{0,3}\(\s{0,3})n?(['\"])((?:(?!\1)[^\\\n]|\\.|\1\1){1,1024}+)\1",
)
_LIKE = Anchored(
    rf"[\w.`\"\[\]]*(?:{ASCII_STEM})[\w`\"\]]*\s+(?:not\s+)?(?:like|ilike|in|<>|!=|similar)",
    r"(?<!\w)[\w.`\"\[]{0,80}?([A-Za-z_]\w{0,63})[`\"\]]?\s{1,3}(?:not\s)?(?:i?like|in\s?\(|<>|!="
    r"|similar to)\s{0,3}n?'((?:[^'\\]|''){1,1024}+)'",
)
_INSERT_TRIGGER = Trigger(r"(?i)\)\s*(?:output\s[^()]*)?values?\s*\(", ("value",), telling=True)
_IDENTIFIED_TRIGGER = Trigger(
    r"(?i)identified\s|password(?:\s+(?:to|for)\s|\s*\(?\s*n?['\"])|password\s+['\"]",
    ("identified", "password"),
)
_LIKE_TRIGGER = Trigger(
    r"(?i)[^\s]\s+(?:not\s)?(?:i?like|in\s?\(|<>|!=|similar to)\s*n?'",
    ("'",),
    telling=True,
)

_TAG = Lazy(
    r"<((?:[\w.-]{1,40}:)?[A-Za-z_][\w.-]{0,63})(?:\s[^<>]{0,400})?>(?:<!\[CDATA\[)?\s{0,4}([^<>\n\]]{1,8192}+)(?:\]\]>)?\s{0,4}</(?:[\w.-]{1,40}:)?[\w.-]+>"
)
_NAMED = Anchored(
    r"(?:name|key|id|field|param|header|property|attribute|variable|k)[\"']?\s*[=:]\s*[\"'][\w .\-\[\]:]+[\"']",
    r"(?<![A-Za-z])(?:name|key|id|field|param|header|property|attribute|variable|k)[\"']?\s{0,2}[=:]\s{0,2}"
    r"[\"']([\w .\-\[\]:]{1,80}+)[\"']"
    r"(?:[\s,;]{1,6}(?:type|label|description|secure|id|class|autocomplete|placeholder)[\"']?\s?[=:]\s?(?:[\"'][^\"'\n]{0,80}[\"']|true|false)){0,4}"
    r"[\s,;/]{1,8}[\"']?(?:value|val|content|secret|v|default)[\"']?\s{0,2}[=:]\s{0,2}[\"']([^\"'\n]{1,8192}+)[\"']",
)
_LINES = Anchored(
    r"(?:name|key|k)[\"']?\s*[=:]",
    r"(?<![A-Za-z])(?:name|key|k)[\"']?[ \t]{0,3}[=:][ \t]{0,3}[\"']?([\w.\-]{1,80}+)[\"']?(?:[ \t]{0,3}\r?\n"
    r"[ \t]{0,40}|[ ,;]{1,3})"
    r"(?:value|val|v|content)[\"']?[ \t]{0,3}[=:][ \t]{0,3}(?:\"([^\"\n]{1,8192}+)\"|'([^'\n]{1,8192}+)'|("
    r"[^\s\"',;]{1,8192}+))",
)
_PART = Anchored(
    r"content-disposition:",
    r"content-disposition:\s?form-data;\s?name=\"?([^\"\r\n;]{1,128}+)\"?[^\r\n]{0,200}(?:\r?\n[\w-]+:[^\r\n]{0,200}){0,4}\r?\n\r?\n([^\r\n]{1,8192}+)",
)
_REVERSED = Anchored(
    r"(?:value|content)=[\"']",
    r"(?<![\w-])(?:value|content)=[\"']([^\"'\n]{1,8192}+)[\"'](?:\s{1,4}(?!name=|id=)[\w-]{1,40}=[\"']"
    r"[^\"'\n]{0,200}[\"']){0,4}\s{1,4}(?:name|id)=[\"']([\w .\-\[\]:]{1,80}+)[\"']",
)
_ELEMENTS = Lazy(
    r"<(?:name|key|string|param-name)>\s{0,4}([\w .\-:]{1,80}+)\s{0,4}</(?:name|key|string"
    r"|param-name)>\s{0,40}<(value|string|param-value|data)>\s{0,4}([^<>\n]{1,8192}+)</"
)
_ATTRIBUTE = Lazy(
    r"<\w[\w:.-]{0,40}\s(?:[^<>]{0,200}\s)?(?:key|name|id)=[\"']([\w .\-\[\]:]{1,80}+)[\"'][^<>]{0,200}>\s{0,4}("
    r"[^<>\n]{1,8192}+)</"
)
# A row of a table, as psql, vault and Markdown show them.
_ROW_OF_TWO = Lazy(
    r"(?m)^[| \t]{0,8}([A-Za-z][\w.\-]{1,48}+)(?:[ ]{2,60}|[ ]{0,8}\t[ \t]{0,8}|[ ]{1,60}\|[ ]{0,8}|\|[ ]?)("
    r"[^\s|]{4,4096}+)[ \t|]{0,8}$"
)
# A library for validation that shows what it was given: the field's name stands in a line of its own.
_INPUT = Lazy(
    r"(?m)^((?:\w+\.)*(\w+))\n[ \t]+[^\n]{0,200}?\binput_value=(?:'((?:[^'\\\n]|\\.){1,1024}+)'|\"((?:[^\"\\\n]"
    r"|\\.){1,1024}+)\"|(\d+))"
)
_VALUED = r"[\s,;/\"'](?:value|val|content|secret|v|default)[\"']?\s*[=:]"
_TAG_TRIGGER = Trigger(r"</", ("</",), telling=True)
_NAMED_TRIGGER = Trigger(
    rf"(?i){_VALUED}",
    ("=", ":"),
    telling=True,
)
_REVERSED_TRIGGER = Trigger(
    r"(?i)(?:value|content)=[\"'][^\"']*[\"'][^<>]*\s(?:name|id)=",
    ("value=", "content="),
    telling=True,
    rough=r"\s(?:name|id)=",
)
_ROW_TRIGGER = Trigger(r"[^\s|](?:  | ?\t| ?\|)[ |\t]*[^\s|]{4}", ("  ", "\t", "|"), telling=True)
_PART_TRIGGER = Trigger(r"(?i)form-data;\s?name=", ("form-data",), telling=True)
_INPUT_TRIGGER = Trigger(r"input_value=", ("input_value",), telling=True)


class Statements:
    """Find secrets by the names that other notations give them.

    Args:
        keys: Judges the names.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def detectors(self) -> list[Detector]:
        """Return the detectors of this file."""
        return [
            detector("sql:insert", KINDS, _INSERT_TRIGGER, self._inserts),
            detector("sql:identified", {"password"}, _IDENTIFIED_TRIGGER, _identified),
            detector("sql:like", KINDS, _LIKE_TRIGGER, self._likes),
            detector("element", KINDS, _TAG_TRIGGER, lambda text: self._each(_TAG.finditer(text), "element")),
            detector("named", KINDS, _NAMED_TRIGGER, lambda text: self._each(_NAMED.finditer(text), "named")),
            detector("named:lines", KINDS, _NAMED_TRIGGER, lambda text: self._each(_LINES.finditer(text), "named")),
            detector("named", KINDS, _REVERSED_TRIGGER, lambda text: self._each(_REVERSED.finditer(text), "named", 2)),
            detector("named", KINDS, _TAG_TRIGGER, lambda text: self._each(_ELEMENTS.finditer(text), "named")),
            detector("named", KINDS, _TAG_TRIGGER, lambda text: self._each(_ATTRIBUTE.finditer(text), "named")),
            detector(
                "row", KINDS, _ROW_TRIGGER, lambda text: self._each(_ROW_OF_TWO.finditer(text), "row", chosen=True)
            ),
            detector("part", KINDS, _PART_TRIGGER, lambda text: self._each(_PART.finditer(text), "part")),
            detector("input", KINDS, _INPUT_TRIGGER, lambda text: self._each(_INPUT.finditer(text), "input")),
        ]

    def _inserts(self, text: str) -> Iterator[Span | int]:
        for found in _INSERT.finditer(text):
            yield from self._rows(text, found)

    def _likes(self, text: str) -> Iterator[Span | int]:
        for found in _LIKE.finditer(text):
            judged = self._judged(found[1])
            if judged is not None and goes(found[2].strip("%"), judged, quoted=True):
                yield of(found, 2, judged.kind, f"sql:{judged.kind}")

    def _rows(self, text: str, found: Match[str]) -> Iterator[Span]:
        columns = [self._judged(column.strip(' \t\r\n"`[]')) for column in found[1].split(",")]
        if not any(columns):
            return
        place = found.end()
        while (row := _ROW.match(text, place)) is not None:
            place = row.end()
            for judged in columns:
                cell = _CELL.match(text, place)
                if cell is None:
                    return
                yield from _cell(cell, judged)
                place = cell.end()
                if cell[2] != ",":
                    break
            comma = _COMMA.match(text, place)
            if comma is None:
                return
            place = comma.end()

    def _judged(self, name: str) -> Judgement | None:
        judged = self._keys.judge(name)
        return judged if judged is not None and judged.kind in KINDS and not judged.doubtful else None

    def _each(
        self, matches: Iterator[Match[str]], rule: str, name: int = 1, *, chosen: bool = False
    ) -> Iterator[Span | int]:
        for found in matches:
            judged = self._judged(found[name].rpartition(":")[2])
            group = next(n for n in range(found.lastindex or 2, 0, -1) if found[n] is not None and n != name)
            value = found[group].strip()
            good = judged is not None and value and goes(value, judged, quoted=True) and not self._is_name(value)
            if judged is not None and good and (not chosen or len(value) > 15 or looks_chosen(value)):
                start = found.start(group) + found[group].index(value)
                yield Span(start, start + len(value), judged.kind, f"{rule}:{judged.kind}")
            elif judged is not None:
                yield found.start()

    def _is_name(self, value: str) -> bool:
        return value.isidentifier() and self._keys.judge(value) is not None and not any(map(str.isdigit, value))


def _identified(text: str) -> Iterator[Span | int]:
    for found in _IDENTIFIED.finditer(text):
        good = not is_placeholder(found[2]) and not found[2].startswith("HTTP/")
        yield of(found, 2, "password", "sql:password") if good else found.start()


def _cell(cell: Match[str], judged: Judgement | None) -> Iterator[Span]:
    value = cell[1].strip()
    if (
        judged is None
        or not value
        or is_placeholder(value.strip("'\""))
        or (value[0] not in "'\"" and not value.isdigit())
    ):
        return
    start = cell.start(1) + (value[0] in "'\"")
    yield Span(start, start + len(value.strip("'\"")), judged.kind, f"sql:{judged.kind}")
