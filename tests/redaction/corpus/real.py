"""Negative cases of real text: what programs printed, and source lines of Python's own library."""

from __future__ import annotations

import re
import sysconfig
from functools import cache
from pathlib import Path

from tests.redaction.corpus.case import Made, negative
from tests.redaction.corpus.files import printed, printed_names
from tests.redaction.corpus.source import Source


def _register(name: str) -> None:
    left: list[str] = []

    @negative(f"real_{name}", len(printed(name)))
    def make(source: Source) -> Made:
        if not left:
            left.extend(source.sample(printed(name), len(printed(name))))
        return Made(left.pop())


for _name in printed_names():
    _register(_name)

MODULES = (
    "smtplib",
    "ftplib",
    "imaplib",
    "poplib",
    "netrc",
    "getpass",
    "secrets",
    "hmac",
    "ssl",
    "tokenize",
    "token",
    "ast",
    "shlex",
    "urllib/request",
    "urllib/parse",
    "http/cookiejar",
    "http/cookies",
    "http/server",
    "xmlrpc/client",
    "configparser",
    "logging/handlers",
    "zipfile",
    "multiprocessing/connection",
    "email/_header_value_parser",
    "json/decoder",
    "uuid",
    "pdb",
)
_TELLING = re.compile(r"(?i)passw|passwd|token|secret|api_?key|auth|cookie|credential")
# A literal under a telling name could pass for a secret, whatever it is.
_LITERAL = re.compile(r"[=:(,]\s*[bfru]{0,2}[\"']")


@cache
def _source_lines() -> tuple[str, ...]:
    folder = Path(sysconfig.get_path("stdlib"))
    files = [path for name in MODULES if (path := folder / f"{name}.py").is_file()]
    lines = dict.fromkeys(line.rstrip() for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(
        line
        for line in lines
        if len(line) < 300
        and _TELLING.search(line)
        and not _LITERAL.search(line)
        and "@" not in line
        and "ookie:" not in line
    )


@negative("library_source", 400, hard=True)
def library_source(source: Source) -> Made:
    line = source.choice(_source_lines())
    if source.chance(0.4):
        return Made(f'  File "/usr/lib/python3/module.py", line {source.randint(1, 900)}, in run\n    {line.strip()}\n')
    return Made(line)
