"""All generators together: importing this module registers every kind."""

from __future__ import annotations

from tests.redaction.corpus import (  # noqa: F401
    connections,
    credentials,
    harmless,
    identifiers,
    keyed,
    languages,
    lookalikes,
    masked,
    measures,
    network,
    objects,
    pairs,
    personal,
    prose,
    protocols,
    real,
    shell,
    statements,
    texts,
    traces,
    vendors,
)
from tests.redaction.corpus.case import HARD, NEGATIVE, POSITIVE, Case, cases_of, negatives, positives

__all__ = ["HARD", "NEGATIVE", "POSITIVE", "Case", "cases_of", "negatives", "positives"]
