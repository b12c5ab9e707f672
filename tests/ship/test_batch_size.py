"""How many records a request holds."""

from __future__ import annotations

from obskit.ship.batch_size import BatchSize


def sizes(size: BatchSize, *answers: float, records: int | None = None) -> list[int]:
    """Return how many the next batch may hold after each of some answers, which took so many seconds."""
    found = []
    for taken in answers:
        size.sent(size.most if records is None else records, 100.0)
        size.answered(100.0 + taken)
        found.append(size.most)
    return found


def test_a_quick_target_gets_small_requests() -> None:
    """There is nothing to be gained by larger ones."""
    assert sizes(BatchSize(), 0.001, 0.01, 0.04) == [512, 512, 512]


def test_requests_grow_where_each_takes_long_whatever_is_in_it() -> None:
    """First by some, then to the bound."""
    assert sizes(BatchSize(), 2.0, 2.0, 2.0) == [2048, 16_384, 16_384]


def test_they_do_not_grow_on_where_each_record_takes_its_time() -> None:
    """Larger ones would only run into the time-out."""
    assert sizes(BatchSize(), 0.5, 2.0, 2.0) == [2048, 2048, 2048]
    assert sizes(BatchSize(), 4.0, 4.0) == [512, 512]


def test_a_batch_that_was_not_full_shows_that_nothing_waits() -> None:
    """They stay as they are."""
    assert sizes(BatchSize(), 2.0, 2.0, records=10) == [512, 512]


def test_a_target_that_became_quick_or_fails_gets_small_ones_again() -> None:
    """As at the beginning."""
    size = BatchSize()
    assert sizes(size, 2.0, 2.0, 0.01) == [2048, 16_384, 512]
    assert sizes(size, 2.0) == [2048]
    size.failed()
    assert size.most == 512
