"""The page on sampling against the code that it describes."""

from __future__ import annotations

import json

import jsonschema

from obskit.decide import event, limiter, recorder
from obskit.query import schema, weight
from tests.docs.blocks import ROOT, blocks

PAGE = ROOT / "docs" / "sampling.md"


def test_the_summary_on_the_page_is_a_line() -> None:
    """The example of a summary is valid, and counts for what it says was left out."""
    (shown,) = [json.loads(block.text) for block in blocks(PAGE) if block.language == "json"]
    jsonschema.validate(shown, json.loads(schema.text()))
    assert weight.is_summary(shown)
    assert weight.of(shown) == shown["context"]["left_out"]


def test_the_summary_on_the_page_is_what_a_limiter_tells() -> None:
    """Its message, error, context and sampling have the fields of a limiter's summary."""
    (shown,) = [json.loads(block.text) for block in blocks(PAGE) if block.language == "json"]
    storm = limiter.Limiter(1.0, 1)
    for number in range(17, 1118):
        error = shown["error"]
        storm.takes(shown["logger"], 40, f"order {number} failed", error["fingerprint"], error_type=error["type"])
    (summary,) = storm.rest()
    assert (summary.event, summary.error, summary.sampling) == (shown["message"], shown["error"], shown["sampling"])
    assert summary.context | {"since": ""} == shown["context"] | {"since": ""}


def test_the_page_names_the_bounds() -> None:
    """What is held, told apart and shown is bounded as the page says."""
    text = " ".join(PAGE.read_text().split())
    for bound in (
        f"at most {recorder.UNIT_BYTES >> 10} KiB and a process {recorder.PROCESS_BYTES >> 20} MiB",
        f"{limiter._MOST_EVENTS:,} events",
        f"more than {event.LONGEST} characters",
    ):
        assert bound in text
