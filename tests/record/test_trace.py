from __future__ import annotations

import sys
import time
import traceback

import pytest

from obskit.record.stack import MOST_TRACE, forget
from obskit.record.trace import trace
from tests.record.raised import caught, group, printed, shapes, with_context


@pytest.fixture(autouse=True)
def anew() -> None:
    """Begin with no frame known."""
    forget()


@pytest.mark.parametrize("shape", shapes())
def test_an_exception_is_shown_as_python_prints_it(shape: str) -> None:
    """Character by character, when its frames are new and when they are known."""
    raising = shapes()[shape]
    for _ in range(3):
        error = caught(raising)
        assert trace(error) == printed(error)


@pytest.mark.parametrize("limit", [0, 1, 3, -1])
def test_the_limit_of_the_interpreter_is_heeded(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sys.tracebacklimit` cuts here, too."""
    error = caught(with_context)
    monkeypatch.setattr(sys, "tracebacklimit", limit, raising=False)
    assert trace(error) == printed(error)


def test_notes_that_cannot_be_had_cost_no_stack() -> None:
    """Whatever Python says of such notes, type and message are told where it says anything."""

    class Hostile(Exception):
        @property
        def __notes__(self) -> object:
            raise RuntimeError("no notes")

    error = caught(lambda: (_ for _ in ()).throw(Hostile("x")))
    try:
        expected = printed(error)
    except RuntimeError:
        with pytest.raises(RuntimeError):
            trace(error)
    else:
        assert trace(error) == expected


def test_a_long_message_loses_its_middle() -> None:
    """Both ends stay, cut between words, and the gap is told."""
    error = ValueError("beginning " + "word " * 20_000 + "end")
    shown = trace(error)
    assert len(shown) < MOST_TRACE + 100
    assert shown.startswith("ValueError: beginning word")
    assert shown.endswith("word end\n")
    assert " characters …\n" in shown


def test_a_long_chain_keeps_its_oldest_and_its_newest() -> None:
    """Thousands of causes are counted, not shown, and take no time to speak of."""
    error: Exception = KeyError("the first")
    for number in range(400):
        later = ValueError(number)
        later.__cause__ = error
        error = later
    began = time.thread_time()
    shown = trace(error)
    assert time.thread_time() - began < 0.25
    assert shown.startswith("KeyError: 'the first'\n")
    assert shown.endswith("\nValueError: 399\n")
    assert "\n… 201 exceptions …\n" in shown


def test_a_tree_of_groups_ends() -> None:
    """A group of groups of groups takes bounded time and length."""

    def grown(depth: int) -> Exception:
        return ExceptionGroup("g", [grown(depth - 1) for _ in range(15)]) if depth else ValueError("leaf")

    tree = ExceptionGroup("top", [grown(4), *[ValueError("wide")] * 20_000])
    began = time.thread_time()
    shown = trace(tree)
    assert time.thread_time() - began < 0.5
    assert len(shown) < MOST_TRACE + 100
    assert "and 19986 more exceptions" in shown


def test_a_group_of_long_stacks_is_cut() -> None:
    """What is left out of the middle is counted as it is in any other text."""
    error = ExceptionGroup("many", [ExceptionGroup("each", [caught(group)] * 12)] * 2)
    whole = printed(error)
    shown = trace(error)
    head, _, tail = shown.partition("\n… ")
    count, _, tail = tail.partition(" characters …\n")
    assert whole.startswith(head)
    assert whole.endswith(tail)
    assert len(head) + int(count) + len(tail) == len(whole)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python guesses only while it prints")
def test_a_guess_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look for the name that was meant takes long; the same place and message get the same guess."""
    calls: list[object] = []
    real = traceback._compute_suggestion_error
    monkeypatch.setattr(traceback, "_compute_suggestion_error", lambda *args: calls.append(args) or real(*args))
    raising = shapes()["misspelt"]
    shown = {trace(caught(raising)) for _ in range(5)}
    assert len(calls) == 1
    assert "Did you mean: 'colour'" in shown.pop()
