"""Choose the accelerator where it is installed; the Python beside it stays the reference."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from obskit.protect.detect.pairs import STEMS
from obskit.protect.neighbours import NAMES, VALUES

if TYPE_CHECKING:
    from obskit.line.fused import Fused
    from obskit.protect.redactor import Redactor

# How its types are called: another number is another release's.
_API = 3
VARIABLE = "OBSKIT_SPEEDUPS"


def is_off() -> bool:
    """Tell whether the environment wants the accelerator to be left unused."""
    return os.environ.get(VARIABLE, "").strip().lower() in {"false", "0", "no", "off"}


def _found() -> Any:
    if is_off():
        return None
    try:
        import obskit_speedups
    except ImportError:
        return None
    return obskit_speedups if obskit_speedups.API == _API else None


module: Any = _found()


def fused(pure: Fused, redactor: Redactor) -> Any:
    """Return what goes from an event to the bytes of its line: the accelerator's, or the one given.

    Args:
        pure: The one in Python, which takes all that the accelerator leaves.
        redactor: What both protect with.
    """
    return pure if module is None else accelerated(module, pure, redactor)


def accelerated(found: Any, pure: Fused, redactor: Redactor) -> Any:
    """Return the accelerator's, or the one in Python where there is nothing to be faster about.

    Args:
        found: The accelerator.
        pure: The one in Python.
        redactor: What both protect with.
    """
    spotless, finder = redactor.spotless, redactor.finder
    if spotless is None or finder is None:
        return pure
    return found.Fused(
        pure,
        pure.fixed,
        pure.limit,
        pure.heads,
        pure.loggers,
        spotless.shapes,
        spotless.harmless,
        NAMES,
        VALUES,
        spotless.quiet,
        finder.scan,
        scanner(found, finder),
        finder.find,
        spotless.flat,
        spotless.lists,
    )


def scanner(found: Any, finder: Any) -> Any:
    """Return the accelerator's prefilter of a policy's triggers, None where it does not know one of them.

    Args:
        found: The accelerator.
        finder: The policy's detectors.
    """
    triggers = finder.triggers
    with contextlib.suppress(ValueError):
        return found.Scanner(
            tuple(trigger.pattern for trigger in triggers if not trigger.telling),
            tuple(trigger.pattern for trigger in triggers if trigger.telling),
            tuple(f"(?i){_escaped(stem)}" for stem in STEMS),
        )
    return None


def _escaped(stem: str) -> str:
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in stem)
