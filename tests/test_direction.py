"""Imports between the folders of the package point one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import obskit

PACKAGE = Path(obskit.__file__).parent


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield what a module imports when it is loaded: not what is for types alone, or within a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.ImportFrom) and child.module is not None:
            parts = child.module.split(".")
            if parts[0] == "obskit":
                yield from parts[1:2] or [alias.name for alias in child.names]
        yield from _imported(child)


def order(package: Path) -> list[str]:
    """Return the folders and single modules of a package, each behind what it imports.

    Raises:
        CycleError: Two of them import each other, perhaps by way of others.
    """
    found: dict[str, set[str]] = {}
    for path in package.rglob("*.py"):
        folder = path.relative_to(package).with_suffix("").parts[0]
        found.setdefault(folder, set()).update(_imported(ast.parse(path.read_text(encoding="utf-8"))))
    return list(TopologicalSorter({name: uses - {name} for name, uses in found.items()}).static_order())


def test_no_two_folders_import_each_other() -> None:
    """The stages can be put into one order, in which redaction comes before the bytes, and those before the journal."""
    found = order(PACKAGE)
    assert found.index("protect") < found.index("line") < found.index("journal") < found.index("ship")


def test_a_circle_is_told(tmp_path: Path) -> None:
    """Of two folders that import each other, though not at the same place."""
    for name, line in (("a", "from obskit.b.two import x"), ("b", "from obskit.a import y")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.py").write_text(line)
    with pytest.raises(CycleError):
        order(tmp_path)


def test_what_is_imported_later_or_for_types_makes_no_circle(tmp_path: Path) -> None:
    """A function's own imports load on first use; those for types never."""
    lazy = "if TYPE_CHECKING:\n    from obskit.a import y\ndef f():\n    from obskit.a import y\n"
    for name, line in (("a", "from obskit.b.two import x"), ("b", lazy)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.py").write_text(line)
    assert order(tmp_path) == ["b", "a"]
