"""Read a redaction policy from a TOML file: its keys are the argument names of `Redaction`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from obskit.settings.mistakes import Mistake, Refused, marker, nearest, shown
from obskit.settings.objects import Switch
from obskit.settings.options import Option, Redaction

# Nobody writes so long a policy; without a bound a device or a log given by mistake would be read into memory whole.
_LONGEST: Final = 1 << 20


class Policy(Switch):
    """A redaction policy: an option object, the path of a policy file, or False for off."""

    def __init__(self) -> None:
        super().__init__(Redaction)
        self.words = (
            "an obskit.Redaction, the path of a policy file (TOML), or False (in a variable: the path, true or false)"
        )

    def _accept(self, value: Any) -> Option | None:
        return read_policy(value) if isinstance(value, (str, os.PathLike)) else super()._accept(value)

    def _read(self, text: str) -> Option | None:
        return super()._read(text) if text.lower() in ("true", "false") else read_policy(text)


def read_policy(path: Any) -> Redaction:
    """Return the policy that a file holds; a mistake in it stays in the object, for `init` to list with the others.

    Args:
        path: Text or path; a relative one is looked up from the working directory, `~` is the user's home.

    Raises:
        Refused: It can't be read, or is no TOML.
    """
    name = os.fspath(path)
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise Refused
    keys = _keys(name)
    policy = Redaction(**{key: value for key, value in keys.items() if key in Redaction.KINDS})
    source = _plain(name)
    object.__setattr__(policy, "source", source)
    strays = tuple(_stray(source, key) for key in keys if key not in Redaction.KINDS)
    object.__setattr__(policy, "strays", strays)
    return policy


def _keys(name: str) -> dict[str, Any]:
    content = _content(name)
    if len(content) > _LONGEST:
        raise Refused("longer than 1 MiB, so no policy")
    # Most policies are no files.
    import tomllib

    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(f"it is no UTF-8 (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"it is no TOML: {error}") from None
    except RecursionError:
        raise Refused("it is no TOML: nested too deep") from None


def _content(name: str) -> bytes:
    try:
        path = Path(name).expanduser()
    except RuntimeError:
        raise Refused("there is no home directory of that name") from None
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST + 1)
    except FileNotFoundError:
        raise Refused(f"no such file{'' if path.is_absolute() else ' in the working directory'}") from None
    except OSError as error:
        raise Refused((error.strerror or str(error)).lower()) from None


def _stray(source: str, key: str) -> Mistake:
    known = tuple(Redaction.KINDS)
    why = f"in {source}: a policy has no such key"
    if key == "redaction":
        why += ", and no such table: its keys stand at the top of the file"
    elif like := nearest(key, known, 0.6):
        why += f", but {like}"
    # What a mistyped name holds can't be known to be no secret.
    return Mistake(f"redaction.{_plain(key)}", marker("unknown"), ", ".join(known), why)


def _plain(name: str) -> str:
    return name if name.isprintable() and len(name) <= 120 else shown(name)


def unknown_kinds(detectors: Iterable[str], custom: Iterable[str]) -> str:
    """Return why some of the kinds in `detectors` can't be looked for; empty where all can.

    Args:
        detectors: The kinds that a policy looks for.
        custom: Its own kinds.
    """
    # Protection stands further down the flow and is needed for this question alone.
    from obskit.protect.kinds import KINDS

    known = {*KINDS, *custom}
    return "; ".join(_unlike(kind, known) for kind in detectors if kind not in known)


def _unlike(kind: str, known: Iterable[str]) -> str:
    like = nearest(kind.lower(), known, 0.6)
    return f"{shown(kind)} is no kind{f', but {shown(like)} is' if like else ''}"
