"""`obskit verify`: the proof that nothing was lost."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from obskit.commands.arguments import remark
from obskit.commands.form import add_form, screen_of, write_json
from obskit.commands.progress import Bar
from obskit.query import place
from obskit.query.failure import QueryError

if TYPE_CHECKING:
    from obskit.query.proof import Proof


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "verify",
        help="prove that nothing was lost",
        description="Count what a journal holds and account for every number that a writer has given: what is pending "
        "for a target, what a target refused, what was dropped, what is missing. The exit status is 1 where a record "
        "was refused, was dropped or is missing, or where a segment can't be read.",
    )
    parser.add_argument("source", nargs="?", metavar="SOURCE", help="a journal's directory")
    parser.add_argument("--journal", metavar="DIR", help="the same; by default the journal that is found")
    parser.add_argument("--service", metavar="NAME", help="the writers of this service")
    parser.add_argument("--to", metavar="TARGET", help="what this target lacks and refused; the beginning of its name")
    add_form(parser, "one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the proof.

    Raises:
        QueryError: There is no such journal, service or target.
    """
    from obskit.commands import verify_view as view
    from obskit.query import proof
    from obskit.query.processes import services

    screen = screen_of(options)
    root = _root(options)
    service = None
    if options.service is not None and (service := proof.directory_of(root, options.service)) is None:
        known = ", ".join(services(root)) or "none"
        raise QueryError(f"--service: {options.service!r} has written nothing here; there is: {known}")
    done = 0
    with Bar(proof.size_of(root, service), "reading", "") as bar:

        def pace(size: int) -> None:
            nonlocal done
            done += size
            bar.show(done, 0)

        found = proof.Scan(root, service, pace=pace).prove()
    if options.to is not None:
        _only(found, options.to)
    if screen is None:
        write_json(view.plain(found, root))
    else:
        view.show(screen, found)
    _remark_problems(found)
    return 0 if found.holds else 1


def _root(options: argparse.Namespace) -> Path:
    if options.source is not None and options.journal is not None:
        raise QueryError("name a SOURCE or a --journal, not both")
    if options.source is None:
        found = place.find(options.journal, os.environ, Path.cwd())
        remark(f"reading {found.path} ({found.reason})")
        return found.path
    path = Path(options.source)
    if not path.is_dir():
        raise QueryError(f"{options.source!r} is no directory; only a journal can be verified")
    if not os.access(path, os.R_OK | os.X_OK):
        raise QueryError(f"cannot read {options.source!r}: run this as the user that owns the journal")
    return path.absolute()


def _only(found: Proof, name: str) -> None:
    """Leave out what concerns other targets."""
    exact = [target for target in found.targets if target == name]
    matching = exact or [target for target in found.targets if target.startswith(name)]
    if len(matching) != 1:
        known = ", ".join(matching or found.targets) or "none"
        what = "fits several targets" if matching else "is no target of this journal"
        raise QueryError(f"--to: {name!r} {what}; there is: {known}")
    target = matching[0]
    found.targets = matching
    found.refused = [one for one in found.refused if one.target == target]
    for writer in found.writers:
        writer.pending = {key: count for key, count in writer.pending.items() if key[0] == target}


def _remark_problems(found: Proof) -> None:
    problems = found.problems
    if problems.newer:
        remark(
            f"{problems.newer} segment(s) are of a newer format and were left alone: update obskit-sdk to verify them"
        )
    if problems.torn:
        remark(f"{problems.torn} broken line(s), as a crash leaves them; what could be saved of them was counted")
    if problems.foreign:
        remark(f"{problems.foreign} line(s) that are no records were passed over")
    if repeated := sum(writer.repeated for writer in found.writers):
        remark(f"{repeated} line(s) have an id that another line has too")
    for path, trouble in found.unreadable:
        remark(f"{path} can't be read: {trouble}; run this as the user that owns the journal")
