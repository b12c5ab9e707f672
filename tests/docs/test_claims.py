"""Tables of the documentation against the code that they describe."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import obskit
from obskit.protect.keys import Keys
from obskit.protect.kinds import KINDS
from obskit.protect.vocabulary import DOUBTFUL, DOUBTFUL_ENDS, PAIRS, WORDS
from obskit.query import schema
from obskit.settings.load import load
from obskit.settings.table import ARGUMENTS
from obskit.ship.otlp_logs import log_record
from obskit.ship.outcome import classify
from obskit.ship.response import Response
from tests.docs.blocks import ROOT, blocks


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def section(text: str, title: str) -> str:
    """Return what stands below a heading, up to the next of its kind or a higher one."""
    marks = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert marks is not None, title
    following = re.search(rf"^#{{1,{len(marks[1])}}} ", text[marks.end() :], re.MULTILINE)
    return text[marks.end() :][: following.start() if following else None]


def rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize(("heading", "paths"), [("Log lines", schema.log_paths()), ("Spans", schema.span_paths())])
def test_the_page_names_every_field_of_the_schema(heading: str, paths: tuple[str, ...]) -> None:
    """Each top-level field stands in the first column of its table, and nothing else does."""
    found = section(page("schema.md"), heading).split("\n### ")[0]
    fields = [name for first, *_ in rows(found) for name in named(first)]
    assert sorted(fields) == sorted({path.partition(".")[0] for path in paths if path != "late" or heading != "Spans"})


@pytest.mark.parametrize("block", ["error", "request"])
def test_the_page_names_every_field_of_a_block(block: str) -> None:
    """What the schema has below `error` and `request` stands in their tables."""
    fields = [name for first, *_ in rows(section(page("schema.md"), f"`{block}`")) for name in named(first)]
    known = {path.split(".")[1] for path in schema.log_paths() if path.startswith(f"{block}.")}
    assert set(fields) == known


def test_the_page_gives_the_names_that_go_over_the_wire() -> None:
    """Every attribute that a full line gets in OTLP stands in the mapping."""
    blocks: dict[str, dict[str, object]] = {"error": {}, "user": {}, "request": {}, "sampling": {}}
    for path in schema.log_paths():
        block, _, name = path.partition(".")
        if block in blocks and "." not in name and name:
            blocks[block][name] = "x"
    line = {"id": "x", "correlation_id": "x", "late": True, "truncated": ["x"], **blocks, "context": {"late": 1}}
    text = section(page("schema.md"), "OpenTelemetry log data model")
    wire = {attribute["key"] for attribute in log_record(line)["attributes"]}
    fields = {f"request.{name}" for name in ("disconnected",)}
    unnamed = {
        key
        for key in wire - fields
        if f"`{key}`" not in text and f".{key.rpartition('.')[2]}" not in text and key != "context.late"
    }
    assert unnamed == set()


def test_the_keys_of_the_redaction_page_are_redacted_as_it_says() -> None:
    """Each name in the table gives the marker beside it."""
    keys = Keys()
    for marker, names in rows(section(page("redaction.md"), "By key")):
        for name in named(names):
            judged = keys.judge(name.replace(" ", "_"))
            assert judged is not None and f"[REDACTED:{judged.kind}]" == named(marker)[0], name


def test_the_redaction_page_names_every_telling_name() -> None:
    """No name that is redacted by its key is missing from the table or the lines below it."""
    text = section(page("redaction.md"), "By key")
    known = [*WORDS, *map(" ".join, PAIRS), *DOUBTFUL, *DOUBTFUL_ENDS]
    assert [name for name in known if f"`{name}`" not in text] == []


def test_the_redaction_page_names_every_kind() -> None:
    """Each kind has its row, or one on the page of vendors' tokens."""
    found = {name for cells in rows(section(page("redaction.md"), "Choose")) for name in named(cells[0])}
    vendors = {name for cells in rows(page("tokens.md")) for name in named(cells[0])}
    assert [kind for kind in KINDS if kind not in found | vendors] == []


def test_the_configuration_page_names_the_error_as_tracebacks_do() -> None:
    """It is `obskit.ConfigError`, and comes out of a process pool as it went in."""
    assert "`obskit.ConfigError`" in page("configuration.md").replace("\n", " ")
    with pytest.raises(obskit.ConfigError) as raised:
        obskit.init(level="loud")
    found = pickle.loads(pickle.dumps(raised.value))
    assert f"{type(found).__module__}.{type(found).__qualname__}" == "obskit.ConfigError"
    assert found.mistakes == raised.value.mistakes


def test_the_configuration_page_names_what_stats_says_of_opentelemetry() -> None:
    """Of the three values one is in force here."""
    text = section(page("configuration.md"), "Integrations")
    values = [named(cells[0])[0] for cells in rows(text) if named(cells[0])]
    obskit.init("shop", console=False, journal=False)
    assert obskit.stats().integrations["opentelemetry"] in values
    assert obskit.stats().integrations["threading"] == "active"
    obskit.init("shop", console=False, journal=False, integrations=["flask"])
    assert "threading" not in obskit.stats().integrations
    obskit.init("shop", console=False, journal=False, integrations=["threading", "flask"])
    assert obskit.stats().integrations["threading"] == "active"


@pytest.mark.parametrize(
    ("kind", "row"), [("accepted", "2xx"), ("failing", "401,"), ("unsupported", "404,"), ("rejected", "any other 4xx")]
)
def test_answers_mean_what_the_delivery_page_says(kind: str, row: str) -> None:
    """Each status named in the table is classified as its row says."""
    (first, *_) = next(found for found in rows(page("delivery.md")) if found[0].startswith(row))
    named_here = {int(number) for number in re.findall(r"\b[45]\d\d\b", first.replace("5xx but 501", ""))}
    samples = {"accepted": {200, 202}, "failing": {500, 502, 503, 302}, "rejected": {400, 413, 422}}.get(kind, set())
    for status in named_here | samples:
        assert classify(Response(status, "", {}), 0.0, str).kind == kind, status


def test_the_configuration_page_shows_the_error_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mistakes on the page give the text on the page."""
    monkeypatch.setenv("OBSKIT_LEVEL", "loud")
    with pytest.raises(obskit.ConfigError) as raised:
        obskit.init("shop", console="fancy", sampling=obskit.Sampling(rate=1.5), sentry_dsn="nonsense")  # type: ignore[arg-type]
    (shown,) = [block.text for block in blocks(ROOT / "docs" / "configuration.md") if block.language == "text"]
    assert str(raised.value) == shown.rstrip("\n")


def test_the_configuration_page_says_the_same_in_code_and_environment() -> None:
    """Its program and its variables give equal settings."""
    text = page("configuration.md")
    listed = re.findall(r"OBSKIT_\w+=\S+", text.split("The same in the environment:")[1].split("In a variable")[0])
    variables = dict(item.split("=", 1) for item in listed)
    code = next(block.text for block in blocks(ROOT / "docs" / "configuration.md") if block.runnable)
    given: dict[str, Any] = {}
    stand_in = SimpleNamespace(**{name: getattr(obskit, name) for name in ("Journal", "Sampling")})
    stand_in.init = lambda service, environment, **rest: given.update(service=service, environment=environment, **rest)
    exec(code.replace("import obskit", ""), {"obskit": stand_in})
    by_code, by_variables = load(given, {}), load({}, variables)
    for row in ARGUMENTS:
        assert getattr(by_code, row.name) == getattr(by_variables, row.name), row.name
