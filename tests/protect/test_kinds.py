from __future__ import annotations

import re

import pytest

from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from obskit.protect.kinds import KINDS
from obskit.protect.tokens import TOKENS
from obskit.protect.vocabulary import DOUBTFUL, ENDINGS, PAIRS, WORDS


def test_every_kind_has_a_name_that_a_marker_takes_and_a_line_about_it() -> None:
    """The forms that redaction knows its own markers by."""
    assert [kind for kind in KINDS if not re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", kind)] == []
    assert all(KINDS.values())


def test_every_kind_that_a_detector_finds_is_named() -> None:
    """A policy may name it; those that come of policies or of failures are none to choose."""
    found = {kind for detector in Finder(Keys())._detectors for kind in detector.kinds}
    assert found - KINDS.keys() == {"denied"}


def test_every_kind_that_a_name_tells_is_named() -> None:
    """Whatever the vocabulary calls a value."""
    told = {*WORDS.values(), *PAIRS.values(), *ENDINGS.values(), *DOUBTFUL.values()}
    assert told - KINDS.keys() == set()


def test_every_vendor_has_its_kind() -> None:
    """The table of tokens is part of it."""
    assert {token.kind for token in TOKENS} <= KINDS.keys()


def test_nobody_can_add_a_kind() -> None:
    """The table is read by every policy."""
    with pytest.raises(TypeError):
        KINDS["mine"] = "no"  # type: ignore[index]
