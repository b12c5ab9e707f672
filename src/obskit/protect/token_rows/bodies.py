"""Make up the bodies of the examples: well-formed, and obviously nobody's.

Put together here, an example never stands whole in a file, where a scanner of repositories would take it for real.
"""

from __future__ import annotations


def _cycle(letters: str, length: int) -> str:
    return (letters * (length // len(letters) + 1))[:length]


def mixed(length: int) -> str:
    """Return so many letters of both cases and digits."""
    return _cycle("Example1Body2Of3A4Token5", length)


def lower(length: int) -> str:
    """Return so many small letters and digits."""
    return _cycle("example1body2of3a4token5", length)


def upper(length: int) -> str:
    """Return so many capital letters and digits, none of them 0, 1, 8 or 9 (base 32)."""
    return _cycle("EXAMPLE2BODY3OF4A5TOKEN6", length)


def letters(length: int) -> str:
    """Return so many letters of both cases."""
    return _cycle("ExampleBodyOfAToken", length)


def hexa(length: int) -> str:
    """Return so many small hexadecimal digits."""
    return _cycle("0123456789abcdef", length)


def digits(length: int) -> str:
    """Return so many decimal digits."""
    return _cycle("1234567890", length)


def uuid() -> str:
    """Return a UUID."""
    return "01234567-89ab-4cde-8f01-23456789abcd"
