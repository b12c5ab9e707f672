"""Negative cases of numbers: amounts, times, versions, coordinates, and numbers that only look like cards."""

from __future__ import annotations

import datetime as dt
import string
from typing import Any

from tests.redaction.corpus.case import Made, negative
from tests.redaction.corpus.identifiers import CROCKFORD, named, said
from tests.redaction.corpus.numbers import luhn_digit, luhn_valid
from tests.redaction.corpus.source import HEX, Source


@negative("epoch", 260)
def epochs(source: Source) -> Made:
    seconds = source.randint(1_400_000_000, 1_899_999_999)
    value = source.choice(
        (
            seconds,
            seconds * 1000 + source.randint(0, 999),
            seconds * 10**6 + source.randint(0, 999_999),
            seconds * 10**9 + source.randint(0, 10**9 - 1),
            seconds + round(source.random(), 6),
        )
    )
    return named(
        source,
        ("timestamp", "ts", "created", "iat", "time_ns", "start", "expires_at", "epoch_ms", "mtime"),
        value if source.chance(0.6) else str(value),
    )


@negative("order_number", 320, hard=True)
def orders(source: Source) -> Made:
    size = source.choice((12, 13, 14, 15, 16, 16, 16, 18, 19, 20))
    number = source.digits(size)
    if source.chance(0.4):
        # Right by its check digit, but of no card network: those begin with 2 to 6.
        body = source.choice("179") + source.choice("012345") + source.text(string.digits, size - 3)
        number = body + luhn_digit(body)
    elif luhn_valid(number):
        number = number[:-1] + str((int(number[-1]) + 1) % 10)
    value = source.choice(
        (
            number,
            number,
            f"ORD-{number}",
            f"INV{number}",
            f"1Z{source.text(CROCKFORD, 16)}",
            f"{number[:4]}-{number[4:8]}-{number[8:12]}",
            int(number) if size < 19 else number,
        )
    )
    if isinstance(value, str) and value.count("-") == 2 and value[0] != "O":
        value = "A" + value
    return named(
        source,
        ("order", "order_id", "tracking_number", "invoice", "reference", "shipment", "batch", "booking", "ticket"),
        value,
    )


@negative("number", 300)
def numbers(source: Source) -> Made:
    value: Any = source.choice(
        (
            source.randint(-100, 100),
            source.randint(0, 10**6),
            source.randint(0, 10**9),
            source.randint(0, 10**11),
            source.random(),
            source.uniform(-1e6, 1e6),
            10 ** source.randint(0, 18),
            2 ** source.randint(0, 62),
            -(2 ** source.randint(0, 62)),
            round(source.uniform(0, 100), 2),
            source.random() * 1e-9,
            True,
            False,
        )
    )
    if source.chance(0.5):
        return named(
            source,
            ("count", "bytes", "duration_ms", "rows", "offset", "ratio", "seed", "size", "total", "lag", "x"),
            value,
        )
    return said(
        source,
        f"took {value} ms",
        f"offset {value} of partition <n>",
        f"read {value} bytes from <host>",
        f"x={value} y=<n>",
        f"balance {value}",
        f"{value}",
    )


@negative("time", 260)
def times(source: Source) -> Made:
    moment = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=source.uniform(0, 180_000_000))
    form = source.choice(
        (
            "%Y-%m-%dT%H:%M:%S.%fZ",
            "%Y-%m-%d %H:%M:%S,%f",
            "%d/%b/%Y:%H:%M:%S +0000",
            "%a, %d %b %Y %H:%M:%S GMT",
            "%Y%m%dT%H%M%SZ",
            "%H:%M:%S",
            "%d.%m.%Y %H:%M",
            "%m/%d/%Y %I:%M %p",
            "%Y-%m-%dT%H:%M:%S+02:00",
            "%Y-%m-%d",
            "%Y%m%d%H%M%S",
            "%Y-%m-%d-%H-%M-%S",
            "%Y-%m-%dT%H:%M:%S-05:30",
            "%j %U %Y",
            "%b %d %H:%M:%S",
        )
    )
    value = moment.strftime(form)
    if source.chance(0.3):
        return said(
            source,
            f"from {value} to {value}",
            f"next run at {value} (Europe/Berlin)",
            f"P{source.randint(1, 9)}DT{source.randint(1, 9)}H",
            f"{value} <service> up <n> days",
            f"expires={value}; max-age=<n>",
            f"Last-Modified: {value}",
        )
    return named(source, ("at", "created_at", "date", "last_seen", "updated", "expires", "when"), value)


@negative("price", 220)
def prices(source: Source) -> Made:
    whole, cents = source.randint(0, 99_999), source.randint(0, 99)
    value = source.choice(
        (
            f"{whole}.{cents:02}",
            f"€{whole:,}.{cents:02}",
            f"${whole}.{cents:02}",
            f"{whole}.{cents:02} EUR",
            f"{whole:,} USD".replace(",", "."),
            f"{whole},{cents:02} zł",
            f"¥{whole}",
            f"{whole} 000,00 kr",
            f"-{whole}.{cents:02}",
            f"1 {whole % 1000:03} {whole % 997:03} ₽",
            f"{source.randint(1, 99)} %",
            f"+{source.randint(1, 99)}.5%",
        )
    )
    return named(source, ("amount", "price", "total", "balance", "fee", "discount", "refund"), value)


@negative("isbn", 240, hard=True)
def isbn(source: Source) -> Made:
    fake = source.fake_of("en_US")
    value = source.choice(
        (
            fake.isbn13(),
            fake.isbn10(),
            fake.isbn13(separator=""),
            fake.ean13(),
            fake.ean8(),
            f"ISSN {source.digits(4)}-{source.digits(4)}",
            f"UPC {fake.ean13()[1:]}",
        )
    )
    return named(source, ("isbn", "ean", "sku", "gtin", "barcode", "article", "product"), value)


@negative("coordinates", 220)
def coordinates(source: Source) -> Made:
    lat, lon = round(source.uniform(-90, 90), 6), round(source.uniform(-180, 180), 6)
    return source.choice(
        (
            Made({"lat": lat, "lon": lon}),
            Made(f"at {lat},{lon}"),
            Made(f"POINT({lon} {lat})"),
            Made({"location": [lon, lat]}),
            Made(f"geo:{lat},{lon};u=35"),
            Made(f"{abs(lat):.4f}° N, {abs(lon):.4f}° E"),
            Made(f"bbox={lon},{lat},{lon + 1},{lat + 1}"),
            Made({"geometry": {"type": "Point", "coordinates": [lon, lat]}}),
            Made(f"lat={lat} lng={lon} accuracy=12.0"),
            Made(f"LINESTRING({lon} {lat}, {lon} {lat + 0.5})"),
        )
    )


@negative("version", 280, hard=True)
def versions(source: Source) -> Made:
    r = source.randint
    four = f"{r(0, 30)}.{r(0, 30)}.{r(0, 30)}.{r(1, 250)}"
    value = source.choice(
        (
            f"{r(0, 30)}.{r(0, 90)}.{r(0, 9999)}",
            f"{r(1, 9)}.{r(0, 9)}.{r(256, 9999)}.{r(0, 99)}",
            f"{r(100, 130)}.0.{r(4000, 6999)}.{r(10, 250)}",
            f"{r(0, 9)}.{r(0, 9)}.{r(0, 9)}rc{r(1, 9)}",
            f"{r(0, 9)}.{r(0, 9)}.{r(0, 9)}-beta.{r(1, 20)}+{source.text(HEX, 7)}",
            f"{r(1, 9)}:{r(0, 9)}.{r(0, 9)}.{r(0, 9)}-{r(1, 9)}+deb12u{r(1, 9)}",
        )
    )
    if source.chance(0.3):
        return said(
            source,
            f"version {four}",
            f"<service> v{four} started",
            f"upgraded <service>-{four}.jar",
            f"Version: {four}",
            f"lib<word>.so.{four}",
            f"driver version {four} loaded",
            f"FileVersion={four}",
            f"Microsoft.<word>, Version={four}, Culture=neutral",
            f"<word>/{four} (linux)",
            f"rv:{four}",
        )
    return named(source, ("version", "release", "build", "tag", "python", "driver_version"), value)
