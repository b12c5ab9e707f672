"""Tell which log calls are the same event, whatever the values in its text."""

from __future__ import annotations

import itertools
import re
import threading
from typing import cast

# Texts beyond this many characters are told apart by their beginning, and not remembered whole.
LONGEST = 256

# Possessive, and tried at the beginning of a word alone: a text takes time as its length, not as the square of it.
_QUOTED = re.compile(r"""(?<!\w)(?:'[^']*+'|"[^"]*+")""")
_ADDRESS = re.compile(r"(?<![^\s@])[^\s@]++@\S++")
# Some groups of it may be letters alone.
_UUID = re.compile(r"\b[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}\b")
# A word with a digit in it: a number, hexadecimal.
_NUMBER = re.compile(r"\b[^\W\d]*+\d\w*+")
_WORDS = re.compile(r"(?:[^\W\d_]{1,20} ){1,6}")

_PLAIN = (bytes, bytearray, list, tuple, set, frozenset, int, float, complex, type(None))

_inside = threading.local()


def kind(event: object) -> str:
    """Return what all occurrences of an event have in common: its text without numbers, ids, addresses and quotes.

    Args:
        event: What the log call was given, a text as a rule; never raises, whatever it is.
    """
    if type(event) is str:
        return _template(event[:LONGEST])
    try:
        return _kind(event)
    except Exception:
        return ""


def example(event: object) -> str:
    """Return the text of an event that a summary has as its message; never raises.

    Args:
        event: What the log call was given.

    Returns:
        The text itself; of a long one only leading words, since half a secret would not be known for one; of an
        object, its class, since what may be said of the rest is the redactor's to decide.
    """
    cls = type(event)
    if not issubclass(cls, str):
        return f"({_name(cls)})"
    # The methods of str, not those of a subclass, which is the application's code.
    text = cast("str", event)
    length = str.__len__(text)
    if length <= LONGEST:
        return str.__str__(text)
    words = _WORDS.match(_beginning(text))
    return f"{words[0] if words else ''}… ({length:,} characters)"


def _kind(event: object) -> str:
    cls = type(event)
    if issubclass(cls, str):
        return _template(_beginning(cast("str", event)))
    # Their values say little, and may be many.
    if issubclass(cls, _PLAIN):
        return _name(cls)
    if cls is dict:
        keys = itertools.islice(cast("dict[object, object]", event), 16)
        return f"dict {[key[:32] for key in keys if type(key) is str]}"
    return f"{_name(cls)} {_said(event)}"


def _beginning(text: str) -> str:
    return str.__getitem__(text, slice(LONGEST))


def _name(cls: type) -> str:
    try:
        return str(cls.__qualname__)[:64]
    except Exception:
        return "object"


def _template(text: str) -> str:
    # In the notation of data names are quoted too, and would go with their values.
    if ("'" in text or '"' in text) and text[0] not in "{[":
        text = _QUOTED.sub("*", text)
    if "@" in text:
        text = _ADDRESS.sub("*", text)
    if text.count("-") >= 4:
        text = _UUID.sub("*", text)
    return _NUMBER.sub("*", text)


def _said(event: object) -> str:
    # A __str__ that logs its own object would come back here for ever.
    if getattr(_inside, "busy", False):
        return ""
    _inside.busy = True
    try:
        return _template(str(event)[:LONGEST])
    except Exception:
        return ""
    finally:
        _inside.busy = False
