"""Installing and taking back."""

from __future__ import annotations

from typing import Any

from celery import Celery, signals

import obskit
from obskit.testing import capture
from obskit_celery import CeleryIntegration

SIGNALS = [found for name in signals.__all__ if hasattr(found := getattr(signals, name), "receivers")]


def _receivers() -> list[list[Any]]:
    return [list(signal.receivers) for signal in SIGNALS]


def test_undo_restores_what_was_there() -> None:
    """After the undo the method is the one that was there, and no signal has a receiver more."""
    before, original = _receivers(), Celery.__dict__["send_task"]
    undo = CeleryIntegration().install()
    assert Celery.__dict__["send_task"] is not original
    assert _receivers() != before
    undo()
    assert Celery.__dict__["send_task"] is original
    assert _receivers() == before


def test_undo_leaves_the_receivers_of_others() -> None:
    """What an application has connected stays."""

    def mine(**_: Any) -> None:
        pass

    signals.task_prerun.connect(mine, weak=False)
    undo = CeleryIntegration().install()
    undo()
    assert signals.task_prerun.disconnect(mine)


def test_installed_twice_it_acts_once(captured: Any, app: Celery, task: Any) -> None:
    """A second installation beside the first makes no second span and no second line."""
    undo = CeleryIntegration().install()
    noop = task("shop.noop", lambda: None)
    noop.delay()
    noop.apply()
    undo()
    noop.delay()
    assert [span["name"] for span in captured.spans] == ["send shop.noop", "process shop.noop", "send shop.noop"]
    assert len([line for line in captured.records if line.get("logger") == "obskit.task"]) == 1


def test_init_twice_is_once(app: Celery, task: Any) -> None:
    """Initialising again makes no second span and no second line."""
    noop = task("shop.noop", lambda: None)
    with capture(integrations=["celery"]) as found:
        obskit.init(integrations=["celery"])
        noop.delay()
        noop.apply()
    assert [span["name"] for span in found.spans] == ["send shop.noop", "process shop.noop"]
    assert [line["message"] for line in found.records if line.get("logger") == "obskit.task"] == ["shop.noop succeeded"]


def test_after_shutdown_nothing_is_left(app: Celery, task: Any) -> None:
    """Without obskit a task runs as it did before."""
    before = _receivers()
    with capture(integrations=["celery"]) as found:
        pass
    task("shop.noop", lambda: None).apply()
    assert _receivers() == before
    assert found.spans == []


def test_the_entry_point_names_the_integration() -> None:
    """`init` finds the integration under the name of the framework's module."""
    from importlib.metadata import entry_points

    (found,) = entry_points(group="obskit.integrations", name="celery")
    assert found.load() is CeleryIntegration
    assert CeleryIntegration.name == "celery"


def test_celery_leaves_the_root_logger_alone(captured: Any, app: Celery) -> None:
    """Celery's set-up finds that someone is in charge: handlers, levels and stdout stay as they are."""
    import logging
    import sys

    before = (list(logging.getLogger().handlers), logging.getLogger().level, sys.stdout, sys.stderr)
    app.log.already_setup = False
    assert app.log.setup(loglevel="DEBUG", redirect_stdouts=True)
    assert (list(logging.getLogger().handlers), logging.getLogger().level, sys.stdout, sys.stderr) == before


def test_redirected_output_does_not_loop(captured: Any, app: Celery, monkeypatch: Any) -> None:
    """Where Celery had taken stdout before obskit came, what is printed is one line and ends there."""
    import sys

    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    app.log.redirect_stdouts("WARNING")
    with capture(integrations=["celery"]) as found:
        print("printed")
        obskit.get_logger("shop").info("logged")
    assert [line["message"] for line in found.records] == ["printed", "logged"]
