"""The result of looking at one thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["works", "broken", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Args:
        subject: The group it belongs to.
        name: What was looked at.
        state: `broken` is for what is configured and does not work; a `warning` is for what will surprise.
        detail: One line for people, without any secret.
        facts: The same for programs.
    """

    subject: str
    name: str
    state: State
    detail: str
    facts: dict[str, Any] = field(default_factory=dict)
