"""Put the accelerator's methods in the place of a logger's, where it is used."""

from __future__ import annotations

import functools
from typing import Any

from obskit import state
from obskit.context.scope import OUTSIDE, layer_variable
from obskit.line import speedups
from obskit.sources.named import NamedLogger


def hasten(logger: type, levels: dict[str, int], **parts: Any) -> None:
    """Replace methods by ones that take the plain calls and hand all others to those they replace.

    Args:
        logger: The class.
        levels: The methods' names and the levels they log at.
        **parts: What tells whether anything of structlog's stands between a call and the pipeline: its context
            variables (`bound`), its configuration (`config`) and the processor that hands over (`emit`).
    """
    if speedups.module is None or parts["config"] is None:
        return
    given = {
        **parts,
        "state": vars(state),
        "layer": layer_variable,
        "outside": OUTSIDE,
        "Logger": logger,
        "NamedLogger": NamedLogger,
        "InForce": state.InForce,
    }
    for name, level in levels.items():
        function = vars(logger)[name]
        setattr(logger, name, functools.update_wrapper(speedups.module.Method(function, level, given), function))
