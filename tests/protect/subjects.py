"""What the tests of the redactor share: a redactor of any policy, with and without RE2, and the texts of the corpus."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from obskit.protect import policy
from obskit.protect.detect import commands, credentials, encoded, headers, network, pairs, payment, personal, statements
from obskit.protect.lazy import Anchored
from obskit.protect.redactor import Redactor
from obskit.settings.options import Redaction
from tests.redaction.corpus.catalog import negatives, positives

_DETECTORS = (commands, credentials, encoded, headers, network, pairs, payment, personal, statements)


def make(failed: Callable[[], None] = lambda: None, watch: Any = None, **policy_arguments: Any) -> Redactor:
    """Return the redactor of a policy."""
    return policy.make(Redaction(**policy_arguments), failed, watch)


def anchored() -> dict[str, Anchored]:
    """Return the detectors' expressions that RE2 anchors, by their names."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in _DETECTORS
        for name, value in vars(module).items()
        if isinstance(value, Anchored)
    }


def forget_re2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what is built from now on, and what was built before, do without RE2 as where it is not installed."""
    monkeypatch.setitem(sys.modules, "re2", None)
    for expression in anchored().values():
        monkeypatch.setattr(expression, "_fast", False)


@cache
def corpus_values(step: int) -> tuple[Any, ...]:
    """Return one in so many values of the corpus, with secrets and without."""
    return tuple(case.value for case in (*positives(), *negatives()))[::step]


@cache
def corpus_texts(step: int) -> tuple[str, ...]:
    """Return the distinct texts of one in so many values of the corpus."""
    return tuple(dict.fromkeys(text for value in corpus_values(step) for text in _texts(value)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
