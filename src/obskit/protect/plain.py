"""Turn any object into plain data, without consuming it."""

from __future__ import annotations

import datetime as dt
import pathlib
import uuid
from typing import Any

from obskit.protect.contents import MOST_ITEMS
from obskit.protect.forms import digits, form_of, number
from obskit.protect.percent import formatted
from obskit.protect.shown import guarded, shown

__all__ = ["MOST_ITEMS", "formatted", "shown", "simplify"]

# What most fields hold beside text and numbers; no code of an application's runs for these.
_EXACT: dict[type, Any] = {
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: dt.timedelta.total_seconds,
    uuid.UUID: str,
    pathlib.PosixPath: str,
    pathlib.PurePosixPath: str,
    float: number,
    int: digits,
    tuple: lambda value: list(value[: MOST_ITEMS + 1]),
}


def simplify(value: Any) -> Any:
    """Return a value of a plain type, a dict or a list; what is inside it need not be plain yet.

    Objects with named fields become dicts, so that their names can be judged; fields that their author keeps out of
    the `repr` are left out. Iterators, generators, files and locks are never touched: their `repr` is shown.

    Args:
        value: Anything but an exact str, bool, None, dict or list, which need no help.

    Returns:
        Text where no plain form exists: ISO 8601 for times, digits for decimals and for integers beyond 64 bits, the
        names `NaN`, `Infinity` and `-Infinity`, and the `repr` for everything else. A `Secret` for what another
        library marks as one (pydantic's SecretStr). `Secret` and `Safe` as they are. One item more than is kept of a
        container, so that a walk sees that there are more; some never end.

    Raises:
        Exception: What the value's own code raised, where nothing at all can be shown of it: the redactor fails closed.
            A part that raises is replaced by an object that raises here in its turn.
    """
    kind = type(value)
    try:
        exact = _EXACT.get(kind)
    except Exception:
        # A metaclass can say anything, also of its hash.
        exact = None
    return exact(value) if exact is not None else guarded(form_of(kind), value)
