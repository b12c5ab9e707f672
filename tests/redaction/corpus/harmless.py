"""Negative cases: fields whose names only resemble telling ones, structures, paths, URLs, packages, metrics, flags."""

from __future__ import annotations

import json
from typing import Any

from tests.redaction.corpus.case import Made, negative
from tests.redaction.corpus.files import templates
from tests.redaction.corpus.identifiers import named, said
from tests.redaction.corpus.names import NEIGHBOURS
from tests.redaction.corpus.source import Source, spelled


def _fields() -> list[tuple[str, Any]]:
    lines = (line.partition(": ") for line in templates("harmless_fields"))
    return [(name, json.loads(value)) for name, _, value in lines]


# A name in its words, and what stands under it.
FIELDS = _fields()


@negative("harmless_key", 520, hard=True)
def resembling(source: Source) -> Made:
    name, value = source.choice(FIELDS)
    words = name.split()
    shown = spelled(source, words)
    other, item = source.choice(NEIGHBOURS)
    return source.choice(
        (
            Made({shown: value}),
            Made({shown: value, other: item}),
            Made({"data": {shown: value}}),
            Made({"rows": [{shown: value, "n": source.randint(1, 9999)}]}),
        )
    )


@negative("harmless_pair", 340, hard=True)
def resembling_text(source: Source) -> Made:
    name, value = source.choice([pair for pair in FIELDS if not isinstance(pair[1], list)])
    shown = source.choice(("_".join(name.split()), "_".join(name.split()), name.replace(" ", "-"), name))
    text = str(value)
    quoted = f'"{text}"' if " " in text else text
    return source.choice(
        (
            Made(f"{shown.replace(' ', '_')}={quoted} attempt={source.randint(1, 999)}"),
            Made(f"{shown}: {text}"),
            Made(f'{{"{shown}": "{text}"}}'),
            Made(f"user=bob {shown.replace(' ', '_')}={quoted}"),
            Made(f"{{'{shown}': '{text}'}}"),
            Made(f"?{shown.replace(' ', '_')}={text.replace(' ', '+')}&page=2"),
            Made(f"<{shown.replace(' ', '_')}>{text}</{shown.replace(' ', '_')}>"),
        )
    )


@negative("page_token", 140, hard=True)
def page_tokens(source: Source) -> Made:
    """Cursors of a listing open nothing; only the names that say so beyond doubt are asked for."""
    cursor = source.choice(
        (source.base64(12), source.hex(24), f"page-{source.randint(2, 99)}", str(source.randint(20, 900)))
    )
    name = source.choice(
        (
            "next_cursor",
            "cursor",
            "page_cursor",
            "after",
            "startCursor",
            "endCursor",
            "continuation",
            "offset",
            "checkpoint",
            "resume_from",
        )
    )
    return named(source, (name,), cursor)


@negative("structure", 320)
def structures(source: Source) -> Made:
    fields = dict(source.sample(NEIGHBOURS, source.randint(2, 6)))
    return Made(
        source.choice(
            (
                fields,
                [fields, dict(source.sample(NEIGHBOURS, 2))],
                {"a": {"b": {"c": [fields]}}},
                {"result": [1, 2.5, None, True, "ok", fields]},
                {"user": {"id": source.randint(1, 10**6), **fields}},
                {"headers": {"Accept": "*/*", "User-Agent": "curl/8.5.0", "X-Request-Id": source.uuid()}},
                {"rows": [[source.randint(1, 999), source.word(), None] for _ in range(3)]},
                {"labels": {"app": source.service(), "tier": "backend", "pod-template-hash": source.hex(10)}, **fields},
            )
        )
    )


@negative("path", 260)
def paths(source: Source) -> Made:
    value = source.fill(source.choice(templates("path")))
    return source.choice(
        (
            Made(value),
            Made({"path": value}),
            Made(f"No such file or directory: '{value}'"),
            Made(f"wrote {value} ({source.randint(1, 99)} kB)"),
            Made(f"GET {value} 200") if value.startswith("/") else Made(f"open {value}"),
        )
    )


@negative("url", 280)
def urls(source: Source) -> Made:
    value = source.fill(source.choice(templates("url")))
    return source.choice(
        (
            Made(value),
            Made({"url": value, "status": 200}),
            Made(f"GET {value} HTTP/1.1"),
            Made(f"see {value}."),
            Made(f'HTTP Request: POST {value} "HTTP/1.1 200 OK"'),
            Made(f'{{"url": "{value}", "ms": 12}}'),
        )
    )


@negative("remote", 200)
def remotes(source: Source) -> Made:
    return said(source, *templates("remote"))


@negative("package", 240)
def packages(source: Source) -> Made:
    return said(source, *templates("package"))


@negative("unit", 200)
def units(source: Source) -> Made:
    return said(source, *templates("unit"))


@negative("metric", 240)
def metrics(source: Source) -> Made:
    return said(source, *templates("metric"))


@negative("flag", 200)
def flags(source: Source) -> Made:
    value = source.choice((True, False, "on", "off", "variant-b", 0, 1))
    name = source.fill(
        source.choice(
            (
                "enable-<word>-<service>",
                "ff_<word>",
                "<service>.<word>.v2",
                "experiment:<word>",
                "show_password_toggle",
                "use_token_cache",
                "new-api-keys-page",
                "cookie-banner-v<n>",
                "skip_auth_<n>",
                "secret-menu-<n>",
            )
        )
    )
    return source.choice(
        (
            Made({"flag": name, "variant": value}),
            Made({"flags": {name: value}}),
            Made(f"flag {name} evaluated to {value}"),
            Made(f"{name}={value}" if source.chance(0.3) else f"feature '{name}' is {value}"),
        )
    )
