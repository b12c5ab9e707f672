"""Values without parts: numbers, times, identifiers, bytes, enums."""

from __future__ import annotations

import array
import ctypes
import datetime as dt
import decimal
import enum
import fractions
import ipaddress
import pathlib
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

Make = Callable[[], Any]


class Colour(enum.Enum):
    RED = "red"
    PAIR = ("r", 1)
    NOTHING = None
    NAN = float("nan")


class Level(enum.IntEnum):
    LOW = 7


class Word(enum.StrEnum):
    YES = "yes"


class Flags(enum.Flag):
    A = 1
    B = 2


class Nested(enum.Enum):
    INNER = Colour.PAIR


class Mute(enum.Enum):
    ONE = 1

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__

    @property
    def value(self) -> Any:
        raise RuntimeError("no value")


class LostZone(dt.tzinfo):
    """A zone that fails when it is asked."""

    def utcoffset(self, when: dt.datetime | None) -> dt.timedelta:
        raise RuntimeError("no zone")

    tzname = dst = utcoffset  # type: ignore[assignment]


class Mute_(dt.datetime):  # noqa: N801 - beside the enum of that name
    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        raise RuntimeError("no form")

    __repr__ = __str__ = isoformat  # type: ignore[assignment]


class Point(ctypes.Structure):
    _fields_ = (("x", ctypes.c_int), ("y", ctypes.c_double))


def _released() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


_ODD_ZONE = dt.timezone(dt.timedelta(hours=5, minutes=53, seconds=28))
_PARIS = zoneinfo.ZoneInfo("Europe/Paris")

# What each is shown as.
SHOWN: dict[str, tuple[Make, Any]] = {
    "None": (lambda: None, None),
    "true": (lambda: True, True),
    "zero": (lambda: 0, 0),
    "minus zero": (lambda: -0.0, -0.0),
    "the largest of 63 bits": (lambda: 2**63 - 1, 2**63 - 1),
    "the smallest of 63 bits": (lambda: -(2**63), -(2**63)),
    "64 bits": (lambda: 2**63, str(2**63)),
    "65 bits": (lambda: 2**64, str(2**64)),
    "minus 64 bits": (lambda: -(2**63) - 1, str(-(2**63) - 1)),
    "5,000 digits": (lambda: 10**5000, "an integer of 16610 bits"),
    "the smallest float": (lambda: 5e-324, 5e-324),
    "the largest float": (lambda: 1.7976931348623157e308, 1.7976931348623157e308),
    "NaN": (lambda: float("nan"), "NaN"),
    "infinity": (lambda: float("inf"), "Infinity"),
    "minus infinity": (lambda: float("-inf"), "-Infinity"),
    "complex": (lambda: complex("nan"), "(nan+0j)"),
    "fraction": (lambda: fractions.Fraction(1, 3), "Fraction(1, 3)"),
    "decimal": (lambda: decimal.Decimal("1.10"), "1.10"),
    "decimal NaN": (lambda: decimal.Decimal("NaN"), "NaN"),
    "signalling NaN": (lambda: decimal.Decimal("sNaN"), "sNaN"),
    "decimal infinity": (lambda: decimal.Decimal("-Infinity"), "-Infinity"),
    "decimal beyond floats": (lambda: decimal.Decimal("1E+9999"), "1E+9999"),
    "time in UTC": (lambda: dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.UTC), "2026-01-02T03:04:05.000006+00:00"),
    "time without zone": (lambda: dt.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),  # noqa: DTZ001
    "time with microseconds": (lambda: dt.datetime(2026, 1, 2, 0, 0, 0, 100), "2026-01-02T00:00:00.000100"),  # noqa: DTZ001
    "odd zone": (lambda: dt.datetime(2026, 1, 2, tzinfo=_ODD_ZONE), "2026-01-02T00:00:00+05:53:28"),
    "named zone": (lambda: dt.datetime(2026, 7, 2, tzinfo=_PARIS), "2026-07-02T00:00:00+02:00"),
    "the hour twice": (lambda: dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=_PARIS), "2026-10-25T02:30:00+01:00"),
    "the first year": (lambda: dt.datetime(1, 1, 1), "0001-01-01T00:00:00"),  # noqa: DTZ001
    "the last year": (lambda: dt.datetime.max.replace(tzinfo=dt.UTC), "9999-12-31T23:59:59.999999+00:00"),
    "date": (lambda: dt.date(2026, 1, 2), "2026-01-02"),
    "time of day": (lambda: dt.time(3, 4), "03:04:00"),
    "time of day with zone": (lambda: dt.time(3, 4, tzinfo=dt.UTC), "03:04:00+00:00"),
    "duration": (lambda: dt.timedelta(minutes=1, milliseconds=500), 60.5),
    "longest duration": (lambda: dt.timedelta.max, dt.timedelta.max.total_seconds()),
    "UUID": (lambda: uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    "path": (lambda: pathlib.PurePosixPath("/srv/\x00data"), "/srv/\x00data"),
    "address": (lambda: ipaddress.ip_address("192.0.2.1"), "192.0.2.1"),
    "enum": (lambda: Colour.RED, "red"),
    "enum of a tuple": (lambda: Colour.PAIR, ["r", 1]),
    "enum of nothing": (lambda: Colour.NOTHING, None),
    "enum of NaN": (lambda: Colour.NAN, "NaN"),
    "int enum": (lambda: Level.LOW, 7),
    "text enum": (lambda: Word.YES, "yes"),
    "flags": (lambda: Flags.A | Flags.B, 3),
    "enum in an enum": (lambda: Nested.INNER, ["r", 1]),
    "enum that says nothing": (lambda: Mute.ONE, 1),
    "bytes": (lambda: b"caf\xc3\xa9", "café"),
    "bytes that are no text": (lambda: b"\xff\x00abc", "\\xff\x00abc"),
    "binary": (lambda: bytes(range(256)), "(binary, 256 bytes)"),
    "bytearray": (lambda: bytearray(b"ab"), "ab"),
    "memoryview": (lambda: memoryview(b"abcdef")[::2], "ace"),
    "ellipsis": (lambda: ..., "Ellipsis"),
    "not implemented": (lambda: NotImplemented, "NotImplemented"),
}  # fmt: skip
SCALARS: dict[str, Make] = {
    **{name: make for name, (make, _) in SHOWN.items()},
    "decimal of many digits": lambda: decimal.Decimal("1" * 100_000),
    "a zone that raises": lambda: dt.datetime(2026, 1, 2, tzinfo=LostZone()),
    "a time of day whose zone raises": lambda: dt.time(3, 4, tzinfo=LostZone()),
    "a time that says nothing": lambda: Mute_(2026, 1, 2),
    "released memoryview": _released,
    "memoryview of numbers": lambda: memoryview(array.array("d", [1.0, 2.0])),
    "array": lambda: array.array("i", range(2000)),
    "ctypes number": lambda: ctypes.c_int(7),
    "ctypes structure": lambda: Point(1, 2.0),
    "ctypes array": lambda: (ctypes.c_char * 4)(b"a", b"b"),
    "ctypes pointer to nothing": ctypes.POINTER(ctypes.c_int),
    "ctypes text": lambda: ctypes.c_char_p(b"abc"),
}
