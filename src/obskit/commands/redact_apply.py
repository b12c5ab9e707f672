"""`obskit redact --apply`: bring what a journal holds up to a policy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obskit.commands import words
from obskit.commands.arguments import remark
from obskit.commands.form import write_json
from obskit.commands.progress import Bar
from obskit.commands.safe import escaped
from obskit.journal import reader, segment
from obskit.journal.keeper import LOCK_NAME
from obskit.journal.place import Place, Refused, prepare
from obskit.journal.rewrite import Left, Progress, Summary, bring_up
from obskit.query.failure import QueryError

if TYPE_CHECKING:
    from obskit.commands.screen import Row, Screen
    from obskit.settings.options import Redaction

_STEP = 1 << 18


def apply(journal: Path, policy: Redaction | None, *, screen: Screen | None) -> int:
    """Bring the older segments of a journal up to a policy and say what was done.

    Args:
        journal: The journal's directory.
        policy: The policy.
        screen: Where to write text for people; None: one JSON object.

    Returns:
        The exit status: 0 where everything is up to the policy, 1 where something was left.

    Raises:
        QueryError: There is no such journal, it is another user's, or the policy is off.
    """
    if policy is None:
        raise QueryError("redaction is off: there is nothing to bring the journal up to; name a policy with --policy")
    place = _place(journal)
    with contextlib.ExitStack() as stack:
        summary = bring_up(place, policy, _Shown(stack))
    if screen is None:
        write_json(_plain(journal, summary))
    else:
        for row in _rows(journal, summary):
            screen.row(row)
    return 1 if summary.left else 0


def _place(journal: Path) -> Place:
    if not journal.is_dir():
        problem = "is not a directory" if journal.exists() else "does not exist"
        raise QueryError(f"--apply: the journal {str(journal)!r} {problem}")
    if not (journal / LOCK_NAME).exists() and not reader.segment_files(journal):
        if any(segment.numbers(place) for place in (journal, *reader.services(journal))):
            raise QueryError(
                f"--apply: {str(journal)!r} is a part of a journal; name the directory that has {LOCK_NAME}"
            )
        raise QueryError(f"--apply: {str(journal)!r} is no journal: it has neither {LOCK_NAME} nor segments")
    try:
        return prepare(journal)
    except (Refused, OSError) as reason:
        raise QueryError(f"--apply: {reason}; run this as the user that owns the journal") from None


class _Shown(Progress):
    """Progress on the standard error."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._bar: Bar | None = None
        self._done = self._shown = self._found = 0

    def waiting(self) -> None:
        remark("asking the processes of this journal to let go of what dead writers left")

    def begin(self, total: int) -> None:
        self._bar = self._stack.enter_context(Bar(total))

    def advance(self, done: int, found: int) -> None:
        self._done += done
        self._found += found
        if self._bar is not None and self._done - self._shown >= _STEP:
            self._bar.show(self._done, self._found)
            self._shown = self._done


# --- the answer ---


def _plain(journal: Path, summary: Summary) -> dict[str, Any]:
    tally = summary.tally
    return {
        "journal": str(journal),
        "policy": summary.digest,
        "writers": summary.writers,
        "segments": summary.segments,
        "rewritten": summary.rewritten,
        "lines": tally.lines,
        "changed": tally.changed,
        "kinds": dict(tally.kinds.most_common()),
        "emptied": tally.emptied,
        "failures": tally.failures,
        "left": [
            {
                "service": left.service,
                "writer": left.writer,
                "pid": left.pid,
                "segments": left.segments,
                "reason": left.reason,
            }
            for left in summary.left
        ],
        "up_to_policy": not summary.left,
    }


def _rows(journal: Path, summary: Summary) -> Iterator[Row]:
    tally = summary.tally
    yield _row("journal", f"{journal}, policy {summary.digest}")
    yield _row("looked at", f"{words.plural(summary.segments, 'segment')} of {words.plural(summary.writers, 'writer')}")
    lines = f", {words.plural(tally.lines, 'line')}" if summary.rewritten else ""
    yield _row("rewritten", f"{words.plural(summary.rewritten, 'segment')}{lines}")
    if summary.rewritten:
        kinds = ", ".join(f"{kind} in {count:,}" for kind, count in tally.kinds.most_common())
        yield _row("changed", words.plural(tally.changed, "line") + (f": {kinds}" if kinds else ""))
    if tally.emptied:
        yield _row("emptied", f"{words.plural(tally.emptied, 'piece')} that {_ARE[tally.emptied == 1]} no record")
    if tally.failures:
        yield _row(
            "failed", f"{words.plural(tally.failures, 'value')} replaced whole, because redaction failed", "failed"
        )
    for left in summary.left:
        yield _row("left", _left(left), "failed")
    if not summary.left:
        yield [("everything is up to the policy", "good")]


_ARE = {True: "is", False: "are"}


def _left(left: Left) -> str:
    pid = "" if left.pid is None else f", pid {left.pid}"
    segments = f", {words.plural(left.segments, 'segment')}" if left.segments else ""
    return f"{left.service}/{left.writer}{pid}{segments}: {left.reason}"


def _row(name: str, text: str, style: str = "") -> Row:
    return [(f"{name:<11}", "key"), (escaped(text), style)]
