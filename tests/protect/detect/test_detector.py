from __future__ import annotations

from obskit.protect.detect.detector import detector
from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span
from tests.protect.subjects import corpus_texts


def test_a_detector_names_each_kind_once() -> None:
    """However they were given."""
    assert detector("rule", ["a", "b", "a"], Trigger("x"), lambda text: []).kinds == {"a", "b"}


def test_every_detector_finds_its_own_kinds_inside_of_the_text() -> None:
    """No span is empty, none reaches beyond the text, none is of a kind that a policy could not leave out."""
    detectors = [each for each in Finder(Keys())._detectors if not each.rule.startswith("token:")]
    wrong = [
        (each.rule, text, found)
        for text in corpus_texts(40)
        for each in detectors
        for found in each.find(text)
        if not (
            found.kind in each.kinds and 0 <= found.start < found.end <= len(text)
            if isinstance(found, Span)
            else 0 <= found < len(text)
        )
    ]
    assert wrong == []
