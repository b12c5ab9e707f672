from __future__ import annotations

import math
import os
import time

import pytest

from benchmarks import compare, goals, redaction_cost, redaction_engines, redaction_hostile, redaction_linear
from benchmarks import redaction_peers as peers
from benchmarks import redaction_records as records
from benchmarks.bounded import cpu_of
from benchmarks.run import page
from obskit.protect.policy import make
from obskit.settings.options import Redaction

MAIL = "write to ann.moreau@example.com today"


def cell(median: float) -> dict[str, float]:
    return {"median": median, "low": median, "high": median}


def cost(added: float) -> compare.Result:
    plain = {"plain": cell(2.0), "address": cell(2.0), "traceback": cell(4.0)}
    return {
        redaction_cost.FLOOR: plain,
        redaction_cost.ADDED: {"plain": cell(added), "address": cell(9.0)},
        redaction_cost.ALONE: plain,
    }


@pytest.mark.parametrize(("added", "count"), [(5.0, 0), (5.1, 1)])
def test_what_redaction_adds_is_gated_in_floors(added, count):
    """Two and a half floors on top of a log call hold, more do not."""
    assert len(compare.excesses(redaction_cost.BENCHMARK, cost(added))) == count


def test_steady_names_the_worst_text():
    """A text that takes more than ten times the prose is named with its ratio."""
    limit = goals.Steady("ours", ("ms: a", "ms: b"), 10, "ms: prose")
    result = {"ours": {"ms: prose": cell(1.0), "ms: a": cell(10.0), "ms: b": cell(25.0)}}
    assert limit.excess(result) == "ours: times ms: prose, the limit is 10: ms: b 25.0"


def test_steady_fails_without_a_figure():
    """A text that was not measured fails its limit."""
    limit = goals.Steady("ours", ("ms: a",), 10, "ms: prose")
    assert "ms: a of ours was not measured" in str(limit.excess({"ours": {"ms: prose": cell(1.0)}}))


def measures(value: float, **options) -> compare.Benchmark:
    figures = {"more": value, "less": 1.0}
    contenders = {name: (lambda quick, number=number: {"cpu": number}) for name, number in figures.items()}
    metrics = (compare.Metric("cpu", "CPU", "µs"),)
    return compare.Benchmark("none", "", "", metrics, contenders, "less", rounds=2, **options)


def test_differences_are_rows_of_their_own(monkeypatch):
    """By how much one contender is above another stands in the result, round by round."""
    monkeypatch.setattr(compare, "_measure", lambda benchmark, name, quick: benchmark.contenders[name](quick))
    found = compare.run(measures(3.5, differences={"added": ("more", "less")}))
    assert found["added"]["cpu"]["values"] == [2.5, 2.5]


def test_a_contender_that_is_not_installed_is_left_out_loudly(monkeypatch, capsys):
    """Without its module a contender is skipped, on stderr and on the page."""
    monkeypatch.setattr(compare, "_measure", lambda benchmark, name, quick: benchmark.contenders[name](quick))
    benchmark = measures(3.5, needs={"more": "no_such_module_anywhere"})
    assert list(compare.run(benchmark)) == ["less"]
    assert "LEFT OUT: more" in capsys.readouterr().err


def test_page_says_what_was_left_out(monkeypatch):
    """The page names the contenders that were not installed."""
    monkeypatch.setattr(compare, "missing", lambda benchmark: list(benchmark.needs)[-1:])
    assert f"Left out, not being installed: {redaction_cost.PRESIDIO}." in page({"redaction_cost": cost(1.0)})


def test_table_shows_ratios_where_a_metric_asks_for_them():
    """A further metric with ratios has its own in brackets."""
    shown = compare.table(redaction_cost.BENCHMARK, cost(4.0))
    assert f"| {redaction_cost.ADDED} | 4.0 | 4.0 to 4.0 | 2.00 | 9.0 (4.50) |  |" in shown


def test_records_differ():
    """At least 500 records differ in every rotation, so that no memory of texts flatters a contender."""
    for rotation in (records.plain(), records.with_address(), records.with_traceback()):
        assert len({repr(event) for event in rotation}) >= 500


def test_records_hold_what_they_are_said_to_hold():
    """Six fields each; one address where one is promised; a trace of twenty frames."""
    assert {len(event.fields) for event in records.plain(50)} == {6}
    assert all(event.message.count("@") == 1 for event in records.with_address(50))
    traces = [event.error["stack_trace"] for event in records.with_traceback(50) if event.error]
    assert {trace.count("  File ") for trace in traces} == {20}


def test_only_addresses_are_found_in_the_records():
    """Redaction leaves the plain records as they are, and replaces one address in each of the others."""
    redactor = make(Redaction(), lambda: pytest.fail("redaction failed"))
    for event in [*records.plain(100), *records.with_traceback(50)]:
        made = records.record(event)
        assert redactor.record(made.copy(), 65_000) == made
    for event in records.with_address(100):
        assert redactor.record(records.record(event), 65_000)["message"].endswith("receipt sent to [REDACTED:email]")


def test_twelve_find_what_they_name():
    """The naive walk replaces what its patterns describe, in nested records, and leaves the rest."""
    scrub = peers.twelve()
    found = scrub({"note": [MAIL], "password": "x", "plain": "order accepted", "count": 3})
    assert found == {"note": ["write to [email] today"], "password": "[key]", "plain": "order accepted", "count": 3}
    assert scrub("api_key=abc123 from 192.0.2.7") == "api_key=[pair] from [ip]"


def test_logfire_and_sentry_do_their_work():
    """The peers' scrubbers, as they are called here, hide a password."""
    scrubbed = peers.logfire()({"password": "hunter2"})
    assert "hunter2" not in repr(scrubbed)
    record = {"context": {"password": "hunter2"}}
    peers.sentry()(record)
    assert record["context"]["password"] != "hunter2"


def test_hostile_texts_have_their_length_and_differ():
    """Every hostile text is as long as asked for, and none is another under a second name."""
    texts = redaction_hostile.texts(2_000)
    assert {len(text) for text in texts.values()} == {2_000}
    assert len(set(texts.values())) == len(texts)


def test_every_hostile_text_has_its_limit():
    """Both gates of the linear benchmark cover every text but the prose."""
    for limit in redaction_linear.BENCHMARK.limits:
        assert {f"ms: {name}" for name in redaction_hostile.texts(10)} == {*limit.of, limit.base}


def test_linear_figures_tell_a_slow_redactor(monkeypatch):
    """A scrubber that is slow for one text is found out by its limit; one that raises is counted."""
    calls = {"plain prose": "a b ", "slow": "-" * 4, "broken": "!" * 4}
    monkeypatch.setattr(redaction_hostile, "texts", lambda length: dict(calls))

    def scrub(text: str) -> None:
        if "!" in text:
            raise ValueError(text)
        end = time.process_time() + (0.05 if "-" in text else 0.001)
        while time.process_time() < end:
            pass

    figures = redaction_linear._figures(scrub, 5.0, quick=True)
    assert figures["worst"] > 10
    assert (figures["above"], figures["raised"], figures["stopped"]) == (1, 1, 0)


def test_bounded_measures_in_a_child():
    """The call runs in another process, and its CPU time comes back."""
    here = os.getpid()
    seen: list[int] = []
    milliseconds = cpu_of(lambda: seen.append(os.getpid()), 10)
    assert milliseconds is not None
    assert 0 <= milliseconds < 1000
    assert seen == []
    assert os.getpid() == here


def test_bounded_ends_what_takes_too_long():
    """A call that is not over in time is ended, whatever it does."""
    begin = time.monotonic()
    assert cpu_of(lambda: time.sleep(60), 0.1) is None
    assert time.monotonic() - begin < 10


def test_bounded_tells_a_call_that_raises():
    """A call that raises has no figure, and its child does not go on."""
    assert math.isnan(cpu_of(lambda: int("no number"), 10) or 0)


@pytest.mark.parametrize("build", ["ours", "ours_without_re2", "re2_set", "re2_alternation", "standard"])
def test_engines_suspect_the_same(build):
    """Each engine suspects a text with an address and passes prose."""
    suspects = getattr(redaction_engines, build)().suspects
    assert suspects(MAIL)
    assert not suspects("the parcel left our hall before noon")


def test_calm_texts_are_calm_and_of_their_size():
    """The texts of the engines' benchmark differ and hold nothing that obskit's prefilter suspects."""
    texts = redaction_engines.calm(300)
    assert {len(text) for text in texts} == {300}
    assert len(set(texts)) > 300
    suspects = redaction_engines.ours().suspects
    assert not any(suspects(text) for text in texts[:50])
