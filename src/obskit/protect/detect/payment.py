"""Payment cards and bank accounts: found by their form, believed by their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.lazy import Lazy
from obskit.protect.prefilter import NUMBERS, Trigger
from obskit.protect.span import Span, of

# Each begins with the first digit of some network, so that most digits are passed over quickly; what stands before it
# is looked at then. Fenced against hexadecimal (the digits of a UUID happen to pass the check now and then), against
# decimals and longer numbers.
_FENCE = r"(?<![\dA-Fa-f][2-689])(?<![\dA-Fa-f]{3}-[2-689])(?<![A-Z]{2}[2-689])"
_END = r"(?![\dA-Za-z]|-[\dA-Fa-f]{3}|\.\d)"
# One separator of any usual sort between two digits.
_CARD = Lazy(
    rf"[2-689](?<!\d[2-689])(?<!\d[ _/.:-][2-689]){_FENCE}(?<![A-Za-z]\d_[2-689])"
    rf"(?:[ \u00a0._/:-]{{0,3}}\d){{11,18}}+{_END}"
)
# In one piece or in the groups that cards show, whatever other numbers stand beside it.
_USUAL = Lazy(
    rf"[2-689](?<!\d[2-689])(?=\d{{3}}){_FENCE}(?<!\d\.[2-689])"
    r"(?:\d{11,18}+|\d{3}([ \u00a0.-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{3}([ \u00a0-])\d{6}\2\d{4,5})"
    rf"{_END}"
)
_RUN = Lazy(r"\d[\d \u00a0._/:-]{11,}+")
_LONGEST = 19
# So many characters behind a number are looked at to tell that it ends there.
_FENCED = 5
_CARD_TRIGGER = Trigger(
    r"(?:^|[^0-9])[0-9](?:[ ._/:-]{0,3}[0-9]){11}",
    characters=NUMBERS,
    run=12,
    rough=r"[0-9](?<![0-9]{2})(?:[ ._/:-]{0,3}[0-9]){11}",
)
# Four groups of four, whatever stands between them.
_GROUPS = Lazy(r"(?<!\d)(?<!\d[\t\n])\d{4}([\t\n\u00b7\u2022|*,;]|\r\n|\n\s{1,4})\d{4}\1\d{4}\1\d{4}(?!\d)")
_GROUPS_TRIGGER = Trigger(r"[0-9]{4}(?:[^0-9A-Za-z]{1,6}[0-9]{4}){3}", characters="^A-Za-z", run=19)
_IBAN = Lazy(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}([ \t._-]?)[A-Za-z0-9]{4}\1[A-Za-z0-9]{3,4}(?:\1[A-Za-z0-9]{1,4}){0,6}(?!"
    r"[A-Za-z0-9])"
)

# First digits and lengths of the networks' numbers (ISO/IEC 7812 issuer identification numbers, as the networks publish
# them): first and last prefix, then the lengths.
_NETWORKS: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 19})),
    ("51", "55", frozenset({16})),
    ("2221", "2720", frozenset({16})),
    ("34", "34", frozenset({15})),
    ("37", "37", frozenset({15})),
    ("300", "305", frozenset({14, 16, 19})),
    ("3095", "3095", frozenset({14, 16, 19})),
    ("36", "36", frozenset({14, 16, 19})),
    ("38", "39", frozenset({14, 16, 19})),
    ("6011", "6011", frozenset({16, 19})),
    ("644", "659", frozenset({16, 19})),
    ("62", "62", frozenset({16, 17, 18, 19})),
    ("81", "81", frozenset({16})),
    ("3528", "3589", frozenset({16, 17, 18, 19})),
    ("2200", "2204", frozenset({16, 17, 18, 19})),
    ("5018", "5018", frozenset(range(12, 20))),
    ("5020", "5020", frozenset(range(12, 20))),
    ("5038", "5038", frozenset(range(12, 20))),
    ("5893", "5893", frozenset(range(12, 20))),
    ("6304", "6304", frozenset(range(12, 20))),
    ("6759", "6759", frozenset(range(12, 20))),
    ("6761", "6763", frozenset(range(12, 20))),
    ("508", "508", frozenset({16})),
    ("60", "60", frozenset({16})),
    ("9792", "9792", frozenset({16})),
)
# The whole length of an account number by country (ISO 13616 registry).
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}  # fmt: skip
# By the first letter, the second ones: any two letters would be met by every fourth UUID.
_COUNTRIES = "|".join(
    f"{first}[{''.join(country[1] for country in _IBAN_LENGTHS if country[0] == first)}]"
    for first in sorted({country[0] for country in _IBAN_LENGTHS})
)
_IBAN_TRIGGER = Trigger(
    rf"(?:^|[^A-Za-z0-9])(?i:{_COUNTRIES})[0-9]{{2}}[ \t._-]?[A-Za-z0-9]{{4}}",
    start=r"[A-Za-z]{2}[0-9]{2}(?: |[._-]?[A-Za-z0-9]{4})",
)
_SEPARATORS = str.maketrans("", "", " \t\u00a0._/:-\n")
_LETTERS = str.maketrans({chr(ord("A") + number): str(number + 10) for number in range(26)})
_DOUBLED = str.maketrans("0123456789", "0246813579")
_DIGITS = Lazy(r"\d")


def detectors() -> list[Detector]:
    """Return the detectors of this file."""
    return [
        detector("card", {"card"}, _CARD_TRIGGER, _cards),
        detector("card", {"card"}, _GROUPS_TRIGGER, _groups),
        detector("iban", {"iban"}, _IBAN_TRIGGER, _ibans),
    ]


def _cards(text: str) -> Iterator[Span]:
    """Find payment card numbers: an issuer's range, its length, the check digit."""
    # The same numbers come again and again in a text that has many.
    none: set[str] = set()
    for run in _RUN.finditer(text):
        if not (len(run[0]) > _LONGEST and run[0].isdigit()):
            yield from _cards_of(text, run, none)


def _cards_of(text: str, run: re.Match[str], none: set[str]) -> Iterator[Span]:
    for pattern, good in ((_USUAL, _is_number), (_CARD, _is_alike)):
        place, end = run.start(), run.end() + _FENCED
        while (found := pattern.search(text, place, end)) is not None:
            number = found[0]
            if number not in none and good(number):
                yield of(found, 0, "card", "card")
                place = found.end()
            else:
                none.add(number)
                # Its last groups may be the first of one: `order 2199 4111 ...`.
                place = found.start() + 1


def _is_number(text: str) -> bool:
    return is_card(text.translate(_SEPARATORS))


def _is_alike(text: str) -> bool:
    # Two sorts of separators are a time, a range or a list of numbers.
    one = len({separator for separator in re.split(r"\d", text) if separator}) <= 1
    return one and _is_number(text)


def is_card(digits: str) -> bool:
    """Tell whether digits are a card number by range, length and check digit."""
    size = len(digits)
    if digits[0] not in "234569" and digits[:2] != "81":
        return False
    return any(size in sizes and first <= digits[: len(first)] <= last for first, last, sizes in _NETWORKS) and luhn(
        digits
    )


def luhn(digits: str) -> bool:
    """Tell whether the check digit of a card number is right (ISO/IEC 7812-1, annex B)."""
    return (sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))) % 10 == 0


def _groups(text: str) -> Iterator[Span]:
    for found in _GROUPS.finditer(text):
        if is_card("".join(_DIGITS.findall(found[0]))):
            yield of(found, 0, "card", "card")


def _ibans(text: str) -> Iterator[Span | int]:
    """Find international bank account numbers (ISO 13616): the country's length, the check digits."""
    for found in _IBAN.finditer(text):
        compact = found[0].translate(_SEPARATORS).upper()
        size = _IBAN_LENGTHS.get(compact[:2])
        # In one piece it is an account number whole or not at all: identifiers of all sorts begin like one.
        if size is None or (len(compact) < size if found[1] else len(compact) != size):
            # So do many groups of a UUID: no close look, and none to be counted.
            continue
        good = mod97(compact[:size])
        yield Span(found.start(), _end_of(found, size), "iban", "iban") if good else found.start()


def mod97(account: str) -> bool:
    """Tell whether the check digits of an account number are right (ISO 7064, MOD 97-10)."""
    turned = account[4:] + account[:4]
    return int(turned.translate(_LETTERS)) % 97 == 1


def _end_of(found: re.Match[str], size: int) -> int:
    # The blank-separated words behind an account number look like further groups of it.
    place = found.start()
    while size:
        size -= found.string[place].isalnum()
        place += 1
    return place
