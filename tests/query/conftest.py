"""Journals for the tests of the query stage."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def journals() -> ModuleType:
    """The module that writes journals."""
    name = "obskit_test_journals"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("journals.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty journal."""
    path = tmp_path / "journal"
    path.mkdir()
    return path
