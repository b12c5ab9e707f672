"""The table of settings and the page made of it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

from obskit.settings.document import document
from obskit.settings.table import ARGUMENTS, OPTIONS, ROWS, STANDARD, TABLE


def test_every_argument_has_the_variable_of_its_name() -> None:
    """Argument X has OBSKIT_X, and field Y of an option X has OBSKIT_X_Y."""
    for row in TABLE:
        assert row.variable == f"OBSKIT_{row.name.replace('.', '_').upper()}"


def test_every_field_of_an_option_has_a_row() -> None:
    """No field of an option is left out."""
    for name, option in OPTIONS.items():
        assert {f"{name}.{field}" for field in option.KINDS} <= set(ROWS)
        assert [field.name for field in dataclasses.fields(option)] == list(option.KINDS)  # type: ignore[arg-type]


def test_arguments_are_those_of_the_public_face() -> None:
    """The table has the arguments of `init`, in their order."""
    assert " ".join(row.name for row in ARGUMENTS) == (
        "service environment version level levels console stream journal otlp_endpoint otlp_headers otlp_protocol ship"
        " sentry_dsn redaction sampling integrations correlation_header trust_incoming propagate_to level_key"
        " exit_timeout"
    )


def test_page_has_a_line_for_every_setting_and_standard_variable() -> None:
    """The page names each setting with its variables, and each variable of OpenTelemetry that is read."""
    lines = document().splitlines()
    for row in TABLE:
        (line,) = [line for line in lines if line.startswith(f"| `{row.name}` ")]
        for variable in (row.variable, *row.standard):
            assert f"`{variable}`" in line
        assert row.purpose in line
    for names, _ in STANDARD:
        for name in names.split(", "):
            assert f"`{name}`" in document()


def test_every_line_of_the_page_has_the_cells_of_its_table() -> None:
    """A bar in a cell breaks no line."""
    widths = {line.replace("\\|", "").count("|") for line in document().splitlines() if line}
    assert widths == {6, 3}


def test_page_is_printed_by_its_module() -> None:
    """`python -m obskit.settings.document` prints what the documentation includes."""
    run = subprocess.run(
        [sys.executable, "-m", "obskit.settings.document"], capture_output=True, text=True, timeout=30, check=True
    )
    assert run.stdout == document()


def test_settings_load_no_third_party_package() -> None:
    """Reading the settings stays light: nothing but the standard library and obskit is imported."""
    text = (
        "import sys; before = set(sys.modules)\nimport obskit.settings.load\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - sys.stdlib_module_names - {'obskit'}))"
    )
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=30, check=True)
    assert run.stdout == "[]\n"
