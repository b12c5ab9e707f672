"""Properties: a secret in any structure never comes out; a structure without one comes out equal."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.redaction.corpus.case import Case
from tests.redaction.corpus.credentials import jwt
from tests.redaction.corpus.names import NEIGHBOURS, telling
from tests.redaction.corpus.numbers import card_number, grouped, iban, phone, ssn
from tests.redaction.corpus.personal import email
from tests.redaction.corpus.source import WORDS, Source
from tests.redaction.corpus.vendors import VENDORS
from tests.redaction.evidence import flatten, leaks
from tests.redaction.score import Subject, obskit_subject

OFTEN = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Harmless: words, small numbers, times of day, and what joins them. No name among the keys tells of a secret.
_words = st.sampled_from(WORDS)
_joints = st.sampled_from((" ", " ", ", ", ": ", "\n", " - ", " (", ") ", "; ", "... ", " = "))
_numbers = st.integers(-99_999, 99_999)
_texts = st.lists(st.tuples(_words, _joints), max_size=6).map(
    lambda parts: "".join(word + joint for word, joint in parts).strip()
)
_keys = st.sampled_from([name for name, _ in NEIGHBOURS]) | _words
_leaves = st.none() | st.booleans() | _numbers | st.floats(-1e6, 1e6, allow_nan=False) | _texts


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4)


_harmless = st.recursive(_leaves, _containers, max_leaves=12)


@st.composite
def _known_by_form(draw: st.DrawFn) -> str:
    """Draw a secret that is known by its own form, wherever it stands."""
    source = Source(draw(st.integers(0, 2**48)))
    makers = (
        email,
        jwt,
        phone,
        ssn,
        iban,
        lambda source: card_number(source, "visa"),
        lambda source: grouped(card_number(source, "mastercard"), "-"),
        VENDORS[source.choice(sorted(VENDORS))],
    )
    return source.choice(makers)(source)


@st.composite
def _around(draw: st.DrawFn, inner: Any) -> Any:
    """Draw a structure of dicts, lists and tuples, with harmless fields, in which the value stands somewhere."""
    value = inner
    for _ in range(draw(st.integers(0, 4))):
        beside = draw(st.lists(_leaves, max_size=2))
        form = draw(st.sampled_from(("dict", "list", "tuple")))
        if form == "dict":
            fields = {f"{draw(_words)}_{place}": leaf for place, leaf in enumerate(beside)}
            value = {**fields, draw(_words): value}
        else:
            place = draw(st.integers(0, len(beside)))
            value = [*beside[:place], value, *beside[place:]]
            value = tuple(value) if form == "tuple" else value
    return value


@st.composite
def _hidden_by_form(draw: st.DrawFn) -> Case:
    """Draw a structure with a secret in a text, alone, or as the key of a dict."""
    secret = draw(_known_by_form())
    place = draw(st.sampled_from(("alone", "text", "key")))
    before, after = (draw(_texts) for _ in range(2))
    value: Any = secret if place != "text" else f"{before} {secret} {after}".strip()
    return Case("property", draw(_around({value: draw(_numbers)} if place == "key" else value)), (secret,))


@st.composite
def _hidden_by_key(draw: st.DrawFn) -> Case:
    """Draw a structure with a random text under a name that tells, the value alone or in a list or dict of its own."""
    source = Source(draw(st.integers(0, 2**48)))
    # Not any text: `********` and `$TOKEN` are what programs put in the place of a secret.
    secret = source.choice((source.password, source.token, source.awkward, source.uuid))()
    name = telling(source)
    held = draw(st.sampled_from((secret, [secret], (secret,), {"value": secret}, secret.encode())))
    return Case(
        "property", draw(_around({**draw(st.dictionaries(_words, _leaves, max_size=2)), name: held})), (secret,)
    )


@cache
def _subject() -> Subject:
    return obskit_subject()


@OFTEN
@given(_hidden_by_form())
def test_a_secret_of_a_known_form_never_comes_out(case: Case) -> None:
    """Wherever in a structure it stands, as value, as part of a text or as a key, nothing of it remains."""
    assert leaks(case, flatten(_subject()(case.value))) == []


@OFTEN
@given(_hidden_by_key())
def test_a_value_under_a_telling_name_never_comes_out(case: Case) -> None:
    """Whatever the value, and however the name is spelled, nothing of it remains."""
    assert leaks(case, flatten(_subject()(case.value))) == []


@OFTEN
@given(_harmless)
def test_a_structure_without_secrets_comes_out_equal(value: Any) -> None:
    """Words, numbers and dicts of plain fields are left alone."""
    assert _subject()(value) == value


@OFTEN
@given(st.text(max_size=200))
def test_any_text_yields_text(text: str) -> None:
    """Random Unicode neither raises nor turns into anything but text."""
    assert isinstance(_subject()(text), str)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(VENDORS)))
def test_each_vendors_token_is_found_in_a_sentence(seed: int, vendor: str) -> None:
    """A token in the middle of a sentence goes, the sentence stays."""
    token = VENDORS[vendor](Source(seed))
    text = f"the deploy of {random.Random(seed).choice(WORDS)} used {token} again"
    out = _subject()(text)
    assert leaks(Case("property", text, (token,)), out) == []
    assert out.endswith(" again")
