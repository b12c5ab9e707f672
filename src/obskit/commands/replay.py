"""`obskit replay`: send a range of time of a journal to a target, under the same ids."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obskit.commands import words
from obskit.commands.arguments import remark, remark_problems
from obskit.commands.form import add_form, screen_of, write_json
from obskit.commands.progress import Bar
from obskit.commands.safe import escaped
from obskit.commands.screen import Screen
from obskit.query import place
from obskit.query.failure import QueryError
from obskit.query.selection import select
from obskit.query.source import open_source

if TYPE_CHECKING:
    from obskit.commands.replay_pieces import Pieces
    from obskit.commands.replay_state import State
    from obskit.query.wanted import Wanted
    from obskit.ship.lane import Lane
    from obskit.ship.replay import Outcome, ReplayFeed

_HEADERS = "OBSKIT_SHIP_HEADERS"
_PATIENCE = 120.0
_SAVE_EVERY = 1.0
_TELL_EVERY = 10.0
# Segments that are merged while they are read are found under another name by the next round.
_MOST_ROUNDS = 5
_MOST_TOLD = 20


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "replay",
        help="send a range of time to a target, under the same ids",
        description="Send the records of a range of time to a target, whatever it or others have already: a store that "
        "keys on the id has each once. Ctrl-C stops it; the same command goes on where it stopped. The exit status is "
        "1 where the target refused a record or could not be reached.",
    )
    when = "RFC 3339, a date (its first moment), or an age: 30s, 10m, 2h, 1d; without an offset it is UTC"
    parser.add_argument("--since", metavar="TIME", required=True, help=f"from this time on; {when}")
    parser.add_argument("--until", metavar="TIME", help="up to this time; in the same forms")
    parser.add_argument("--service", metavar="NAME", help="the records of this service")
    parser.add_argument(
        "--to",
        metavar="URL",
        required=True,
        help="the target: otlp+http://HOST:4318, otlp+grpc://HOST:4317, opensearch+http://HOST:9200, or their https "
        f"forms; ${_HEADERS} holds the headers of its requests",
    )
    parser.add_argument("--journal", metavar="DIR", help="the journal; by default the one that is found")
    parser.add_argument("--certificate", metavar="FILE", help="PEM file of the authorities to trust; the system's else")
    parser.add_argument(
        "--patience", metavar="SECONDS", type=_seconds, default=_PATIENCE, help="give up after so long in vain (120)"
    )
    parser.add_argument("--again", action="store_true", help="begin anew: send also what an earlier run has sent")
    add_form(parser, "one JSON object")
    parser.set_defaults(run=run)


@dataclass(slots=True)
class _Said:
    """What lanes have to say, on its way to people."""

    refused_ids: list[tuple[str, str]] = field(default_factory=list)
    _topics: set[str] = field(default_factory=set)

    def once(self, topic: str, text: str) -> None:
        """Say something a single time for a topic."""
        # What a lane says of a signal that is off is meant for services; the end of the run says it for this one.
        if topic not in self._topics and not topic.startswith("off "):
            self._topics.add(topic)
            remark(text)

    def refused(self, _target: str, identity: str, detail: str) -> None:
        """Note a record that the target will never take."""
        if len(self.refused_ids) < _MOST_TOLD:
            self.refused_ids.append((identity, detail))


def run(options: argparse.Namespace) -> int:
    """Send, and say what became of it.

    Returns:
        0 where everything was taken; 1 where a record was refused, the target could not be reached or a segment not be
        read; 130 after Ctrl-C, 143 after SIGTERM.

    Raises:
        QueryError: The journal, the range or the target can't be used.
    """
    screen = screen_of(options)
    found = place.find(options.journal, os.environ, Path.cwd())
    remark(f"reading {found.path} ({found.reason})")
    said = _Said()
    lanes = _lanes(options, said)
    state = _state(options, found.path, lanes[0].key[0])
    work = _Work(options, found.path, lanes, said, state)
    try:
        outcome = work.run()
    finally:
        for lane in lanes:
            lane.close()
    if screen is None:
        write_json(work.plain(outcome))
    else:
        work.show(screen, outcome)
    remark_problems(work.source)
    return work.status(outcome)


class _Work:
    """One run of a replay."""

    def __init__(
        self, options: argparse.Namespace, journal: Path, lanes: Sequence[Lane], said: _Said, state: State
    ) -> None:
        from obskit.commands.replay_pieces import Pieces
        from obskit.ship.replay import ReplayFeed

        self._options = options
        self._journal = journal
        self._lanes = lanes
        self._said = said
        self._state = state
        self._before = state.count
        self._refused_before = state.refused
        self._asked: list[int] = []
        self._due = {"save": 0.0, "tell": time.monotonic() + _TELL_EVERY}
        self.source = open_source(None, journal)
        self._wanted = _range(options, state)
        self._pieces: Pieces = Pieces(self.source, self._wanted, options.service, self._pace)
        self._feed: ReplayFeed = ReplayFeed(self._pieces, state)
        self._bar: Bar | None = None

    def run(self) -> Outcome:
        from obskit.ship.replay import Replay

        self._pieces.look()
        if known := self._before - self._refused_before:
            remark(
                f"{words.plural(known, 'record')} of this range were sent by an earlier run and are left out; "
                "--again sends them too"
            )
        patience = self._options.patience
        with _told_to_stop(self._asked), Bar(self._pieces.total, "sending", "sent") as self._bar:
            replay = Replay(
                self._lanes, self._feed, patience=patience, stopping=lambda: bool(self._asked), tick=self._tick
            )
            outcome = replay.run()
            for _ in range(_MOST_ROUNDS):
                if outcome != "done" or not self.source.problems.vanished:
                    break
                self.source.problems.vanished = 0
                self._pieces.look()
                self._feed.begin_anew()
                outcome = replay.run()
        self._state.finished = outcome == "done"
        self._save()
        return outcome

    # --- while it runs ---

    def _pace(self) -> None:
        from obskit.ship.replay import Stopped

        if self._asked:
            raise Stopped
        self._tick()

    def _tick(self) -> None:
        if self._bar is not None:
            self._bar.show(self._pieces.read, self._sent)
        now = time.monotonic()
        if now >= self._due["save"]:
            self._save()
            self._due["save"] = time.monotonic() + _SAVE_EVERY
        if now >= self._due["tell"]:
            self._due["tell"] = now + _TELL_EVERY
            if self._bar is not None and not self._bar.shown:
                failing = next((f"; the target is failing: {lane.detail}" for lane in self._lanes if lane.failing), "")
                remark(f"{words.plural(self._sent, 'record')} sent, {self._share} % of the journal read{failing}")

    def _save(self) -> None:
        self._state.refused = self._refused_before + self._refused
        try:
            self._state.save()
        except OSError as trouble:
            self._said.once(
                "state", f"{self._state.path} can't be written: {trouble.strerror}; a second run begins anew"
            )

    @property
    def _sent(self) -> int:
        return sum(lane.counts.shipped for lane in self._lanes)

    @property
    def _refused(self) -> int:
        return sum(lane.counts.refused for lane in self._lanes)

    @property
    def _share(self) -> int:
        return min(100, 100 * self._pieces.read // max(1, self._pieces.total))

    # --- what became of it ---

    def status(self, outcome: Outcome) -> int:
        if outcome == "stopped":
            return 128 + (self._asked[0] if self._asked else signal.SIGINT)
        failed = outcome == "stalled" or self._state.refused or self.source.problems.unreadable
        return 1 if failed or self.source.problems.vanished else 0

    def plain(self, outcome: Outcome) -> dict[str, Any]:
        found: dict[str, Any] = {"ok": self.status(outcome) == 0, "outcome": outcome, "journal": str(self._journal)}
        found |= {"target": self._lanes[0].key[0], "since": self._wanted.since, "until": self._wanted.until}
        found |= {"sent": self._sent, "sent_before": self._before - self._refused_before}
        found |= {"refused": self._state.refused}
        found["refusals"] = [{"id": identity, "detail": detail} for identity, detail in self._said.refused_ids]
        found["off"] = {lane.signal: lane.detail for lane in self._lanes if lane.off}
        if outcome == "stalled":
            found["failing"] = self._failing()
        if outcome != "done":
            found["next"] = _same(self._options)
        return found

    def show(self, screen: Screen, outcome: Outcome) -> None:
        for identity, detail in self._said.refused_ids:
            screen.row([("refused  ", "ERROR"), (f"{escaped(identity)}  ", ""), (escaped(detail), "dim")])
        for lane in self._lanes:
            if lane.off:
                screen.row([(f"the target takes no {lane.signal}: {escaped(lane.detail)}", "WARN")])
        before = self._before - self._refused_before
        told = f"{words.plural(self._sent, 'record')} sent to {escaped(self._lanes[0].key[0])}"
        told += f", {before:,} before" if before else ""
        refused = self._state.refused
        told += f", {refused:,} refused for good" if refused else ""
        if outcome == "done":
            screen.row([(told, "ERROR" if refused else "good")])
            return
        head = "stopped" if outcome == "stopped" else f"given up after {self._options.patience:g} s without progress"
        screen.row([(f"{head}: ", "ERROR"), (f"{told}, {self._share} % of the journal read", "")])
        if outcome == "stalled":
            screen.row([(f"the target is failing: {escaped(self._failing())}; see that it runs and takes records", "")])
        screen.row([("to go on, type  ", "dim"), (escaped(_same(self._options)), "good")])

    def _failing(self) -> str:
        return next((lane.detail for lane in self._lanes if lane.detail and not lane.off), "it does not answer")


def _range(options: argparse.Namespace, state: State) -> Wanted:
    """Return the range; of a replay that was not finished, the one that it began with."""
    wanted = select(now=datetime.now(UTC), since=options.since, until=options.until, logs_only=False)
    if state.since is not None and not state.finished:
        if (state.since, state.until) != (wanted.since, wanted.until):
            until = f" to {state.until}" if state.until else ""
            remark(f"going on with the range of the run that was stopped, {state.since}{until}; --again begins anew")
        return replace(wanted, since=state.since, until=state.until)
    state.since, state.until, state.finished = wanted.since, wanted.until, False
    return wanted


def _state(options: argparse.Namespace, journal: Path, target: str) -> State:
    from obskit.commands.replay_state import open_state
    from obskit.query.processes import services

    if options.service is not None and options.service not in (known := services(journal)):
        there = ", ".join(known) or "none"
        raise QueryError(f"--service: {options.service!r} has written nothing here; there is: {there}")
    what = {
        "journal": os.path.realpath(journal), "target": target,
        "since": options.since, "until": options.until, "service": options.service,
    }  # fmt: skip
    return open_state(what, os.environ, again=options.again)


def _lanes(options: argparse.Namespace, said: _Said) -> list[Lane]:
    from obskit.settings.addresses import parse_headers
    from obskit.settings.mistakes import Refused
    from obskit.ship.destination import WrongDestination, lanes_to

    try:
        headers = parse_headers(os.environ.get(_HEADERS, ""))
        return lanes_to(options.to, said, headers, options.certificate)
    except Refused as reason:
        raise QueryError(f"${_HEADERS}: {reason}") from None
    except (WrongDestination, OSError) as mistake:
        raise QueryError(f"--to: {mistake}") from None


def _same(options: argparse.Namespace) -> str:
    """Return what to type to go on."""
    given = {"since": options.since, "until": options.until, "service": options.service, "to": options.to}
    given |= {"journal": options.journal, "certificate": options.certificate}
    if options.patience != _PATIENCE:
        given["patience"] = f"{options.patience:g}"
    if any(mark in options.to for mark in "@?"):
        # A password must not stand on a screen.
        return "the same command again"
    return shlex.join(
        ["obskit", "replay", *(part for name, text in given.items() if text for part in (f"--{name}", text))]
    )


@contextlib.contextmanager
def _told_to_stop(asked: list[int]) -> Iterator[None]:
    """Note SIGTERM and SIGINT instead of being ended by them; the second one is not waited for."""

    def note(number: int, _: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return found
