from __future__ import annotations

import re
from pathlib import Path

import pytest

import obskit
from obskit.commands.main import main
from obskit.settings.table import STANDARD, TABLE
from tests.exits.canary import CARD, EMAIL, PAIR, PLAIN, TEXT, leaks
from tests.ship.server import Server, reply

pytestmark = pytest.mark.slow

URL = f"http://joe:{PAIR}@127.0.0.1:9"
VALUES = (
    TEXT,
    EMAIL,
    f"card {CARD}",
    URL,
    f"{URL}/1?token={PLAIN}",
    f"password={PLAIN},api_key={PAIR}",
    f"a={EMAIL},b",
    f"/tmp/{EMAIL}",
)


def _named(names: str) -> list[str]:
    each = re.findall(r"OTEL_[A-Z_]+(?:\{[A-Z,]+\}[A-Z_]*)?", names)
    return [
        re.sub(r"\{.*\}", signal, name)
        for name in each
        for signal in ("LOGS", "TRACES")
        if "{" in name or signal == "LOGS"
    ]


VARIABLES = sorted({row.variable for row in TABLE} | {name for names, _ in STANDARD for name in _named(names)})


def test_the_variables_are_all_there_are() -> None:
    """The table of settings is what is enumerated here."""
    assert len(VARIABLES) > 60
    assert {"OBSKIT_SENTRY_DSN", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_RESOURCE_ATTRIBUTES"} <= set(VARIABLES)


@pytest.mark.parametrize("variable", VARIABLES)
def test_what_is_said_of_a_variable_shows_no_canary(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A refusal, a warning, `stats()` and `obskit doctor` show a variable's value without its secrets."""
    monkeypatch.chdir(tmp_path)
    said = ""
    # A path has no double slash: what is in it is a URL no more.
    for value in [each for each in VALUES if variable != "OBSKIT_JOURNAL" or "://" not in each]:
        monkeypatch.setenv(variable, value)
        try:
            obskit.init(integrations=[])
            obskit.get_logger("shop").info("said")
            said += repr(obskit.stats())
        except obskit.ConfigError as refusal:
            said += str(refusal) + repr(refusal)
        obskit.shutdown(0)
        main(["doctor"])
        main(["doctor", "--json"])
    said += "".join(capfd.readouterr())
    assert leaks(said) == []
    assert variable in said or "OTEL_" in variable


@pytest.mark.parametrize("argument", sorted({row.name.partition(".")[0] for row in TABLE}))
def test_a_refused_argument_shows_no_canary(argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ConfigError names the value without its secrets, whatever its type."""
    monkeypatch.chdir(tmp_path)
    said = ""
    for value in (
        [TEXT],
        {"password": PLAIN, EMAIL: [CARD]},
        f"{URL}\n{TEXT}",
        {TEXT: obskit.secret(PLAIN)},
        b"\xffpassword=" + PAIR.encode(),
    ):
        try:
            obskit.init(**{"console": False, "journal": False, "integrations": [], argument: value})
        except obskit.ConfigError as refusal:
            said += str(refusal) + repr(refusal)
        obskit.shutdown(0)
    assert said
    assert leaks(said) == []


def test_what_a_collector_answers_shows_no_canary(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A refusal that quotes a secret is told of without it: on standard error, by `stats()` and by `obskit doctor`."""
    server = Server([reply(400, f'{{"message": "refused: {TEXT}"}}'.encode())])
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://joe:{PAIR}@127.0.0.1:{server.port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"api-key={PLAIN}")
    obskit.init(console=False, journal=str(tmp_path / "journal"), integrations=[])
    obskit.get_logger("shop").info("said")
    obskit.flush(5)
    said = repr(obskit.stats())
    obskit.shutdown(1)
    main(["doctor"])
    main(["doctor", "--json"])
    server.stop()
    said += "".join(capfd.readouterr())
    assert leaks(said) == []
    assert "refused: " in said
    assert "[REDACTED:email]" in said


def test_a_plug_in_that_cannot_be_installed_shows_no_canary(capfd: pytest.CaptureFixture[str]) -> None:
    """What its install() raises is part of the refusal, without its secrets."""

    class Broken(obskit.integration.Integration):
        name = "broken"

        def install(self) -> None:  # type: ignore[override]
            raise ValueError(TEXT)

    with pytest.raises(obskit.ConfigError) as refused:
        obskit.init(console=False, journal=False, integrations=[Broken()])
    assert leaks(str(refused.value) + "".join(capfd.readouterr())) == []
