from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from tests.protect.subjects import corpus_texts, corpus_values, make

SECRETS = (
    "ann@shop.example", "4111 1111 1111 1111", "Bearer abcdef0123456789abcd", "password=hunter22", "219-09-9999",
    "https://ann:hunter22@shop.example/", "+49 170 1234567", "DE89370400440532013000", "8.8.4.17",
)  # fmt: skip


@pytest.fixture(scope="module")
def finder() -> Finder:
    """Return the finder of the default policy."""
    return Finder(Keys())


def test_spans_come_in_order_without_overlap(finder: Finder) -> None:
    """Each names its kind, its rule and its place."""
    text = "mail ann@shop.example, card 4111111111111111, password=hunter22"
    found = finder.find(text)
    assert [(span.kind, text[span.start : span.end]) for span in found] == [
        ("email", "ann@shop.example"), ("card", "4111111111111111"), ("password", "hunter22"),
    ]  # fmt: skip
    assert [span.rule for span in found] == ["email", "card", "pair:password"]


def test_a_secret_that_several_detectors_find_goes_once(finder: Finder) -> None:
    """The first of those that find the widest stretch names the kind."""
    found = finder.find("token=ghp_Q7w3E9r1T5y8U2i6O4p0A7s3D9f1G5h8J2k6")
    assert len(found) == 1
    assert finder.find("password=ann@shop.example")[0].kind == "email"
    assert finder.find("password=bob,ann@shop.example")[0].kind == "password"


@pytest.mark.parametrize("text", ["", "a", "abc", "order 17 created", "GET /orders/17 200", "worker 4 ready in 12 ms"])
def test_most_texts_are_not_even_suspected(finder: Finder, text: str) -> None:
    """Nothing is looked at, nothing found."""
    assert not finder.suspects(text)
    assert finder.find(text) == []


def test_detectors_limit_what_is_found() -> None:
    """Kinds that a policy leaves out stay; a team's own kinds are always looked for."""
    finder = Finder(Keys(), detectors=["card"], custom={"order": r"ORD-\d+"})
    text = "ann@shop.example 4111111111111111 ORD-17"
    assert [span.kind for span in finder.find(text)] == ["card", "order"]


def test_an_empty_list_of_detectors_finds_nothing() -> None:
    """Names of fields are judged all the same."""
    assert Finder(Keys(), detectors=[]).find("ann@shop.example 4111111111111111") == []
    assert make(detectors=[]).protect({"password": "x1"}) == {"password": "[REDACTED:password]"}


def test_a_kind_that_a_name_tells_is_left_out_too() -> None:
    """`detectors` counts for pairs in texts by the kind of the name."""
    assert make(detectors=["token"]).text("password=hunter22 token=9f8e7d6c") == (
        "password=hunter22 token=[REDACTED:token]"
    )


def test_allowed_and_denied_names_count_in_texts() -> None:
    """As they do for fields."""
    redactor = make(allow=["next_token"], deny=["diagnosis_code"])
    assert redactor.text("next_token=9f8e7d6c token=9f8e7d6c") == "next_token=9f8e7d6c token=[REDACTED:token]"
    assert redactor.text("diagnosis_code=J06.9") == "diagnosis_code=[REDACTED:denied]"


@pytest.mark.parametrize(
    "text",
    [
        "[REDACTED:email] and [REDACTED:password]",
        "password=[REDACTED:password]",
        '{"secret": "[REDACTED:secret]"}',
        "Authorization: Bearer [REDACTED:token]",
        "[REDACTED:error]",
        "postgres://[REDACTED:userinfo]@db/x",
    ],
)
def test_markers_hold_nothing(finder: Finder, text: str) -> None:
    """Whatever stands before them."""
    assert finder.find(text) == []


def test_pseudonyms_are_markers_where_a_policy_makes_them() -> None:
    """Elsewhere what looks like one is a text like any other."""
    text = "token: [token:9f3a1c2b]"
    assert make(pseudonym_key="k").text(text) == text
    assert "9f3a1c2b" not in make().text(text)


@pytest.mark.parametrize(
    "text", ["[REDACTED:ann]@shop.example", "[REDACTED:4111111111111111]", "[hunter22:9f3a1c2b]@x"]
)
def test_what_only_looks_like_a_marker_hides_nothing(finder: Finder, text: str) -> None:
    """A secret may stand in brackets."""
    shown = make().text(f"password={text} card 4111111111111111")
    assert "4111111111111111" not in shown


@pytest.mark.slow
def test_redacting_twice_is_redacting_once_in_the_corpus() -> None:
    """Whatever stood there, what is left of it comes out equal."""
    redactor = make()
    changed = [
        (text, once) for text in corpus_texts(12) if (once := redactor.text(text)) != redactor.text(once)
    ]  # fmt: skip
    assert changed == []


def test_redacting_a_structure_twice_is_redacting_it_once() -> None:
    """Under names and in texts, with and without pseudonyms."""
    for redactor in (make(), make(pseudonym_key="k")):
        for value in corpus_values(40):
            once = redactor.protect({"value": value})
            assert redactor.protect(once) == once


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*SECRETS, "'", '"', "=", ":", "(", ")", "and", "é", "\u200b", "%40"]), max_size=8),
       st.sampled_from([" and ", ", ", "\n"]))  # fmt: skip
def test_redacting_twice_is_redacting_once(parts: list[str], joint: str) -> None:
    """Whatever stands beside a secret."""
    redactor = make()
    once = redactor.text(joint.join(parts))
    assert redactor.text(once) == once


def test_after_so_many_candidates_the_rest_goes(finder: Finder) -> None:
    """Time stays bounded, and nothing passes for want of it."""
    text = "ann@shop.example " * 600 + "end"
    found = finder.find(text)
    assert found[-1].rule in {"excess", "email"}
    assert found[-1].end == len(text)
    assert "shop.example" not in make().text(text)


def test_candidates_in_vain_count_too(finder: Finder) -> None:
    """A text made of near-misses goes as what they are candidates of."""
    text = "4111111111111112 " * 20_000
    began = finder.find(text)
    assert {span.kind for span in began} <= {"card"}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found_at_the_edges_of_a_text(finder: Finder, secret: str) -> None:
    """At its beginning, at its end, in a line of its own, alone."""
    expected = {span.kind for span in finder.find(secret)}
    assert expected
    for text in (f"{secret} x", f"x {secret}", f"x\n{secret}\nx", f"({secret})", f"'{secret}'"):
        assert {span.kind for span in finder.find(text)} == expected, text


def test_an_encoded_address_of_a_network_stays(finder: Finder) -> None:
    """It is no credential, whoever encoded it."""
    assert finder.find("ZnJvbSA4LjguNC4xNyBwb3J0IDQ0Mw==") == []


def test_the_shortest_secret_of_a_team_may_have_one_character() -> None:
    """The built-in forms are longer; short texts are not looked at."""
    assert make().finder is not None and make().finder.shortest > 1
    custom: Any = {"mark": "§"}
    assert make(custom=custom).text("§") == "[REDACTED:mark]"
