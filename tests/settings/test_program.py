"""What a service without a name is named after."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from obskit.settings.program import Program, service_name

BIN = "/opt/env/bin"
PACKAGES = "/opt/env/lib/python3.11/site-packages"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A directory in which no search for a project gets further up."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def project(directory: Path, text: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "pyproject.toml").write_text(text, "utf-8")
    return directory


@pytest.mark.parametrize(
    ("argv", "module", "name"),
    [
        (["/srv/orders.py"], None, "orders"),
        (["orders.py", "--verbose"], None, "orders"),
        ([f"{BIN}/orders"], None, "orders"),
        (["/srv/shop/__main__.py"], "shop.__main__", "shop"),
        (["/srv/shop/worker.py"], "shop.worker", "shop.worker"),
        (["/srv/shop/__main__.py"], "__main__", "python"),
        ([f"{BIN}/uvicorn", "shop.gateway:app", "--port", "8000"], None, "shop.gateway"),
        ([f"{BIN}/uvicorn", "--host", "localhost", "shop.main:app"], None, "shop"),
        ([f"{BIN}/uvicorn", "main:app"], None, "main"),
        ([f"{PACKAGES}/uvicorn/__main__.py", "shop.asgi:app"], "uvicorn.__main__", "shop"),
        ([f"{BIN}/gunicorn", "-b", "localhost:8000", "-w", "2", "shop.inventory:create(1)"], None, "shop.inventory"),
        ([f"{BIN}/gunicorn", "-b", "unix:app.sock", "inventory:app"], None, "inventory"),
        ([f"{BIN}/gunicorn", "--preload", "inventory"], None, "inventory"),
        ([f"{BIN}/gunicorn", "--version"], None, "gunicorn"),
        ([f"{BIN}/celery", "-A", "shop.tasks", "worker"], None, "shop.tasks"),
        ([f"{BIN}/celery", "--app=shop.worker:celery", "worker", "-c", "2"], None, "shop.worker"),
        ([f"{PACKAGES}/celery/__main__.py", "-A", "shop", "worker"], "celery.__main__", "shop"),
        ([f"{BIN}/flask", "--app", "shop.py", "run"], None, "shop"),
        (["-c"], None, "python"),
        (["-m"], None, "python"),
        ([""], None, "python"),
        ([], None, "python"),
        (["/srv/a\nb.py"], None, "python"),
    ],
)
def test_program_gives_the_name(bare: Path, argv: list[str], module: str | None, name: str) -> None:
    """Outside any project the script, the package or the application that is run gives the name."""
    assert service_name(Program(argv=argv, directory=str(bare), module=module)) == name


def test_nearest_project_gives_the_name(bare: Path) -> None:
    """The name in the nearest pyproject.toml above the working directory counts before the program's."""
    project(bare, '[project]\nname = "outer"')
    inner = project(bare / "inner", '[project]\nname = "inner"') / "deep"
    inner.mkdir()
    assert service_name(Program(argv=[f"{BIN}/uvicorn", "a:b"], directory=str(inner))) == "inner"


def test_project_of_poetry_gives_the_name(bare: Path) -> None:
    """The older table of Poetry is read too."""
    project(bare, '[tool.poetry]\nname = "verse"')
    assert service_name(Program(argv=["x.py"], directory=str(bare))) == "verse"


@pytest.mark.parametrize(
    "text",
    [
        "[tool.ruff]\nline-length = 9",
        "not toml [",
        '[project]\nname = ""',
        "[project]\nname = 3",
        "project = 1\ntool = 2",
        "\ufeff\0",
        '[tool]\npoetry = "x"',
    ],
)
def test_project_file_without_a_name_is_passed_over(bare: Path, text: str) -> None:
    """The search goes on above a pyproject.toml that names nothing or can't be read."""
    project(bare, '[project]\nname = "outer"')
    inner = project(bare / "inner", text)
    assert service_name(Program(argv=["x.py"], directory=str(inner))) == "outer"


def test_search_ends_at_the_root_of_a_repository(bare: Path) -> None:
    """What lies above the repository is another project."""
    project(bare, '[project]\nname = "outer"')
    inner = bare / "inner"
    (inner / ".git").mkdir(parents=True)
    assert service_name(Program(argv=["x.py"], directory=str(inner))) == "x"


def test_script_belongs_to_the_project_it_lies_in(bare: Path) -> None:
    """A script run from elsewhere is not named after the directory it is run from."""
    here = project(bare / "here", '[project]\nname = "here"')
    there = project(bare / "there", '[project]\nname = "there"')
    tools = bare / "tools"
    tools.mkdir()
    run = Program(argv=["../there/x.py"], directory=str(here), file=str(there / "x.py"))
    assert service_name(run) == "there"
    assert service_name(Program(argv=["x.py"], directory=str(here), file=str(tools / "x.py"))) == "x"
    assert service_name(Program(argv=["x.py"], directory=str(here), file="x.py")) == "here"


@pytest.mark.parametrize("file", [f"{BIN}/uvicorn", f"{PACKAGES}/uvicorn/__main__.py", "/usr/lib/python3.12/runpy.py"])
def test_installed_program_belongs_to_the_working_directory(bare: Path, file: str) -> None:
    """A server that is installed somewhere is run for the project that it is run in."""
    project(bare, '[project]\nname = "here"')
    assert service_name(Program(argv=[file], directory=str(bare), file=file)) == "here"


def test_running_program_is_described(bare: Path) -> None:
    """In a real process the module run with -m gives the name, and so does a script."""
    package = bare / "billing"
    package.mkdir()
    text = "from obskit.settings.program import running, service_name\nprint(service_name(running()))\n"
    (package / "__main__.py").write_text(text, "utf-8")
    (bare / "invoices.py").write_text(text, "utf-8")
    for command, name in ((["-m", "billing"], "billing"), (["invoices.py"], "invoices"), (["-c", text], "python")):
        run = subprocess.run(
            [sys.executable, *command], cwd=bare, capture_output=True, text=True, timeout=30, check=True
        )
        assert run.stdout == f"{name}\n"


def test_lost_working_directory_is_no_error(bare: Path) -> None:
    """A process whose working directory was removed is named all the same."""
    gone = bare / "gone"
    gone.mkdir()
    text = (
        "import os, sys; os.rmdir(sys.argv[1])\n"
        "from obskit.settings.program import running, service_name\nprint(service_name(running()))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", text, str(gone)], cwd=gone, capture_output=True, text=True, timeout=30, check=True
    )
    assert run.stdout == "python\n"
