"""`--policy`: which redaction policy a command works with, and where that came from."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from obskit.commands.arguments import remark
from obskit.query.failure import QueryError

if TYPE_CHECKING:
    from obskit.settings.options import Redaction

_VARIABLE = "OBSKIT_REDACTION"
_OBJECT = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")


class Chosen(NamedTuple):
    """A policy and where it came from.

    Attributes:
        policy: The policy, its values in their normal form.
        origin: Where it came from, for people.
    """

    policy: Redaction
    origin: str


def add_policy(parser: argparse.ArgumentParser) -> None:
    """Add the argument."""
    parser.add_argument(
        "--policy",
        metavar="FILE|MODULE:NAME",
        help="a policy file (TOML, the argument names of Redaction), or the name of a Redaction in a module, or of "
        f"a callable that returns one; by default ${_VARIABLE} and its like, then what obskit does by itself",
    )


def policy_of(named: str | None, environ: Mapping[str, str]) -> Chosen:
    """Return the policy that `init` would work with if it were given the one named.

    Args:
        named: The value of `--policy`, if given: then `OBSKIT_REDACTION` itself doesn't count. What it leaves open
            comes from the variables of the single fields, as it does in `init`.
        environ: Environment variables.

    Raises:
        QueryError: It can't be found, has mistakes (each is said on the standard error), or switches redaction off.
    """
    # Settings are heavy to import, and most commands do without.
    from obskit.settings.load import load
    from obskit.settings.mistakes import ConfigError

    variables = {name: text for name, text in environ.items() if name.startswith(f"{_VARIABLE}_") and text.strip()}
    if named is None and (text := environ.get(_VARIABLE, "").strip()):
        variables[_VARIABLE] = text
    arguments = {} if named is None else {"redaction": _given(named)}
    try:
        settings = load(arguments, {**variables, "OBSKIT_SERVICE": "redact"})
    except ConfigError as error:
        for mistake in error.mistakes:
            remark(str(mistake))
        raise QueryError("the policy can't be used: mend what is named above") from None
    for warning in settings.warnings:
        remark(warning)
    if settings.redaction is None:
        raise QueryError(f"{_VARIABLE} is {environ[_VARIABLE].strip()}: redaction is off; name a policy with --policy")
    origins = {where for name, where in settings.origins.items() if name.startswith("redaction")}
    return Chosen(settings.redaction, _origin(named, sorted(origins & variables.keys()), variables))


def _origin(named: str | None, used: list[str], variables: Mapping[str, str]) -> str:
    parts = [] if named is None else [named]
    # The path is told, for it is what people look up next; what the other variables hold may be long, or a key.
    parts += [f"${name}={variables[name]}" if name == _VARIABLE else f"${name}" for name in used]
    return ", ".join(parts) or "the default"


def _given(named: str) -> Any:
    """Return what `init(redaction=...)` takes: a path, or the object of that name."""
    match = _OBJECT.fullmatch(named)
    if match is None or Path(named).exists():
        return named
    from obskit.runtime.told import clean
    from obskit.settings.options import Redaction

    module, name = match.groups()
    try:
        # What a module prints while it is imported must not stand among the lines.
        with contextlib.redirect_stdout(sys.stderr):
            found = _attribute(module, name)
            if not isinstance(found, Redaction) and callable(found):
                found = found()
    except QueryError:
        raise
    except Exception as error:
        # What it says of may be the key that it looked for.
        raise QueryError(clean(f"--policy {named}: making it raised {type(error).__name__}: {error}")) from error
    if not isinstance(found, Redaction):
        raise QueryError(f"--policy {named}: it is of type {type(found).__name__}, not a Redaction or what returns one")
    return found


def _attribute(module: str, name: str) -> Any:
    # As `python -m` does: the module of an application is found from where its people type.
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        imported = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(f"{error.name}.")):
            raise QueryError(
                f"--policy {module}:{name}: there is no module {error.name!r} on the path or in the working directory, "
                "and no file of that name"
            ) from None
        raise
    try:
        return getattr(imported, name)
    except AttributeError:
        raise QueryError(f"--policy {module}:{name}: the module has no {name!r}") from None
