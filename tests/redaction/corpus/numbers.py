"""Make numbers with a structure: payment cards, IBANs, social security and telephone numbers."""

from __future__ import annotations

import string

from tests.redaction.corpus.source import Source

# First digits and lengths of the networks (ISO/IEC 7812 and the networks' own announcements).
NETWORKS: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "visa": (("4",), (16, 16, 16, 19)),
    "mastercard": (("51", "52", "53", "54", "55", "2221", "2350", "2499", "2600", "2720"), (16,)),
    "amex": (("34", "37"), (15,)),
    "discover": (("6011", "644", "647", "649", "65"), (16,)),
    "diners": (("300", "305", "36", "38", "39"), (14,)),
    "jcb": (("3528", "3550", "3589"), (16,)),
    "unionpay": (("6221", "6240", "6282", "6250"), (16, 19)),
    "maestro": (("5018", "5020", "5038", "6304", "6759", "6761", "6763"), (16,)),
    "mir": (("2200", "2202", "2204"), (16,)),
    "rupay": (("6521", "6071", "6085"), (16,)),
}

# Country, then the BBAN: n a digit, a a capital letter, c either (the SWIFT IBAN registry).
IBANS = {
    "DE": "n" * 18,
    "FR": "n" * 10 + "c" * 11 + "nn",
    "ES": "n" * 20,
    "IT": "a" + "n" * 10 + "c" * 12,
    "NL": "aaaa" + "n" * 10,
    "GB": "aaaa" + "n" * 14,
    "CH": "n" * 5 + "c" * 12,
    "AT": "n" * 16,
    "BE": "n" * 12,
    "PL": "n" * 24,
    "PT": "n" * 21,
    "SE": "n" * 20,
    "NO": "n" * 11,
    "DK": "n" * 14,
    "FI": "n" * 14,
    "IE": "aaaa" + "n" * 14,
    "CZ": "n" * 20,
    "SK": "n" * 20,
    "HU": "n" * 24,
    "RO": "aaaa" + "c" * 16,
    "BG": "aaaa" + "n" * 6 + "c" * 8,
    "HR": "n" * 17,
    "SI": "n" * 15,
    "LT": "n" * 16,
    "LV": "aaaa" + "c" * 13,
    "EE": "n" * 16,
    "LU": "nnn" + "c" * 13,
    "MT": "aaaa" + "n" * 5 + "c" * 18,
    "GR": "n" * 7 + "c" * 16,
    "CY": "n" * 8 + "c" * 16,
    "TR": "n" * 5 + "0" + "c" * 16,
    "SA": "nn" + "c" * 18,
    "AE": "n" * 19,
    "IL": "n" * 19,
    "BR": "n" * 23 + "a" + "c",
    "IS": "n" * 22,
    "UA": "n" * 6 + "c" * 19,
    "GE": "aa" + "n" * 16,
    "KZ": "nnn" + "c" * 13,
}

# Country code and the shapes of what follows: # any digit, N one from 2 on; each is a valid mobile or land line.
PHONES = {
    "1": ("N## N## ####", "(N##) N##-####", "N##-N##-####", "N##.N##.####", "N##N######", "-N##-N##-####"),
    "44": ("20 #### ####", "7### ######", "(0)20 #### ####", "7#########", "161 ### ####"),
    "49": ("30 ########", "151 ########", "(0)151 #######", "1511#######", "89/######", "(0) 89 ### ###"),
    "33": ("1 ## ## ## ##", "6 ## ## ## ##", "6########", "(0)6 ## ## ## ##"),
    "34": ("91# ### ###", "6## ### ###", "6########"),
    "39": ("06 #### ####", "3## ### ####", "3#########"),
    "31": ("6 ########", "20 ### ####", "6########"),
    "41": ("79 ### ## ##", "44 ### ## ##"),
    "43": ("664 #######", "1 #######"),
    "48": ("5## ### ###", "22 ### ## ##"),
    "46": ("70 ### ## ##", "8 ### ### ##"),
    "47": ("9## ## ###", "22 ## ## ##"),
    "45": ("## ## ## ##",),
    "351": ("91# ### ###", "21# ### ###"),
    "353": ("1 ### ####", "85 ### ####"),
    "420": ("6## ### ###", "2## ### ###"),
    "7": ("9## ### ## ##", "(495) ###-##-##", "9#########"),
    "90": ("5## ### ## ##", "212 ### ## ##"),
    "380": ("50 ### ## ##",),
    "972": ("5#-###-####",),
    "971": ("50 ### ####",),
    "91": ("9#### #####", "9#########", "22 #### ####"),
    "86": ("13# #### ####", "13#########", "10 #### ####"),
    "81": ("90-####-####", "3-####-####", "90 #### ####"),
    "82": ("10-####-####", "2-####-####"),
    "61": ("4## ### ###", "2 #### ####"),
    "64": ("21 ### ####",),
    "55": ("11 9####-####", "(11) 9####-####", "119########"),
    "52": ("55 #### ####",),
    "54": ("9 11 ####-####",),
    "27": ("82 ### ####",),
    "234": ("803 ### ####",),
    "254": ("712 ######",),
    "65": ("9### ####",),
    "852": ("9### ####",),
}


def luhn_digit(digits: str) -> str:
    """Return the digit that completes a number (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return str(-total % 10)


def luhn_valid(digits: str) -> bool:
    """Tell whether the last digit is the one that completes the others."""
    return luhn_digit(digits[:-1]) == digits[-1]


def card_number(source: Source, network: str) -> str:
    """Return a card number of a network, of one of its lengths, with its check digit."""
    prefixes, sizes = NETWORKS[network]
    start, size = source.choice(prefixes), source.choice(sizes)
    body = start + source.text(string.digits, size - len(start) - 1)
    return body + luhn_digit(body)


def grouped(number: str, blank: str) -> str:
    """Return a card number as it is embossed: 4-4-4-4, 4-6-5 with 15 digits, 4-6-4 with 14."""
    sizes = {15: (4, 6, 5), 14: (4, 6, 4)}.get(len(number), (4, 4, 4, 4, 3))
    parts, place = [], 0
    for size in sizes:
        parts.append(number[place : place + size])
        place += size
    return blank.join(part for part in parts if part)


def iban(source: Source, country: str | None = None) -> str:
    """Return an IBAN with its check digits (ISO 13616: mod 97 is 1)."""
    country = country or source.choice(list(IBANS))
    draw = {"n": string.digits, "a": string.ascii_uppercase, "c": string.digits + string.ascii_uppercase, "0": "0"}
    body = "".join(source.choice(draw[sort]) for sort in IBANS[country])
    number = int("".join(str(int(letter, 36)) for letter in f"{body}{country}00"))
    return f"{country}{98 - number % 97:02}{body}"


def ssn(source: Source) -> str:
    """Return a US social security number of an area, group and serial that can be issued."""
    area = source.choice([number for number in (source.randint(1, 899) for _ in range(20)) if number != 666])
    return f"{area:03}-{source.randint(1, 99):02}-{source.randint(1, 9999):04}"


def phone(source: Source) -> str:
    """Return a telephone number in international form."""
    code = source.choice(list(PHONES))
    shape = source.choice(PHONES[code])
    number = "".join(
        {"#": source.choice(string.digits), "N": source.choice("23456789")}.get(sign, sign) for sign in shape
    )
    if number.startswith("-"):
        return f"+{code}{number}"
    # E.164 has no blanks at all.
    joined = source.chance(0.25) and number.isdigit()
    return f"+{code}{number}" if joined else f"+{code} {number}"
