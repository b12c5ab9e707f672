"""Scalars and containers of numpy and pandas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from tests.hostile.objects import raising

Make = Callable[[], Any]

# What each is shown as.
SHOWN: dict[str, tuple[Make, Any]] = {
    **{f"numpy {kind}": (lambda kind=kind: getattr(np, kind)(7), 7)
       for kind in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "intp")},
    "numpy float16": (lambda: np.float16(0.5), 0.5),
    "numpy float32": (lambda: np.float32(0.5), 0.5),
    "numpy float64": (lambda: np.float64(0.1), 0.1),
    "numpy bool": (lambda: np.bool_(True), True),
    "numpy str": (lambda: np.str_("text"), "text"),
    "numpy bytes": (lambda: np.bytes_(b"data"), "data"),
    "numpy NaN": (lambda: np.float64("nan"), "NaN"),
    "numpy NaN of 32 bits": (lambda: np.float32("nan"), "NaN"),
    "numpy infinity": (lambda: np.float64("-inf"), "-Infinity"),
    "numpy's largest": (lambda: np.uint64(2**64 - 1), str(2**64 - 1)),
    "numpy time": (lambda: np.datetime64("2026-01-02T03:04:05.000006"), "2026-01-02T03:04:05.000006"),
    "numpy no time": (lambda: np.datetime64("NaT", "s"), "NaT"),
    "numpy duration": (lambda: np.timedelta64(5, "s"), "5 seconds"),
    "numpy array of one": (lambda: np.array(7), 7),
    "pandas time": (lambda: pd.Timestamp("2026-01-02T03:04:05", tz="UTC"), "2026-01-02T03:04:05+00:00"),
    "pandas time without zone": (lambda: pd.Timestamp("2026-01-02T03:04:05"), "2026-01-02T03:04:05"),
    "pandas duration": (lambda: pd.Timedelta(minutes=1), 60.0),
}  # fmt: skip
ARRAYS: dict[str, Make] = {
    **{name: make for name, (make, _) in SHOWN.items()},
    "numpy complex": lambda: np.complex64(1j),
    "numpy long double": lambda: np.longdouble("1e400"),
    "numpy void": lambda: np.void(b"abc"),
    "numpy array": lambda: np.arange(3),
    "numpy array of millions": lambda: np.zeros((1000, 1000)),
    "numpy array of objects": lambda: np.array([raising("__repr__"), None, {}], dtype=object),
    "numpy array of an object": lambda: np.array(raising("__repr__"), dtype=object),
    "numpy array of nothing": lambda: np.array([]),
    "numpy record": lambda: np.array([(1, 2.0)], dtype=[("a", "i4"), ("password", "f8")])[0],
    "numpy masked": lambda: np.ma.masked,
    "numpy masked array": lambda: np.ma.array([1, 2], mask=[True, False]),
    "numpy type": lambda: np.dtype("f8"),
    "numpy iterator": lambda: np.nditer(np.arange(3)),
    "pandas no time": lambda: pd.NaT,
    "pandas NA": lambda: pd.NA,
    "pandas series": lambda: pd.Series([1, 2, None]),
    "pandas row": lambda: pd.Series({"a": 1, "password": "hunter2hunter2", "c": pd.NA}),
    "pandas frame": lambda: pd.DataFrame({"a": [1, 2], "password": ["hunter2hunter2", "x"], 3: [pd.NaT, pd.NA]}),
    "pandas frame of many rows": lambda: pd.DataFrame({"a": np.arange(50_000)}),
    "pandas frame of many columns": lambda: pd.DataFrame(np.zeros((2, 300))),
    "pandas frame with a column twice": lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "pandas frame of nothing": pd.DataFrame,
    "pandas index": lambda: pd.Index([1, 2]),
    "pandas multi-index": lambda: pd.MultiIndex.from_tuples([(1, "a"), (2, "b")]),
    "pandas categories": lambda: pd.Categorical(["a", "b"]),
    "pandas interval": lambda: pd.Interval(0, 1),
    "pandas period": lambda: pd.Period("2026-01"),
    "pandas groups": lambda: pd.DataFrame({"a": [1, 1], "b": [1, 2]}).groupby("a"),
}


def scalar(kind: str) -> Any:
    """Return a scalar of a type of numpy's."""
    return getattr(np, kind)({"datetime64": "2026-01-02", "str_": "text"}.get(kind, 1))
