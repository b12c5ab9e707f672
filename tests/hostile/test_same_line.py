"""Whatever way a record goes, its line holds what the careful walk over its fields gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import obskit
from obskit.line.encode import FRAME, encode
from obskit.protect import policy
from obskit.protect.redactor import Redactor
from obskit.protect.walk import Walk
from obskit.record.blocks import placed
from obskit.record.error import describe
from tests.hostile.doors import LOGGER, log, native
from tests.hostile.records import Records
from tests.hostile.written import LINE_BYTES, Written

POLICIES: dict[str, obskit.Redaction | None] = {
    "default": obskit.Redaction(),
    "denied names": obskit.Redaction(deny=("amber", "*_id", "velvet")),
    "denied paths": obskit.Redaction(deny=("context.*.raven", "amber.*"), allow=("context.token",)),
    "allowed names": obskit.Redaction(allow=("password", "*token*", "email")),
    "pseudonyms": obskit.Redaction(pseudonym_key="a key of this test", ip="remove"),
    "few detectors": obskit.Redaction(detectors=("email", "card"), ip="keep"),
    "custom": obskit.Redaction(custom={"ticket": r"ok|maple|\d{3}"}),
    "off": None,
}
OFTEN = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
# A line that was cut to its length may be cut elsewhere: what it holds is compared where nothing had to go.
_ROOMY = 48_000
_PARTS = ("context", "user", "request", "truncated")
_KEPT = frozenset(("name", "msg", "args", "message", "asctime", "module", "levelname", "lineno", "process", "thread"))


def carefully(redactor: Redactor, **parts: Any) -> dict[str, Any]:
    """Return the parts of a record as the walk gives them, and `truncated`."""
    walk = Walk(redactor, LINE_BYTES - FRAME)
    found = walk.finished({name: walk.part(name, value) for name, value in parts.items()})
    if type(found.get("message", "")) is not str:
        found["message"] = encode(found["message"]).decode()
    if walk.cut:
        found["truncated"] = walk.cut[:20]
    return json.loads(encode(found))  # type: ignore[no-any-return]


def _plain(message: Any, fields: dict[str, Any], random: Random) -> None:
    log.info(message, **fields)


def _bound(message: Any, fields: dict[str, Any], random: Random) -> None:
    names = list(fields)
    bound = {name: fields[name] for name in names[: random.randint(0, len(names))]}
    log.bind(**bound).info(message, **{name: value for name, value in fields.items() if name not in bound})


def _in_scope(message: Any, fields: dict[str, Any], random: Random) -> None:
    names = list(fields)
    first, second = sorted((random.randint(0, len(names)), random.randint(0, len(names))))
    part = [{name: fields[name] for name in some} for some in (names[:first], names[first:second], names[second:])]
    with obskit.scope():
        obskit.bind(**part[0])
        with obskit.bound(**part[1]):
            log.warning(message, **part[2])


def _as_extra(message: Any, fields: dict[str, Any], random: Random) -> None:
    fits = type(message) is str and "%" not in message and _KEPT.isdisjoint(fields)
    if fits:
        native.info(message, extra=fields)
    else:
        log.info(message, **fields)


WAYS: tuple[Callable[[Any, dict[str, Any], Random], None], ...] = (_plain, _plain, _bound, _in_scope, _as_extra)


def logged(written: Written, redactor: Redactor, random: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Log one random record; return what its line holds, and what the walk gives."""
    records = Records(random)
    message, fields = records.message(), records.fields()
    if random.random() < 0.2:
        fields |= records.blocks()
    way = random.choice(WAYS)
    way(message, fields, random)
    line = written.line()
    parts = {"message": message, "logger": LOGGER, **placed(fields)}
    if fields:
        parts["context"] = fields
    expected = carefully(redactor, **parts)
    if len(json.dumps(expected)) >= _ROOMY:
        return {}, {}
    return {name: line[name] for name in line if name in (*expected, *_PARTS)}, expected


@pytest.mark.parametrize("name", POLICIES)
def test_a_line_holds_what_the_careful_walk_gives(writing: Callable[..., Written], name: str) -> None:
    """For fields, messages, bound and scoped values of every kind, under every policy."""
    written = writing(redaction=POLICIES[name] or False)
    redactor = policy.make(POLICIES[name], lambda: None)

    @OFTEN
    @given(st.randoms(use_true_random=False))
    def compared(random: Random) -> None:
        held, expected = logged(written, redactor, random)
        assert held == expected

    compared()


@pytest.mark.slow
@pytest.mark.timeout(200)
@pytest.mark.parametrize("name", POLICIES)
def test_thousands_of_lines_hold_what_the_careful_walk_gives(writing: Callable[..., Written], name: str) -> None:
    """The same for so many records that caches fill, names come again in other company, and rare kinds meet."""
    written = writing(redaction=POLICIES[name] or False)
    redactor = policy.make(POLICIES[name], lambda: None)
    for seed in range(1500):
        held, expected = logged(written, redactor, Random(seed))
        assert held == expected, f"with seed {seed}"


def policy_text(redactor: Redactor, template: str, values: Any) -> str:
    """Return a template with its arguments, those behind a telling word hidden."""
    from obskit.protect.percent import formatted

    return formatted(template, values, redactor.argument)


def test_a_message_with_arguments_holds_what_the_careful_walk_gives(written: Written) -> None:
    """Positional arguments are hidden by the words before them, and the text is searched."""
    redactor = policy.make(obskit.Redaction(), lambda: None)
    templates = ("%s and %s", "password %s for %r", "%s", "token=%s %s", "%s=%s", "user %s: %.3s", "%s%%")

    @OFTEN
    @given(st.randoms(use_true_random=False))
    def compared(random: Random) -> None:
        records = Records(random)
        template = random.choice(templates)
        values = tuple(records.value(1) for _ in range(random.randint(1, 3)))
        log.info(template, *values)
        single = len(values) == 1 and isinstance(values[0], Mapping) and values[0]
        text = policy_text(redactor, template, values[0] if single else values)
        assert written.line()["message"] == carefully(redactor, message=text, logger=LOGGER)["message"]

    compared()


def test_an_error_holds_what_the_careful_walk_gives(written: Written) -> None:
    """Message, stack trace, facts and causes of exceptions that say secrets."""
    redactor = policy.make(obskit.Redaction(), lambda: None)

    @OFTEN
    @given(st.randoms(use_true_random=False))
    def compared(random: Random) -> None:
        records = Records(random)
        error = caught(ValueError(records.message(), *[records.value(1)] * random.randint(0, 1)), records.value(0))
        fields = records.fields()
        log.error("failed", exc_info=error, **fields)
        line = written.line()
        context = {"context": fields} if fields else {}
        expected = carefully(redactor, message="failed", logger=LOGGER, error=describe(error), **context)
        if len(json.dumps(expected)) < _ROOMY:
            assert {name: line[name] for name in line if name in (*expected, "context", "truncated")} == expected

    compared()


def caught(error: Exception, cause: Any) -> Exception:
    """Return an exception with a traceback, notes and a cause."""
    try:
        try:
            raise KeyError(cause)
        except KeyError as first:
            error.add_note(f"note: {cause!r}")
            raise error from first
    except Exception as second:
        return second


def test_a_span_holds_what_the_careful_walk_gives(written: Written) -> None:
    """Its name and its attributes, plain and odd."""
    redactor = policy.make(obskit.Redaction(), lambda: None)

    @OFTEN
    @given(st.randoms(use_true_random=False))
    def compared(random: Random) -> None:
        records = Records(random)
        name, fields = records.name(), attributes(records)
        with obskit.span(name, **fields):
            pass
        line = written.span()
        context = {"attributes": fields} if fields else {}
        expected = carefully(redactor, name=name, **context)
        assert {part: line[part] for part in line if part in ("name", "attributes", "truncated")} == expected

    compared()


def attributes(records: Records) -> dict[str, Any]:
    """Return what a span's attributes may hold: texts, numbers and lists of them."""
    found = {}
    for name, value in records.fields().items():
        if name and type(value) in (str, int, float, bool):
            found[name] = value
        elif name:
            found[name] = (records.secret(), records.secret())
    return found
