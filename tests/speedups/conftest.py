"""Leaves these tests out where the accelerator is not built: it needs a C compiler, and nothing else needs it.

`.ci/run` fails where it can't be imported, so that they are left out nowhere by mistake.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from obskit.line import speedups
from obskit.sources import logger as sources
from obskit.sources.named import named
from obskit.sources.quick import hasten

collect_ignore_glob = [] if importlib.util.find_spec("obskit_speedups") else ["test_*.py"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Use the accelerator, whatever OBSKIT_SPEEDUPS says; returns what makes a logger with its methods."""
    import obskit_speedups

    monkeypatch.setattr(speedups, "module", obskit_speedups)
    plain = {name: inspect.unwrap(vars(sources.Logger)[name]) for name in sources._PLAIN}
    made = type("Quick", (sources.Logger,), plain)
    hasten(made, sources._PLAIN, bound=sources._CONTEXT_VARS, config=sources._CONFIG, emit=sources.emit)
    return lambda name: made(named(name), sources.PROCESSORS, {})
