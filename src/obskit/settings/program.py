"""Name the service after the project or program that runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from obskit.settings.fixed import Fixed

_MODULE: Final = r"(?P<module>[A-Za-z_][\w.]*)(:[A-Za-z_][\w.]*(\(.*\))?)?"
_APPLICATION: Final = r"(?P<module>[A-Za-z_][\w.]*):[A-Za-z_][\w.]*(\(.*\))?"
_LIBRARY: Final = r"site-packages|dist-packages|python\d+\.\d+|bin|Scripts"
# Programs that run an application which their command line names: after an option, or as `module:attribute`.
_BY_OPTION: Final = {"celery": ("-A", "--app"), "flask": ("-A", "--app")}
_SOCKETS: Final = frozenset({"fd", "unix"})
_BY_PLACE: Final = frozenset({"uvicorn", "gunicorn", "hypercorn", "granian", "daphne", "uwsgi", "waitress-serve"})
# What many applications call the module that holds them; the package above tells more.
_COMMON: Final = frozenset({"__main__", "app", "application", "asgi", "main", "server", "wsgi"})
_MOST_BYTES: Final = 1 << 20


class Program(Fixed):
    """What is known of the program that runs.

    `argv` as `sys.argv`, `directory` the working directory, `file` the path of the main module and `module` its name
    where it was run with `python -m`.
    """

    argv: Sequence[str]
    directory: str
    file: str | None = None
    module: str | None = None


def running() -> Program:
    """Describe the program that runs in this process."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    try:
        directory = str(Path.cwd())
    except OSError:
        directory = "/"
    return Program(
        argv=tuple(getattr(sys, "argv", ())),
        directory=directory,
        file=getattr(main, "__file__", None),
        module=getattr(spec, "name", None),
    )


def service_name(program: Program) -> str:
    """Name the service: the project that the program belongs to, else the program itself.

    The project is that of the nearest `pyproject.toml` with a name, upwards from the main module's file where that is
    the user's own, else from the working directory; the search ends at the root of a repository.

    Returns:
        A text that is not empty and can be printed.
    """
    own = program.file is not None and not _installed(program.file)
    start = Path(program.directory, program.file).parent if own and program.file else Path(program.directory)
    name = _project(start) or _program(program)
    return name if name.strip() and name.isprintable() else "python"


def _installed(file: str) -> bool:
    return any(re.fullmatch(_LIBRARY, part) for part in Path(file).parts[:-1])


def _project(start: Path) -> str | None:
    for directory in (start, *start.parents):
        name = _named(directory / "pyproject.toml")
        if name is not None:
            return name
        if (directory / ".git").exists():
            return None
    return None


def _named(file: Path) -> str | None:
    try:
        if file.stat().st_size > _MOST_BYTES:
            return None
        import tomllib

        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    for table in (content.get("project"), _inside(content.get("tool"), "poetry")):
        name = _inside(table, "name")
        if isinstance(name, str) and name.strip():
            return name.strip()
    return None


def _inside(table: Any, key: str) -> Any:
    return table.get(key) if isinstance(table, dict) else None


def _program(program: Program) -> str:
    if program.module is not None:
        runner = program.module.removesuffix(".__main__").rpartition(".")[2]
    else:
        runner = Path(program.argv[0]).stem if program.argv else ""
    application = next(_applications(runner, program.argv[1:]), None)
    if application is not None:
        return _telling(application)
    if program.module is not None and program.module != "__main__":
        return program.module.removesuffix(".__main__")
    return "python" if runner in ("", "-", "-c", "-m", "__main__") else runner


def _applications(runner: str, arguments: Sequence[str]) -> Iterator[str]:
    """Find the application that a command line names, the likeliest first."""
    for option in _BY_OPTION.get(runner, ()):
        for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
            text = following if argument == option else argument.removeprefix(f"{option}=")
            if text not in (argument, "") and (found := re.fullmatch(_MODULE, text.removesuffix(".py"))):
                yield found["module"]
    if runner in _BY_PLACE:
        for argument in arguments:
            found = re.fullmatch(_APPLICATION, argument)
            if found and found["module"] not in _SOCKETS:
                yield found["module"]
        if arguments and (found := re.fullmatch(_MODULE, arguments[-1])):
            yield found["module"]


def _telling(module: str) -> str:
    """Drop the last part of a dotted name as long as it says nothing: `shop.main` is `shop`."""
    parts = module.split(".")
    while len(parts) > 1 and parts[-1] in _COMMON:
        parts.pop()
    return ".".join(parts)
