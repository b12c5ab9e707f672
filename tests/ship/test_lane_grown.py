"""A lane whose batches have grown, because its target takes long for each request."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from obskit.journal.cursors import Key
from obskit.ship.backoff import Backoff
from obskit.ship.encoder import encoder
from obskit.ship.feed import SegmentFeed
from obskit.ship.lane import Lane
from obskit.ship.outcome import Outcome
from tests.ship.test_lane import Said, nothing
from tests.support import journals

KEY: Key = ("t", "logs")
ACCEPTED = Outcome("accepted", "")


class Slow:
    """A target that takes two seconds for each answer, on a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[int] = []
        self.outcome = ACCEPTED

    def send(self, body: Any, pace: Any) -> None:
        self.sent.append(b"".join(body).count(b"timeUnixNano"))

    def receive(self) -> Outcome:
        self.now += 2
        return self.outcome

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def slow() -> Slow:
    """A slow target."""
    return Slow()


def lane_to(slow: Any) -> Lane:
    return Lane(KEY, "logs", slow, encoder("http/json", "logs"), Backoff(draw=lambda: 1.0), Said(), lambda: slow.now)


def grown(slow: Slow, tmp_path: Path, lines: int) -> tuple[Lane, SegmentFeed]:
    """Send until the largest batch is in flight: as many lines as four mebibytes hold."""
    directory, _ = journals.dead(journals.place(tmp_path / "j"), lines, segment_bytes=1 << 26)
    lane, feed = lane_to(slow), SegmentFeed(directory)
    while slow.sent[-1:] < [2049]:
        assert lane.step([feed], nothing, lambda target: True)
    return lane, feed


def unread() -> None:
    """Called where something is read."""
    raise RuntimeError


def test_the_next_batch_is_read_while_the_target_thinks(slow: Slow, tmp_path: Path) -> None:
    """It goes out in the moment of the answer, and is acknowledged behind the one before it."""
    lane, feed = grown(slow, tmp_path, 40_000)
    assert lane.step([feed], nothing, lambda target: False)
    assert not lane.step([feed], unread, lambda target: False)

    assert feed.cursor(KEY).passed == 512 + 2048
    lane.step([feed], unread, lambda target: True)
    assert feed.cursor(KEY).passed == sum(slow.sent)
    lane.step([feed], unread, lambda target: True)
    assert slow.sent[:2] == [512, 2048]
    assert slow.sent[3] == slow.sent[2] > 2048
    while lane.step([feed], nothing, lambda target: True):
        pass
    assert (feed.cursor(KEY).passed, lane.counts.shipped, sum(slow.sent)) == (40_000,) * 3


def test_a_failure_cuts_what_waits_into_usual_batches(slow: Slow, tmp_path: Path) -> None:
    """What the target could not take at once must not be offered to it at once again, for ever."""
    lane, feed = grown(slow, tmp_path, 20_000)
    assert lane.step([feed], nothing, lambda target: False)
    failed = len(slow.sent)
    slow.outcome = Outcome("failing", "it was too much")
    lane.step([feed], nothing, lambda target: True)
    slow.outcome = ACCEPTED
    slow.now += 60
    while feed.cursor(KEY).passed < 20_000:
        assert lane.step([feed], nothing, lambda target: True)
    assert slow.sent[failed : failed + 2] == [1, 512]
    assert lane.counts.shipped == 20_000


def test_what_was_read_in_the_hope_for_more_is_cut(slow: Slow, tmp_path: Path) -> None:
    """The answer to the second batch may show that a larger one would take as much longer."""
    directory, _ = journals.dead(journals.place(tmp_path / "j"), 20_000, segment_bytes=1 << 26)
    lane, feed = lane_to(slow), SegmentFeed(directory)
    while slow.sent != [512, 2048]:
        assert lane.step([feed], nothing, lambda target: True)
    assert lane.step([feed], nothing, lambda target: False)
    slow.now += 6
    for _ in range(2):
        assert lane.step([feed], unread, lambda target: True)
    assert slow.sent == [512, 2048, 2048]


def test_reading_that_a_fork_ends_begins_anew_with_a_small_batch(slow: Slow, tmp_path: Path) -> None:
    """In a process that forks each moment a large one would never be read to its end."""
    lane, feed = grown(slow, tmp_path, 30_000)
    lane.step([feed], nothing, lambda target: True)
    with pytest.raises(RuntimeError):
        lane.step([feed], unread, lambda target: True)
    lane.step([feed], nothing, lambda target: True)
    assert slow.sent[-1] == 512


def test_nothing_is_read_ahead_for_a_target_that_was_not_slow_yet(slow: Slow, tmp_path: Path) -> None:
    """There is nothing to gain."""
    directory, _ = journals.dead(journals.place(tmp_path / "j"), 2000)
    lane, feed = lane_to(slow), SegmentFeed(directory)
    lane.step([feed], nothing, lambda target: True)
    assert slow.sent == [512]
    assert not lane.step([feed], unread, lambda target: False)


def test_a_record_that_cannot_be_encoded_is_counted_in_the_cursor(slow: Slow, tmp_path: Path) -> None:
    """Among others that are taken: `obskit verify` must know of it."""
    directory, _ = journals.dead(journals.place(tmp_path / "j"), 5)
    made = encoder("http/json", "logs")
    known = made.record
    seen = itertools.count(1)

    def record(*line: Any) -> Any:
        if next(seen) == 3:
            raise ValueError("odd")
        return known(*line)

    lane, feed = lane_to(slow), SegmentFeed(directory)
    lane._record = record
    while lane.step([feed], nothing, lambda target: True):
        pass
    assert (slow.sent, lane.counts.refused) == ([4], 1)
    assert (feed.cursor(KEY).passed, feed.cursor(KEY).refused) == (5, 1)
