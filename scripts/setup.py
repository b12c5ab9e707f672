"""Makes the project's virtual environment from requirements.lock: `python scripts/setup.py .venv`.

Further locks may follow: what they name is installed beside the rest.

Needs only the standard library and a package index. Does nothing when the environment is up to date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
STAMP = "obskit-setup"
# The accelerator: the one part that takes a C compiler to build.
SPEEDUPS = ROOT / "speedups"


def projects() -> list[Path]:
    """Lists the folders of the workspace's distributions in Python, the core first."""
    return [ROOT, *sorted(path.parent for path in ROOT.glob("integrations/*/pyproject.toml"))]


def sources() -> list[Path]:
    """Lists the files that the accelerator is built from."""
    return [SPEEDUPS / "pyproject.toml", SPEEDUPS / "setup.py", *sorted(SPEEDUPS.glob("c/*.[ch]"))]


def digest() -> str:
    """Digests all that decides what the environment holds."""
    found = hashlib.sha256(f"{sys.version} {ROOT} {compiler()}".encode())
    for path in [Path(__file__), LOCK, *(folder / "pyproject.toml" for folder in projects()), *sources()]:
        found.update(path.read_bytes())
    return found.hexdigest()


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Runs a command in the project's folder; its failure ends the set-up."""
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise SystemExit(f"set-up failed ({done.returncode}) in: {' '.join(map(str, command))}")


def answers(python: Path, code: str) -> bool:
    """Tells whether a piece of Python runs in the environment."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def make_environment(place: Path, python: Path) -> None:
    """Makes the environment unless one of this very Python version stands there."""
    version = tuple(sys.version_info[:3])
    if answers(python, f"import sys, pip; sys.exit(sys.version_info[:3] != {version})"):
        return
    print(f"making {place} with Python {'.'.join(map(str, version))}", flush=True)
    run(sys.executable, "-m", "venv", "--clear", place)


def locked(name: str) -> str:
    """Returns the lock's entry of one package, with its hashes."""
    lines = LOCK.read_text().splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(f"{name}==")]
    if not starts:
        raise SystemExit(f"requirements.lock has no {name}; run: make lock")
    entry = [lines[starts[0]]]
    for line in lines[starts[0] + 1 :]:
        if not line.startswith(" "):
            break
        entry.append(line)
    return "\n".join(entry) + "\n"


def install_uv(python: Path) -> None:
    """Installs the locked uv from the package index that pip is set up for."""
    version = locked("uv").split("==")[1].split()[0]
    if answers(python, f"import sys, importlib.metadata as m; sys.exit(m.version('uv') != {version!r})"):
        return
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder, "uv.txt")
        requirement.write_text(locked("uv"))
        run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", requirement)


def uv_environment(python: Path) -> dict[str, str]:
    """Hands pip's index and certificate on to uv, which reads none of pip's settings."""
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}}
    asked = subprocess.run(
        [python, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    if index:
        env.setdefault("UV_DEFAULT_INDEX", index)
    if "PIP_CERT" in os.environ:
        env.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
    return env


def install(python: Path) -> None:
    """Installs what the lock names, then the workspace's own distributions as they lie here."""
    env = uv_environment(python)
    uv: list[str | Path] = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    run(*uv, "--require-hashes", "-r", LOCK.name, env=env)
    editable = [part for folder in projects() for part in ("--editable", f"./{folder.relative_to(ROOT)}")]
    run(*uv, "--no-deps", "--no-build-isolation", *editable, env=env)


def compiler() -> str | None:
    """Returns the path of the C compiler that setuptools would take, None where there is none."""
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    return shutil.which(command.split()[0])


def install_speedups(python: Path) -> None:
    """Builds and installs the accelerator where there is a C compiler; obskit does without it otherwise."""
    if compiler() is None:
        print("no C compiler: obskit-speedups is left out, obskit is the same without it, only slower", flush=True)
        return
    uv: list[str | Path] = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    # Not in place: environments of several Pythons share this checkout.
    uv += ["--no-deps", "--no-build-isolation", "--reinstall", f"./{SPEEDUPS.name}"]
    done = subprocess.run(uv, cwd=ROOT, env=uv_environment(python), capture_output=True, check=False)
    if done.returncode != 0:
        print("obskit-speedups does not build here and is left out; to see why: pip install ./speedups", flush=True)


def install_beside(python: Path, lock: str, stamp: Path) -> None:
    """Installs what a further lock names, unless that is done."""
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"installing {lock}", flush=True)
    uv: list[str | Path] = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    run(*uv, "--require-hashes", "-r", lock, env=uv_environment(python))
    stamp.write_text(wanted)


def main() -> None:
    """Sets the environment up, or leaves it where nothing changed."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- whoever runs this may have an older one
        raise SystemExit(f"obskit needs Python >= 3.11, this is {sys.version.split()[0]}; name one: make PYTHON=...")
    place = Path(sys.argv[1] if len(sys.argv) > 1 else ".venv").absolute()
    python, stamp = place / "bin" / "python", place / STAMP
    wanted = digest()
    if not (stamp.exists() and stamp.read_text() == wanted and python.exists()):
        stamp.unlink(missing_ok=True)
        make_environment(place, python)
        print(f"installing requirements.lock into {place}", flush=True)
        install_uv(python)
        install(python)
        install_speedups(python)
        stamp.write_text(wanted)
    for lock in sys.argv[2:]:
        install_beside(python, lock, place / f"obskit-setup-{lock.replace('/', '-')}")


if __name__ == "__main__":
    main()
