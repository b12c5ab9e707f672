"""The plug-ins as `obskit.init` finds them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from obskit_fastapi import FastAPIIntegration, StarletteIntegration


@pytest.mark.parametrize("integration", [FastAPIIntegration, StarletteIntegration])
def test_each_is_registered_under_its_name(integration: type[FastAPIIntegration]) -> None:
    """The entry point of a framework's name leads to its integration."""
    (found,) = entry_points(group="obskit.integrations", name=integration.name)
    assert found.load() is integration


def test_importing_the_plugin_imports_no_framework() -> None:
    """Loading the entry point is cheap; the framework comes with `install`."""
    code = "import sys, obskit_fastapi; print([m for m in ('fastapi', 'starlette', 'pydantic') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_starlette_alone_needs_no_fastapi() -> None:
    """Installing Starlette's integration imports no FastAPI."""
    code = "import sys, obskit_fastapi as p; p.StarletteIntegration().install(); print('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
