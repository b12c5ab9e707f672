"""Build the C extension; everything else stands in pyproject.toml."""

import os
from pathlib import Path

from setuptools import Extension, setup

FLAGS = ["-std=c11", "-O2", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-missing-field-initializers"]
# `make test-sanitizers` builds with these; they say what goes wrong, and stop there.
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g"]

sanitized = os.environ.get("OBSKIT_SPEEDUPS_SANITIZERS", "") == "true"
setup(
    ext_modules=[
        Extension(
            "obskit_speedups._c",
            sources=sorted(str(path) for path in Path("c").glob("*.c")),
            depends=sorted(str(path) for path in Path("c").glob("*.h")),
            extra_compile_args=[*FLAGS, *(SANITIZERS if sanitized else [])],
            extra_link_args=SANITIZERS if sanitized else [],
        )
    ]
)
