from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from obskit.protect.span import Span, merge, of


def _span(start: int, end: int, kind: str = "k", shown: str | None = None) -> Span:
    return Span(start, end, kind, f"rule:{kind}", shown)


def test_a_span_is_that_of_a_group() -> None:
    """Where the group stands, of what kind, and by which rule."""
    found = re.search("a(b+)c", "xabbc")
    assert found is not None
    assert of(found, 1, "kind", "rule") == Span(2, 4, "kind", "rule", None)


def test_spans_that_do_not_overlap_come_in_order() -> None:
    """Those that touch stay two."""
    assert merge([_span(4, 6), _span(0, 2), _span(2, 4)]) == [_span(0, 2), _span(2, 4), _span(4, 6)]


def test_what_any_span_covers_goes_and_the_widest_names_the_kind() -> None:
    """Overlapping spans become one."""
    assert merge([_span(0, 4, "narrow"), _span(2, 9, "wide")]) == [Span(0, 9, "wide", "rule:wide")]
    assert merge([_span(0, 9, "wide"), _span(8, 11, "narrow")]) == [Span(0, 11, "wide", "rule:wide")]


def test_a_span_inside_of_another_is_the_others() -> None:
    """At one place the first found names the kind."""
    assert merge([_span(0, 9, "wide"), _span(2, 4, "inner")]) == [_span(0, 9, "wide")]
    assert merge([_span(0, 9, "first"), _span(0, 9, "second")]) == [_span(0, 9, "first")]


def test_a_shortened_address_inside_of_a_secret_is_the_secrets() -> None:
    """No part of a secret is shown, whichever comes first."""
    assert merge([_span(0, 9, "secret"), _span(2, 4, "ip", "8.8.4.0")]) == [_span(0, 9, "secret")]
    assert merge([_span(0, 9, "ip", "8.8.4.0"), _span(2, 4, "secret")])[0].shown is None


def test_two_addresses_that_overlap_go_together() -> None:
    """What would be shown of one could tell of the other, but one inside of another changes nothing."""
    (both,) = merge([_span(0, 8, "ip", "8.8.4.0"), _span(4, 12, "ip", "1.1.1.0")])
    assert (both.start, both.end) == (0, 12)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=12))
def test_merged_spans_cover_what_the_spans_covered(places: list[tuple[int, int]]) -> None:
    """No more and no less, in order, without overlap."""
    spans = [_span(start, start + size) for start, size in places]
    merged = merge(spans)
    assert {n for span in merged for n in range(span.start, span.end)} == {
        n for span in spans for n in range(span.start, span.end)
    }
    assert all(first.end <= second.start for first, second in itertools.pairwise(merged))
