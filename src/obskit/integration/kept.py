"""Units that were kept: a service tells its callers in the response, and their units are kept too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obskit.context import scope
from obskit.integration.terms import terms

if TYPE_CHECKING:
    from obskit.integration.unit import Unit

KEPT_HEADER = "X-Obskit-Kept"


def kept_header(unit: Unit) -> list[tuple[str, str]]:
    """Return the header that tells the caller of a unit that it is kept, as far as that is known by now.

    Only a caller that sent a `traceparent` or the correlation header is told, for it may have obskit too, and nobody
    where `trust_incoming` is off.
    """
    return [(KEPT_HEADER, "1")] if unit.told and unit.scope.kept else []


def heed(host: str, kept: str | bytes | None) -> None:
    """Keep the current unit of work where a service that it called says that it has kept its own.

    Args:
        host: Who answered; only the hosts of `propagate_to` are believed.
        kept: The value of the response's `X-Obskit-Kept`, None where there is none.
    """
    if kept in ("1", b"1") and terms().reaches(host):
        scope.keep()
