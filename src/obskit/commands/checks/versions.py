"""Look at versions: obskit's own, those of what it rests on and is fast by, and of plug-ins and their frameworks."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib import metadata

from obskit.commands.checks.check import Check
from obskit.line import speedups

SUBJECT = "versions"
_DISTRIBUTION = "obskit-sdk"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_GROUP = "obskit.integrations"
# What obskit is faster with, the extra that brings it, and how it goes without.
_FASTER = (
    ("google-re2", "re2", "texts are searched by Python's re"),
    ("obskit-speedups", "speedups", "lines are made by Python"),
)
# Frameworks that a plug-in of this project joins.
_OURS = ("celery", "fastapi", "flask", "httpx")


def checks() -> Iterator[Check]:
    """Look at what is installed; no framework is imported."""
    yield Check(SUBJECT, "obskit", "works", _version(_DISTRIBUTION) or "not installed as a distribution")
    yield Check(SUBJECT, "python", "works", f"{platform.python_version()} on {platform.system()} {platform.release()}")
    yield from _dependencies()
    yield from _accelerators()
    yield from _plugins()


def _dependencies() -> Iterator[Check]:
    try:
        requirements = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return
    for requirement in requirements:
        match = _NAME.match(requirement)
        # What stands behind a semicolon is for extras, which a service need not have.
        if match is None or ";" in requirement:
            continue
        found = _version(match[0])
        if found is None:
            yield Check(SUBJECT, match[0], "broken", f"missing; pip install '{requirement}'")
        else:
            yield Check(SUBJECT, match[0], "works", found, {"version": found})


def _accelerators() -> Iterator[Check]:
    for distribution, extra, without in _FASTER:
        found = _version(distribution)
        if found is None:
            text = f"none: {without}; pip install '{_DISTRIBUTION}[{extra}]'"
            yield Check(SUBJECT, distribution, "note", text, {"version": None})
        elif distribution == "obskit-speedups" and speedups.is_off():
            text = f"{found}, not used: {speedups.VARIABLE} says so"
            yield Check(SUBJECT, distribution, "note", text, {"version": found})
        elif distribution == "obskit-speedups" and speedups.module is None:
            text = f"{found}, not used: of another release, or broken; pip install -U '{_DISTRIBUTION}[{extra}]'"
            yield Check(SUBJECT, distribution, "note", text, {"version": found})
        else:
            yield Check(SUBJECT, distribution, "works", found, {"version": found})


def _plugins() -> Iterator[Check]:
    joined: set[str] = set()
    for entry in sorted(metadata.entry_points(group=_GROUP), key=lambda entry: entry.name):
        joined.add(entry.name)
        distribution = entry.dist
        plugin = f"{distribution.name} {distribution.version}" if distribution is not None else entry.value
        framework = _version(entry.name)
        name = f"plug-in {entry.name}"
        facts = {"plugin": plugin, "framework": framework}
        if framework is None:
            yield Check(SUBJECT, name, "note", f"{plugin}; {entry.name} itself is not installed", facts)
        else:
            yield Check(SUBJECT, name, "works", f"{plugin} for {entry.name} {framework}", facts)
    for framework in _OURS:
        if framework not in joined and (found := _version(framework)):
            text = f"none, but {framework} {found} is installed; pip install '{_DISTRIBUTION}[{framework}]'"
            yield Check(SUBJECT, f"plug-in {framework}", "note", text)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
