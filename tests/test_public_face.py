from __future__ import annotations

import subprocess
import sys

import pytest

import obskit


def test_all_is_sorted_and_every_name_is_there() -> None:
    """What the package exports can be imported, and is listed in order."""
    assert list(obskit.__all__) == sorted(obskit.__all__)
    for name in obskit.__all__:
        assert getattr(obskit, name) is not None
    assert set(obskit.__all__) <= set(dir(obskit))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        obskit.nonsense  # noqa: B018


def test_the_import_is_light() -> None:
    """`import obskit` loads neither structlog nor OpenTelemetry nor Sentry."""
    program = (
        "import sys, obskit\n"
        "print([m for m in ('structlog', 'opentelemetry', 'sentry_sdk', 'orjson', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", obskit.__all__)
def test_public_names_are_documented(name: str) -> None:
    """Each has a docstring whose first line is a sentence."""
    text = getattr(obskit, name).__doc__
    assert text
    assert text.strip().splitlines()[0].rstrip().endswith((".", "?"))
