from __future__ import annotations

import time
from random import Random
from typing import Any

import pytest

from obskit.protect.clean import Clean
from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from obskit.protect.redactor import Redactor
from obskit.protect.walk import Walk
from tests.protect.subjects import corpus_texts, make

FRAME = '  File "/app/shop/orders.py", line 17, in pay\n    return self.session.post(url, auth=self.auth, json=order)\n'
TRACE = f"Traceback (most recent call last):\n{FRAME * 12}KeyError: 'user'"


@pytest.fixture
def redactor() -> Redactor:
    """Return that of the default policy, new."""
    return make()


def record(trace: str, **more: Any) -> dict[str, Any]:
    return {"message": "failed", "error": {"type": "KeyError", "message": "'user'", "stack_trace": trace}, **more}


def test_only_long_texts_are_remembered() -> None:
    """Those that are looked through faster than remembered are not, nor are those that fill the memory."""
    clean = Clean()
    for text in ("short", "x" * 511, "x" * 20_000):
        clean.add(text)
        assert text not in clean
    clean.add(TRACE)
    assert str(TRACE) in clean
    assert TRACE + "." not in clean


def test_what_is_remembered_is_bounded() -> None:
    """However many different texts come, so many are held."""
    clean = Clean()
    for number in range(1000):
        clean.add(f"{number} {TRACE}")
    assert len(clean._texts) <= 32


def test_a_huge_text_is_not_hashed() -> None:
    """To ask for one costs nothing."""
    clean, huge = Clean(), "x" * 50_000_000
    began = time.thread_time()
    assert huge not in clean
    assert time.thread_time() - began < 0.01


def test_a_text_that_looked_suspicious_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same stack trace of the next exception is known to hold nothing."""
    finder = Finder(Keys())
    assert finder.suspects(TRACE)
    assert finder.find(TRACE) == []
    monkeypatch.setattr(Finder, "_found", lambda *_: pytest.fail("it was looked through again"))
    assert finder.find(f"{TRACE}") == []


def test_a_text_with_a_secret_is_never_remembered(redactor: Redactor) -> None:
    """Nor is it by the look at the whole record."""
    assert redactor.finder is not None
    secret = f"{TRACE}\npassword=hunter22"
    for _ in range(3):
        shown = redactor.record(record(secret), 60_000)
        assert shown["error"]["stack_trace"] == f"{TRACE}\npassword=[REDACTED:password]"
        assert redactor.text(secret) == f"{TRACE}\npassword=[REDACTED:password]"
    assert secret not in redactor.finder.clean


def test_a_secret_beside_a_known_trace_is_found(redactor: Redactor) -> None:
    """The trace is left out of the look at the record, the rest of the record is not."""
    for _ in range(3):
        shown = redactor.record(record(TRACE, context={"note": "mail ann@shop.example"}), 60_000)
        assert shown["error"]["stack_trace"] == TRACE
        assert shown["context"]["note"] == "mail [REDACTED:email]"
        assert redactor.record(record(TRACE), 60_000)["error"]["stack_trace"] == TRACE


def test_a_secret_of_the_record_is_found_again_in_a_known_trace(redactor: Redactor) -> None:
    """What nothing but its name gave away goes from the trace as well, however often the trace was clean."""
    trace = TRACE.replace("'user'", "'walrus-77'")
    for _ in range(3):
        assert redactor.record(record(trace), 60_000)["error"]["stack_trace"] == trace
    shown = redactor.record(record(trace, context={"password": "walrus-77"}), 60_000)
    assert "walrus-77" not in str(shown)


def test_a_limit_counts_a_known_trace(redactor: Redactor) -> None:
    """What is known is as long as it was."""
    redactor.record(record(TRACE), 60_000)
    assert redactor.record(record(TRACE), 300)["truncated"] == ["error.stack_trace"]


def test_a_trace_that_only_looks_suspicious_is_not_walked(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    """`KeyError:` is written like the name of a key; the first time, the rest of the record has names to judge."""
    assert redactor.finder is not None
    traces = [TRACE.replace("'user'", f"'fra-{number}'") for number in range(2)]
    assert all(map(redactor.finder.suspects, traces))
    redactor.record(record(traces[0], context={"order": 7}), 60_000)
    monkeypatch.setattr(Walk, "part", lambda *_: pytest.fail("it was walked"))
    given = record(traces[1], context={"order": 8})
    assert redactor.record(given, 60_000) == record(traces[1], context={"order": 8})


@pytest.mark.parametrize(
    "secret",
    [
        "password=hunter22",
        "mail ann@shop.example",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq9xZ0Wm\nQ1w5T8zK3nYpLrVd\n-----END RSA PRIVATE KEY-----",
        "password =\n    'hunter22xyz'",
        "Authorization: Basic\n  YW5uOmh1bnRlcjIyMjI=",
        "card 4111 1111 1111 1111",
    ],
)
@pytest.mark.parametrize("place", range(4))
def test_a_secret_anywhere_in_a_trace_is_found(redactor: Redactor, secret: str, place: int) -> None:
    """In a source line, between frames, in the message, over several lines: as by the walk of the text alone."""
    frames = [FRAME] * 12
    traces = [
        f"{''.join(frames[:6])}    {secret}\n{''.join(frames[6:])}KeyError: 'a'",
        f"{''.join(frames)}KeyError: {secret}",
        f"{''.join(frames)}KeyError: 'a'\n{secret}",
        f"{secret}\n{''.join(frames)}KeyError: 'a'",
    ]
    trace = f"Traceback (most recent call last):\n{traces[place]}"
    expected = redactor.text(trace)
    assert expected != trace
    for _ in range(3):
        redactor.record(record(TRACE), 60_000)
        assert redactor.record(record(trace), 60_000)["error"]["stack_trace"] == expected


def test_a_record_is_what_the_walk_makes_of_it(redactor: Redactor) -> None:
    """Whatever the corpus holds, in the trace or beside it."""
    random, texts = Random(3), corpus_texts(7)
    for number in range(400):
        trace = "\n".join([TRACE, *random.sample(texts, number % 2)])
        given = record(trace, context={"note": random.choice(texts) if number % 3 == 0 else "done", "order": number})
        walk = Walk(redactor, 60_000)
        parts = {part: walk.part(part, given[part]) for part in ("message", "error", "context")}
        expected = {**given, **walk.finished(parts)}
        assert redactor.record({**given}, 60_000) == expected


def test_long_texts_hold_the_same_the_second_time() -> None:
    """Whatever the corpus holds, in texts long enough to be remembered."""
    random, finder, texts = Random(7), Finder(Keys()), corpus_texts(7)
    for number in range(300):
        text = "\n".join([TRACE, *random.sample(texts, number % 3)])
        expected = finder._found(text)
        assert finder.find(text) == finder.find(text) == expected
