from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.tracing.baggage import MOST_BYTES, Value, parse, redacted, render

GRAMMAR: list[tuple[str, list[str], dict[str, str]]] = [
    ("one", ["SomeKey=SomeValue"], {"SomeKey": "SomeValue"}),
    ("two", ["a=1,b=2"], {"a": "1", "b": "2"}),
    ("several headers", ["a=1", "b=2,c=3"], {"a": "1", "b": "2", "c": "3"}),
    ("white space", ["a \t = \t 1 \t , \t b \t = \t 2 \t "], {"a": "1", "b": "2"}),
    ("equals signs in a value", ["a=1=2=="], {"a": "1=2=="}),
    ("percent-encoded", ["a=%09%20%22%27%3B%3Dx%21%40%23%2C%5C%25"], {"a": "\t \"';=x!@#,\\%"}),
    ("UTF-8", ["a=%C3%A9%E2%82%AC"], {"a": "\u00e9\u20ac"}),
    ("bytes that are no UTF-8", ["a=%FF%C3x"], {"a": "\ufffd\ufffdx"}),
    ("a broken escape stays", ["a=%zz%4"], {"a": "%zz%4"}),
    ("plus is no space", ["a=1+2"], {"a": "1+2"}),
    ("a key isn't decoded", ["a%20b=1"], {"a%20b": "1"}),
    ("empty value", ["a="], {"a": ""}),
    ("doubled key, the last counts", ["a=1,a=2"], {"a": "2"}),
    ("properties", ["a=1;p;q=2,b=2"], {"a": "1", "b": "2"}),
    ("properties with white space", ["a = 1 \t ; \t p \t = \t 2 , b=2"], {"a": "1", "b": "2"}),
    ("no key", ["=1,b=2"], {"b": "2"}),
    ("no equals sign", ["a,b=2"], {"b": "2"}),
    ("key with a space", ["a b=1,c=2"], {"c": "2"}),
    ("key that isn't ASCII", ["\u00e9=1,c=2"], {"c": "2"}),
    ("value with a space", ["a=1 2,c=2"], {"c": "2"}),
    ("value with quotes", ['a="1",c=2'], {"c": "2"}),
    ("value that isn't ASCII", ["a=\u00e9,c=2"], {"c": "2"}),
    ("value with a line break", ["a=1\r\nx:y,c=2"], {"c": "2"}),
    ("empty members", [",,a=1,,"], {"a": "1"}),
    ("empty", [""], {}),
    ("nothing", [], {}),
]


@pytest.mark.parametrize(("headers", "expected"), [case[1:] for case in GRAMMAR], ids=[case[0] for case in GRAMMAR])
def test_grammar(headers, expected) -> None:
    """Legal members are decoded, illegal ones left out."""
    assert parse(headers) == expected


def test_properties_are_passed_on() -> None:
    """A service that knows nothing of properties doesn't lose them; illegal ones go."""
    found = parse(["a=%C3%A9;p;q = 2; ;b\u00e4d;r=3"])
    assert found == {"a": "\u00e9"}
    assert render(found) == "a=%C3%A9;p;q = 2;r=3"


def test_64_members_and_8192_bytes_are_kept() -> None:
    """What the specification asks a platform to propagate is propagated."""
    member = "x" * 121
    header = ",".join(f"key{number:02}={member}" for number in range(64))
    assert len(header) <= MOST_BYTES
    found = parse([header])
    assert len(found) == 64
    assert render(found) == header


def test_members_beyond_the_limit_are_dropped_whole() -> None:
    """More than 8192 bytes are cut between members."""
    found = parse([",".join(f"key{number:03}={'x' * 93}" for number in range(100))])
    assert len(found) == 81
    assert set(found.values()) == {"x" * 93}


def test_members_beyond_180_are_dropped() -> None:
    """The first 180 members are kept."""
    assert len(parse([",".join(f"k{number}=1" for number in range(200))])) == 180
    assert render({f"k{number}": "1" for number in range(200)}).count("=") == 180


def test_a_megabyte_is_read_in_no_time() -> None:
    """A huge header costs no more than a full one."""
    assert parse(["a" * 1_000_000]) == {}
    assert len(parse(["a=1," * 300_000])) == 1


def test_what_is_written_stays_within_the_limit() -> None:
    """A value that doesn't fit is left out, the others are sent."""
    written = render({"a": "1", "huge": "x" * 9000, "b": "2"})
    assert written == "a=1,b=2"
    assert len(render({f"key{number}": "x" * 100 for number in range(179)})) <= MOST_BYTES


def test_values_are_encoded() -> None:
    """Whatever isn't legal in a value is percent-encoded, and so is a plus."""
    assert render({"a": '1 2,3;4"\\%+\u00e9'}) == "a=1%202%2C3%3B4%22%5C%25%2B%C3%A9"


def test_illegal_keys_and_hostile_values_are_left_out() -> None:
    """Nothing that an application puts into baggage raises."""

    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError

    assert render({"a b": "1", "": "1", "c": Hostile(), "d": 5, 7: "x"}) == "d=5"  # type: ignore[dict-item]


def test_lone_surrogates_are_replaced() -> None:
    """Text that isn't UTF-8 can't be sent as it is."""
    assert render({"a": "x\ud800"}) == "a=x?"


def test_a_value_is_a_string() -> None:
    """A value with properties can be used like any string."""
    value = parse(["a=1;p"])["a"]
    assert isinstance(value, Value)
    assert value == "1"
    assert value.properties == "p"


@given(st.text())
def test_any_text_is_read(text) -> None:
    """No header raises, and what was read can be written and read again."""
    found = parse([text])
    assert parse([render(found)]) == found


@given(st.dictionaries(st.from_regex(r"[a-z!#$%&'*+.^_`|~-]{1,8}", fullmatch=True), st.text(max_size=20), max_size=8))
def test_any_value_makes_the_journey(baggage) -> None:
    """Values arrive as they were sent."""
    sent = {key: value.encode("utf-8", "replace").decode() for key, value in baggage.items()}
    assert parse([render(sent)]) == sent


def _protect(value: object, key: str | None) -> object:
    return "[REDACTED:x]" if key == "token" or "jane" in str(value) else value


def test_redacted_baggage() -> None:
    """Values are replaced; keys and properties that hold a secret go, others stay with what they belong to."""
    found = parse(["tier=gold;since=1, token=2, a=jane;p=1, jane=3, note=x;by=jane"])
    assert render(redacted(found, _protect)) == "tier=gold;since=1,token=[REDACTED:x],a=[REDACTED:x];p=1,note=x"
    assert found["token"] == "2"
