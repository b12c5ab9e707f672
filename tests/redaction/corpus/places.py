"""Put a value at one of the places where logs hold values: mid-sentence, between quotes, in JSON, in a `repr`."""

from __future__ import annotations

from typing import Any

from tests.redaction.corpus.case import Made
from tests.redaction.corpus.source import Source

# `{}` is the value. None of these places says what it is: it must be known by its own form.
TEXTS = (
    "{}",
    "could not deliver to {}, giving up after <n> attempts",
    "lookup of {} took <ms> ms",
    "{} not found in <service>",
    "skipping {}: already processed",
    "row <n> rejected: {}",
    "saw {} twice within <n> s.",
    "Is it {}?",
    "first was {}; second was empty",
    "({})",
    "[{}] done",
    "got '{}' from <host>",
    'got "{}" from <host>',
    "`{}` is not what <service> expected",
    "level=info actor={} took=<ms>ms",
    'level=warn subject="{}" attempt=<n>',
    '{"id": <n>, "subject": "{}", "ok": true}',
    '{"items":[{"n":<n>,"v":"{}"}],"next":null}',
    "{'subject': '{}', 'id': <n>}",
    "Customer(id=<n>, contact='{}', plan='pro')",
    "<Profile contact={} id=<n>>",
    "<entry><id><n></id><contact>{}</contact></entry>",
    "<n>;{};active;<word>",
    '<n>,"{}",active',
    "<n>\t{}\tactive",
    "INFO:     <service> handled {} in <ms>ms",
    "<time> [<service>] WARN  retrying for {} (<n>/<n>)",
    "ValueError: invalid literal: '{}'",
    'Traceback (most recent call last):\n  File "app/<service>.py", line <n>, in run\n    send(item)\nLookupError: {}',
    "first line\nsubject: {}\nlast line",
    "job <n> done, result={}",
    "GET /<service>/<n> 200 <ms>ms subject={}",
    "value:{}",
    "from {} to <service>",
    "* {}",
    "{} -> <host>",
    "a=<n>&who={}&page=2",
    "SELECT * FROM <service> WHERE contact = '{}' LIMIT <n>",
    'duplicate key value violates unique constraint "<service>_contact"\nDETAIL:  Key (contact)=({}) already exists.',
)
FIELDS = ("subject", "actor", "target", "message", "detail", "note", "result", "line", "comment", "text", "item", "who")


def in_text(source: Source, secret: str, templates: tuple[str, ...] = TEXTS) -> Made:
    """Return a text that holds the secret; all around it must remain."""
    before, after = source.fill(source.choice(templates)).split("{}", 1)
    return Made(before + secret + after, (secret,), tuple(part for part in (before, after) if part.strip()))


def in_structure(source: Source, secret: Any) -> Made:
    """Return a dict that holds the secret under a key that tells nothing."""
    shown = secret if isinstance(secret, str) else str(secret)
    number = source.randint(10_000, 99_999)
    field = source.choice(FIELDS)
    value: Any = source.choice(
        (
            {field: secret, "attempt": number},
            {"attempt": number, "rows": [{"n": 1, field: secret}, {"n": 2, field: None}]},
            {"attempt": number, field: ["plain", secret]},
            {"outer": {"inner": {field: secret}}, "attempt": number},
            {"attempt": number, "pair": (field, secret)},
        )
    )
    return Made(value, (shown,), (f"attempt: {number}",))


def anywhere(source: Source, secret: str) -> Made:
    """Return the secret in a text, or now and then in a structure."""
    return in_structure(source, secret) if source.chance(0.15) else in_text(source, secret)
