"""How a run of a task ended, and what its line will say of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from celery import states
from celery.exceptions import Ignore, Reject, Retry

from obskit.integration import error_type
from obskit_celery.errors import is_control, is_expected

_INFO, _WARN, _ERROR = 20, 30, 40
_WORDS = {
    states.SUCCESS: ("succeeded", _INFO),
    states.RETRY: ("will be retried", _INFO),
    states.IGNORED: ("was ignored", _INFO),
    states.REJECTED: ("was rejected", _WARN),
}


class Outcome(NamedTuple):
    """How a run ended; `error` is what its line reports, `fault` the type of what makes the span one of an error."""

    state: str
    word: str
    level: int
    error: BaseException | None
    fault: str | None
    fields: dict[str, Any]


def outcome(task: Any, state: str | None, error: BaseException | None, reason: BaseException | None) -> Outcome:
    """Judge a run.

    Args:
        task: the task.
        state: what Celery says of it; None where an exception goes on to the caller of an eager task.
        error: what the task raised, or what went wrong around it.
        reason: for a retry, what the task had met.
    """
    if state is None or (error is not None and state == states.SUCCESS):
        state = _state_of(error)
    fields: dict[str, Any] = {"task_state": state}
    if reason is not None:
        fields["retry_reason"] = f"{error_type(reason)}: {_text(reason)}"
    if state in _WORDS:
        word, level = _WORDS[state]
        return Outcome(state, word, level, None, None, fields)
    if is_expected(task, error) and error is not None:
        fields["expected_error"] = f"{error_type(error)}: {_text(error)}"
        return Outcome(state, "failed as expected", _WARN, None, None, fields)
    fault = state if error is None else error_type(error)
    if error is not None and not isinstance(error, Exception):
        # The process is told to end: the worker's main process reports why.
        return Outcome(state, "was interrupted", _WARN, None, fault, fields)
    return Outcome(state, "failed", _ERROR, error, fault, fields)


def _state_of(error: BaseException | None) -> str:
    if not is_control(error):
        return str(states.FAILURE)
    found = {Retry: states.RETRY, Reject: states.REJECTED, Ignore: states.IGNORED}
    return str(next(state for kind, state in found.items() if isinstance(error, kind)))


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its text can't be had)"
