"""Lines as documents of OpenSearch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from obskit.journal import reader
from obskit.line.encode import encode
from obskit.ship.encoder import record_of
from obskit.ship.opensearch_lines import BulkEncoder, index_name
from tests.ship.lines import LOGS, SPANS

LONGEST_TERM = 32_766


def sent(line: dict[str, Any], raw: bytes | None = None) -> tuple[dict[str, Any], bytes]:
    """Return the action and the document of a line."""
    data = BulkEncoder().copied(line, encode(line) + b"\n" if raw is None else raw).data
    action, document, rest = data.split(b"\n")
    assert rest == b""
    return json.loads(action)["create"], document


@given(LOGS | SPANS)
def test_a_line_is_its_own_document(line: dict[str, Any]) -> None:
    """Byte by byte where it may be, in any case with the same content; under its id in its index."""
    line = {**line, "id": "0190-l1"} | ({"request": {"method": "GET"}} if "request" in line else {})
    raw = encode(line)
    action, document = sent(line, raw + b"\n")

    assert json.loads(document) == json.loads(raw)
    assert action == {"_index": index_name(line.get("service"), line.get("timestamp")), "_id": "0190-l1"}
    assert (
        BulkEncoder().record(json.loads(raw)).data.split(b"\n")[0]
        == BulkEncoder().copied(line, raw).data.split(b"\n")[0]
    )


def test_the_bytes_are_taken_as_they_are(log_line: dict[str, Any]) -> None:
    """Without their newline."""
    raw = encode(log_line)

    assert sent(log_line, raw + b"\n")[1] == raw


def test_a_lane_gives_it_the_bytes(log_line: dict[str, Any]) -> None:
    """Where other encoders only learn whether anything in them is escaped."""
    raw = json.dumps(log_line, ensure_ascii=False, separators=(",", ":")).replace("card", "\\u0063ard").encode()

    assert record_of(BulkEncoder())(log_line, raw).data.split(b"\n")[1] == raw


@pytest.mark.parametrize("before", [b'{"timestamp":"2026-01-01T00:00:0', b"\x00\x00", b'{"timestamp":"2026\x00\x00'])
def test_what_stands_before_a_resumed_line_is_left_behind(log_line: dict[str, Any], before: bytes) -> None:
    """A torn line, or what a crash of the machine has left."""
    raw = before + encode(log_line) + b"\n"
    line = reader.parse(raw)
    assert line == log_line

    assert json.loads(sent(line, raw)[1]) == log_line


def test_a_nul_within_a_line_is_left_out(log_line: dict[str, Any]) -> None:
    """The line is what the reader makes of it."""
    raw = encode(log_line).replace(b"refused", b"ref\x00used") + b"\n"

    assert json.loads(sent(reader.parse(raw) or {}, raw)[1]) == log_line


@pytest.mark.parametrize(
    ("service", "index"),
    [
        ("shop", "obskit-shop-2026-01-31"),
        ("Shop.API_2", "obskit-shop.api_2-2026-01-31"),
        ('a/b\\c*d?e"f<g>h|i j,k#l:m', "obskit-a_b_c_d_e_f_g_h_i_j_k_l_m-2026-01-31"),
        ("Café", "obskit-caf_-2026-01-31"),
        ("-+_x", "obskit--__x-2026-01-31"),
        ("s" * 500, f"obskit-{'s' * 200}-2026-01-31"),
        ("", "obskit-unknown-2026-01-31"),
        (None, "obskit-unknown-2026-01-31"),
        (5, "obskit-unknown-2026-01-31"),
    ],
)
def test_an_index_is_named_by_service_and_day(service: Any, index: str) -> None:
    """Whatever the service is called, OpenSearch takes the name."""
    assert index_name(service, "2026-01-31T23:59:59.999999Z") == index


@pytest.mark.parametrize("timestamp", [None, 5, "", "yesterday", "../2026-01-31"])
def test_a_line_without_a_day_has_an_index_too(timestamp: Any) -> None:
    """Nothing is lost for it."""
    assert index_name("shop", timestamp) == "obskit-shop-undated"


def longest(value: Any, path: str = "") -> int:
    """Return the bytes of the longest term that a flat object makes of a value, its path included."""
    if isinstance(value, dict):
        return max([longest(item, f"{path}.{name}") for name, item in value.items()], default=0)
    if isinstance(value, list):
        return max([longest(item, path) for item in value], default=0)
    return len(f"{path}={value}".encode())


@pytest.mark.parametrize("text", ["x" * 40_000, "\u4e2d" * 20_000, "\U0001f600" * 15_000])
def test_a_text_longer_than_a_term_is_cut_and_kept_whole_beside(log_line: dict[str, Any], text: str) -> None:
    """Wherever a caller can put one; the document is found by its other fields."""
    log_line["context"] = {"sql": text, "list": [text, {"b": text}], "short": "y"}
    document = json.loads(sent(log_line)[1])

    assert document["uncut"] == {"context": log_line["context"]}
    assert document["context"]["sql"].endswith("…")
    assert document["context"]["short"] == "y"
    assert longest(document["context"], "context") <= LONGEST_TERM
    assert {**document, "context": 0, "uncut": 0} == {**log_line, "context": 0, "uncut": 0}


def test_a_deep_path_of_long_names_fits_a_term(log_line: dict[str, Any]) -> None:
    """Sixteen levels of 256 characters, each of four bytes."""
    value: Any = "\U0001f600" * 9_000
    for _ in range(15):
        value = {"\U0001f600" * 256: value}
    log_line["context"] = value

    assert longest(json.loads(sent(log_line)[1])["context"], "context") <= LONGEST_TERM


def test_attributes_of_spans_events_and_links_are_cut_likewise(span_line: dict[str, Any]) -> None:
    """What was short stays as it was."""
    span_line["events"][0]["attributes"] = {"body": "x" * 40_000}
    document = json.loads(sent(span_line)[1])

    assert document["uncut"] == {"events": span_line["events"]}
    assert longest(document["events"], "events") <= LONGEST_TERM
    assert (document["attributes"], document["links"]) == (span_line["attributes"], span_line["links"])


def test_a_long_line_of_short_texts_is_left_alone(log_line: dict[str, Any]) -> None:
    """So is a long message, which is no term."""
    log_line["context"] = {f"n{n}": "x" * 100 for n in range(400)}
    log_line["message"] = "y" * 40_000

    assert json.loads(sent(log_line)[1]) == log_line


@pytest.mark.parametrize("name", ["", " ", ".", "a..b", ".a", "b.", "method.x"])
def test_a_name_that_is_no_fields_goes_out_of_the_request(log_line: dict[str, Any], name: str) -> None:
    """OpenSearch would refuse the whole line."""
    log_line["request"][name] = 1
    document = json.loads(sent(log_line)[1])

    assert name not in document["request"]
    assert document["request"]["method"] == "POST"
    assert document["uncut"] == {"request": log_line["request"]}


def test_a_body_holds_all_records_in_their_order(log_line: dict[str, Any]) -> None:
    """In parts, so that compression can pause."""
    encoder = BulkEncoder()
    records = [encoder.record({**log_line, "id": f"0190-l{n}"}) for n in range(200)]
    chunks = list(encoder.chunks(records, {"service.name": "shop"}))

    assert len(chunks) > 1
    actions = b"".join(chunks).split(b"\n")[:-1:2]
    assert [json.loads(one)["create"]["_id"] for one in actions] == [f"0190-l{n}" for n in range(200)]
