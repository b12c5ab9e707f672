"""The gate itself: a redactor that is too lax or too eager does not pass it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.redaction.corpus.catalog import Case, negatives, positives
from tests.redaction.evidence import flatten, leaks, lost, plain
from tests.redaction.score import Score, main, problems, run


def _score(subject: Any) -> Score:
    return run(subject, positives()[::7], negatives()[::7])


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {"[REDACTED:key]": "[REDACTED:all]"}
    return ["[REDACTED:all]"] if isinstance(value, (list, tuple)) else "[REDACTED:all]"


def test_a_redactor_that_does_nothing_fails_on_what_it_finds_alone() -> None:
    """Leaving everything as it is harms nothing and finds nothing."""
    score = _score(plain)
    assert score.found < 0.01
    assert score.changed == score.hard_changed == score.neighbours_lost == 0
    assert any("found" in problem for problem in problems(score))


def test_a_redactor_that_blanks_everything_fails_on_what_must_stay() -> None:
    """Blanking finds everything, changes every negative and loses every neighbour."""
    score = _score(_blank)
    assert score.found == 1
    assert score.changed == score.hard_changed == 1
    assert score.neighbours_lost > 0.9
    assert any("changed" in problem for problem in problems(score))
    assert any("neighbours" in problem for problem in problems(score))


def test_a_redactor_that_is_good_at_all_kinds_but_one_fails_on_that_one() -> None:
    """The share of all cases does not hide a kind that is missed."""
    kinds = {case.kind for case in positives()}
    values = {id(case.value): case for case in positives()}

    def subject(value: Any) -> Any:
        case = values.get(id(value))
        return plain(value) if case is None or case.kind == "jwt" else _blank(value)

    named = [problem for problem in problems(run(subject, positives(), negatives())) if problem.startswith("jwt")]
    assert "jwt" in kinds
    assert len(named) == 1


@pytest.mark.parametrize(
    ("secret", "out"),
    [
        ("correct-horse-battery", "was correct-horse-bat[REDACTED:password]"),
        ("correct-horse-battery", "was [REDACTED:password]rse-battery!"),
        ("4111111111111111", "card ************11111 on file"),
        ("4111 1111 1111 1111", "card [REDACTED:card] 111 1111"),
        ("+49 170 1234567", "+[REDACTED:phone]34567"),
        ("DE89370400440532013000", "to DE89 3704 0044 0532 0130 00"),
        ("8.8.4.17", "from 8.8.4.17:443"),
        ("2606:4700:1:2:3:4:abcd:1234", "from [REDACTED:ip]:abcd:1234"),
    ],
)
def test_a_half_masked_secret_counts_as_missed(secret: str, out: str) -> None:
    """What stays of a secret is no more than a few characters."""
    assert leaks(Case("x", f"was {secret} there", (secret,)), out)


@pytest.mark.parametrize(
    ("secret", "out"),
    [
        ("correct-horse-battery", "was [REDACTED:password] there"),
        ("4111 1111 1111 1111", "was **** 1111 there"),
        ("8.8.4.17", "was 8.8.4.0 there"),
        ("2606:4700:1:2:3:4:abcd:1234", "was 2606:4700:1:: there"),
        ("password", "was [REDACTED:password] there"),
        ("owner@shop.example", "was [email:9f3a1c2b] there"),
    ],
)
def test_a_marker_or_a_network_is_no_leak(secret: str, out: str) -> None:
    """A marker's own words, the last four digits and a network's address tell nothing that must not be told."""
    assert leaks(Case("x", f"was {secret} there", (secret,)), out) == []


def test_what_stands_beside_a_secret_is_no_part_of_it() -> None:
    """Characters that the secret shares with its neighbours do not count as a leak."""
    case = Case("x", {"user": "bob.smith", "password": "bob.smith1"}, ("bob.smith1",))
    assert leaks(case, flatten({"user": "bob.smith", "password": "[REDACTED:password]"})) == []


def test_a_neighbour_must_stay_verbatim() -> None:
    """A neighbour that was changed in part counts as lost."""
    case = Case("x", {"n": 42, "password": "hunter22"}, ("hunter22",), ("n: 42",))
    assert lost(case, flatten({"n": 42, "password": "[REDACTED:password]"})) == []
    assert lost(case, flatten({"n": "[REDACTED:card]", "password": "[REDACTED:password]"})) == ["n: 42"]


def test_the_command_prints_each_kind_and_the_first_misses(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    """`python -m tests.redaction.score` prints a table, and writes the rates to a file where asked."""
    assert main(["--kind", "uuid", "--kind", "jwt", "--misses", "1", "--json", str(tmp_path / "rates.json")]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^jwt +150 +found", shown, re.MULTILINE)
    assert re.search(r"^uuid +300 +changed", shown, re.MULTILINE)
    assert '"jwt"' in (tmp_path / "rates.json").read_text()
