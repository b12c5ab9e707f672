"""Builds the accelerator with GCC's address and undefined-behaviour sanitizers, and runs its tests with it.

python scripts/sanitizers.py [arguments of pytest]

What is built stays in a temporary folder; the environment is left as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEEDUPS = ROOT / "speedups"
# The corpus is gone through without sanitizers: all of its records are alike to the code in C.
LEFT_OUT = "not corpus"


def build(place: Path) -> None:
    """Builds the package into a folder."""
    sources = shutil.copytree(SPEEDUPS, place / "sources", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    command = [sys.executable, "setup.py", "--quiet", "build", "--build-lib", str(place / "built")]
    subprocess.run(command, cwd=sources, env={**os.environ, "OBSKIT_SPEEDUPS_SANITIZERS": "true"}, check=True)


def runtimes() -> str:
    """Returns the sanitizers' libraries, which have to be loaded before the interpreter."""
    found = []
    for name in ("libasan.so", "libubsan.so"):
        asked = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True)
        path = Path(asked.stdout.strip())
        if not path.is_absolute():
            raise SystemExit(f"gcc has no {name}; on Debian it comes with the package libgcc-dev of its version")
        found.append(str(path.resolve()))
    return " ".join(found)


def main() -> int:
    """Builds, and runs the tests."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        env = {
            **os.environ,
            "LD_PRELOAD": runtimes(),
            # The interpreter itself leaves memory behind; what the accelerator leaves, its tests measure.
            "ASAN_OPTIONS": "detect_leaks=0",
            "SANITIZED": "true",
            "PYTHONMALLOC": "malloc",
            "PYTHONPATH": str(Path(folder, "built")),
        }
        command = [sys.executable, "-m", "pytest", "tests/speedups", "-k", LEFT_OUT, "-p", "no:cacheprovider"]
        return subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
