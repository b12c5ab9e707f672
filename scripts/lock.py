"""Writes the two locks, for the project and for its benchmarks, or with --check tells whether they are out of date.

python scripts/lock.py            resolve anew and write the lock
python scripts/lock.py --check    compare, offline, what the projects ask for with what was locked
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

MARK = "# asked for: sha256:"
EXPORT = ["export", "--quiet", "--no-emit-workspace", "--no-header", "--no-annotate"]
# Large, and needed by some benchmarks only: locked apart.
APART = "peers-redaction"
LOCKS = {
    "requirements.lock": ["--all-packages", "--all-extras", "--all-groups", "--no-group", APART],
    "benchmarks/requirements.lock": ["--only-group", APART],
}


def asked(project: Path) -> dict[str, Any]:
    """Returns the part of a pyproject.toml that decides what is locked."""
    content = tomllib.loads(project.read_text())
    table = content.get("project", {})
    return {
        "build": content.get("build-system", {}).get("requires", []),
        "python": table.get("requires-python"),
        "dependencies": table.get("dependencies", []),
        "extras": table.get("optional-dependencies", {}),
        "groups": content.get("dependency-groups", {}),
    }


def digest(root: Path) -> str:
    """Digests what every distribution of the workspace asks for."""
    files = [root / "pyproject.toml", *sorted(root.glob("integrations/*/pyproject.toml"))]
    files += root.glob("speedups/pyproject.toml")
    wanted = {path.parent.name if path.parent != root else "core": asked(path) for path in files}
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def check(root: Path) -> int:
    """Returns 0 where the lock was made from what the projects ask for now."""
    lock = root / "requirements.lock"
    if lock.exists() and f"{MARK}{digest(root)}" in lock.read_text().splitlines():
        return 0
    print("requirements.lock was not made from the pyproject.toml files as they are; run: make lock", file=sys.stderr)
    return 1


def write(root: Path) -> int:
    """Resolves with uv and writes the lock."""
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "lock", "--quiet", "--upgrade"], cwd=root, check=True)
    head = [
        "# Written by `make lock`: every version and hash that `make` installs, from whatever index pip is set up for."
    ]
    head.append(f"{MARK}{digest(root)}")
    for name, chosen in LOCKS.items():
        done = subprocess.run([*uv, *EXPORT, *chosen], cwd=root, check=True, capture_output=True, text=True)
        (root / name).write_text("\n".join([*head, done.stdout]))
    return 0


def main() -> int:
    """Writes or checks the lock of the project that --root names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    chosen = parser.parse_args()
    return check(chosen.root) if chosen.check else write(chosen.root)


if __name__ == "__main__":
    raise SystemExit(main())
