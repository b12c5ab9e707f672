"""Follow a private key that is spread over several lines, where each alone looks harmless."""

from __future__ import annotations

import re
from collections.abc import Callable

_BEGIN = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END = b"-----END "
_HINT = b"PRIVATE KEY"
_BASE64 = rb"[A-Za-z0-9+/]"
# All of a line behind what stands before the key on every line: a time, the name of a program.
_REST = re.compile(rb"[ \t]*(=?%b{1,100}={0,3})[ \t]*" % _BASE64)
# What begins so late or so early that the place says nothing: a full line of a key is longer than a word, and not
# all of it hexadecimal, as ids and digests are.
_LONG = re.compile(rb"(?<!%b)(?![0-9A-Fa-f]+(?!%b))(%b{40,100}={0,3})[ \t]*$" % (_BASE64, _BASE64, _BASE64))
# A line of a key as a text of a JSON line: with the line end that the program printed, or as long as only keys are.
_QUOTED = re.compile(
    rb'(?<=")(?:=?%b{1,100}={0,3}(?=(?:\\r)?\\n")|(?![0-9A-Fa-f]+")%b{60,76}={0,3}(?="))' % (_BASE64, _BASE64)
)
# A key of 16,384 bits has 200 lines; this far from its beginning what looks like one is something else.
_MOST_LINES = 400
_MOST_OTHERS = 20

Hide = Callable[[bytes], bytes]


class PemLines:
    """Hide the lines of a private key between its BEGIN and its END; lines that stand between them stay.

    Args:
        hide: Returns what stands in the place of one line of the key.
    """

    def __init__(self, hide: Hide) -> None:
        self._hide = hide
        self._left = 0
        self._others = 0
        self._column = 0

    def line(self, raw: bytes) -> bytes:
        """Return a line, without its end, with what it has of a key hidden."""
        if self._left:
            return self._inside(raw)
        if _HINT in raw:
            self._look(raw)
        return raw

    def _look(self, raw: bytes) -> None:
        begins = list(_BEGIN.finditer(raw))
        if begins and _END not in raw[begins[-1].end() :]:
            self._left, self._others, self._column = _MOST_LINES, 0, begins[-1].start()

    def _inside(self, raw: bytes) -> bytes:
        self._left -= 1
        if _END in raw:
            self._left = 0
            return self.line(raw)
        hidden = self._hidden(raw)
        self._others = self._others + 1 if hidden == raw else 0
        if self._others >= _MOST_OTHERS:
            self._left = 0
        return hidden

    def _hidden(self, raw: bytes) -> bytes:
        if raw.lstrip()[:1] == b"{":
            return _QUOTED.sub(lambda found: self._hide(found[0]), raw)
        found = _REST.fullmatch(raw, self._column) or _REST.fullmatch(raw) or _LONG.search(raw)
        return raw if found is None else raw[: found.start(1)] + self._hide(found[1]) + raw[found.end(1) :]
