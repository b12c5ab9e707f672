"""A target that is an OpenSearch: the template first, then batches."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.settings.endpoint import Endpoint
from obskit.ship.feed import SegmentFeed
from obskit.ship.opensearch import OpenSearch, opensearch_lanes, opensearch_name
from tests.ship.server import Answer, Request, Server, free_port, reply
from tests.support import journals

Serve = Callable[..., Server]
Reach = Callable[..., OpenSearch]
TAKEN = reply(body=b'{"errors":false}')
PUT = reply(body=b'{"acknowledged":true}')


class Said:
    """What a user was told."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.aside: list[tuple[str, str]] = []

    def once(self, topic: str, text: str) -> None:
        self.told.setdefault(topic, text)

    def refused(self, target: str, identity: str, detail: str) -> None:
        self.aside.append((identity, detail))


@pytest.fixture
def said() -> Said:
    """Whom targets tell."""
    return Said()


@pytest.fixture
def reach(said: Said) -> Iterator[Reach]:
    """Make targets that see no proxy of the surroundings; all are closed at the end."""
    made: list[OpenSearch] = []

    def make(server: Server, path: str = "", **options: Any) -> OpenSearch:
        endpoint = Endpoint(url=f"http://127.0.0.1:{server.port}{path}", headers={}, timeout=5.0)
        made.append(OpenSearch(endpoint, said, environ={}, **options))
        return made[-1]

    yield make
    for target in made:
        target.close()


def lines(server: Server) -> list[str]:
    return [request.line.removesuffix(" HTTP/1.1").partition("?")[0] for request in server.requests]


def test_the_template_goes_before_the_first_batch_only(serve: Serve, reach: Reach) -> None:
    """On the same connection; then batches alone."""
    server = serve(PUT, TAKEN)
    target = reach(server)

    assert [target.exchange(b"1\n").kind, target.exchange([b"2", b"\n"]).kind] == ["accepted", "accepted"]
    assert lines(server) == ["PUT /_index_template/obskit", "POST /_bulk", "POST /_bulk"]
    assert [request.plain for request in server.requests[1:]] == [b"1\n", b"2\n"]
    assert [request.headers["content-type"] for request in server.requests] == [
        "application/json",
        "application/x-ndjson",
        "application/x-ndjson",
    ]
    assert server.connections == 1


def test_the_template_has_the_numbers_of_shards_and_replicas(serve: Serve, reach: Reach) -> None:
    """One each unless said otherwise, and it holds for the indices of obskit."""
    server = serve(PUT, TAKEN)
    reach(server).exchange(b"\n")
    server.answers = [PUT, TAKEN]
    reach(server, shards=3, replicas=2).exchange(b"\n")
    first, second = (json.loads(server.requests[at].plain) for at in (0, 2))

    assert first["index_patterns"] == ["obskit-*"]
    assert first["template"]["settings"]["index"] == {"number_of_shards": 1, "number_of_replicas": 1}
    assert second["template"]["settings"]["index"] == {"number_of_shards": 3, "number_of_replicas": 2}


def test_nothing_in_the_template_grows_with_the_lines(serve: Serve, reach: Reach) -> None:
    """No object of it takes a field on by itself."""
    server = serve(PUT, TAKEN)
    reach(server).exchange(b"\n")
    mappings = json.loads(server.requests[0].plain)["template"]["mappings"]

    def check(found: dict[str, Any]) -> None:
        assert found.get("dynamic") is False or found.get("enabled") is False, found
        for field in found.get("properties", {}).values():
            if field["type"] == "object":
                check(field)

    check(mappings)
    fields = mappings["properties"]
    anything = [fields["context"], fields["attributes"]]
    anything += [fields[name]["properties"]["attributes"] for name in ("events", "links")]
    assert anything == [{"type": "flat_object"}] * 4


def test_a_base_url_may_have_a_path(serve: Serve, reach: Reach) -> None:
    """As behind a gateway."""
    server = serve(PUT, TAKEN)
    reach(server, "/search/").exchange(b"\n")

    assert lines(server) == ["PUT /search/_index_template/obskit", "POST /search/_bulk"]


def test_neither_request_is_waited_for(serve: Serve, reach: Reach) -> None:
    """Both go on as far as that needs no waiting."""

    def late(answer: Answer) -> Answer:
        def told(connection: Any, request: Request) -> bool:
            time.sleep(0.1)
            return answer(connection, request)

        return told

    target = reach(serve(late(PUT), late(TAKEN)))
    outcome = target.send(b"\n")
    turns = 0
    until = time.monotonic() + 5
    while outcome is None and time.monotonic() < until:
        if target.ready():
            turns += 1
            outcome = target.receive()
        assert target.deadline > time.monotonic() or outcome is not None

    assert outcome is not None
    assert outcome.kind == "accepted"
    assert turns >= 2
    assert not target.in_flight


def test_who_may_put_no_template_is_told_so_once_and_goes_on(serve: Serve, reach: Reach, said: Said) -> None:
    """Someone else may have put it."""
    denied = b'{"error":{"type":"security_exception","reason":"no permissions"},"status":403}'
    server = serve(reply(403, denied), TAKEN)
    target = reach(server)

    assert [target.exchange(b"\n").kind for _ in range(2)] == ["accepted", "accepted"]
    assert lines(server) == ["PUT /_index_template/obskit", "POST /_bulk", "POST /_bulk"]
    (text,) = said.told.values()
    assert "403 Reason: security_exception: no permissions" in text


@pytest.mark.parametrize(
    ("status", "say"), [(400, True), (401, True), (404, True), (405, True), (429, False), (503, False)]
)
def test_without_a_template_nothing_is_sent(serve: Serve, reach: Reach, status: int, say: bool) -> None:
    """Whatever the reason the batch is not refused for it: it is sent again, behind another try."""
    server = serve(reply(status, b'{"error":"no handler"}'), PUT, TAKEN)
    target = reach(server)
    outcome = target.exchange(b"\n")

    assert (outcome.kind, outcome.status, outcome.say_once) == ("failing", status, say)
    assert "the index template is not taken" in outcome.detail
    assert target.exchange(b"\n").kind == "accepted"
    assert lines(server)[1:] == ["PUT /_index_template/obskit", "POST /_bulk"]


@pytest.mark.parametrize(
    "answer",
    [
        reply(404, b'{"error":{"type":"index_not_found_exception"},"status":404}'),
        reply(
            body=b'{"errors":true,"items":[{"create":{"status":404,"error":{"type":"index_not_found_exception",'
            b'"reason":"no such index"}}}]}'
        ),
    ],
)
def test_the_template_goes_again_where_something_is_missing(serve: Serve, reach: Reach, answer: Any) -> None:
    """Someone may have removed it."""
    server = serve(PUT, TAKEN, answer, PUT, TAKEN)
    target = reach(server)
    outcomes = [target.exchange(b"\n") for _ in range(3)]

    assert [outcome.kind for outcome in outcomes] == ["accepted", "failing", "accepted"]
    assert outcomes[1].say_once
    assert lines(server).count("PUT /_index_template/obskit") == 2


def test_the_template_goes_again_on_a_new_connection(serve: Serve, reach: Reach) -> None:
    """OpenSearch may have come back empty, also where nothing was sent while it was gone."""
    server = serve(PUT, reply(body=b'{"errors":false}', close=True), PUT, TAKEN)
    target = reach(server)
    target.exchange(b"\n")
    until = time.monotonic() + 5
    while not is_closed(target) and time.monotonic() < until:
        time.sleep(0.01)

    assert target.exchange(b"\n").kind == "accepted"
    assert lines(server) == ["PUT /_index_template/obskit", "POST /_bulk"] * 2


def is_closed(target: OpenSearch) -> bool:
    return not target._connection.is_kept()


def test_a_target_that_was_not_there_gets_both(serve: Serve, said: Said) -> None:
    """As soon as it is."""
    port = free_port()
    target = OpenSearch(Endpoint(url=f"http://127.0.0.1:{port}", headers={}, timeout=5.0), said, environ={})
    assert target.exchange(b"\n").kind == "failing"
    server = serve(PUT, TAKEN, port=port)

    assert target.exchange(b"\n").kind == "accepted"
    assert lines(server) == ["PUT /_index_template/obskit", "POST /_bulk"]
    target.close()


def test_what_was_given_up_behind_the_template_is_forgotten(serve: Serve, reach: Reach) -> None:
    """A forked child sends nothing of its parent's."""
    server = serve(PUT, TAKEN)
    target = reach(server)
    target.send(b"parent\n")
    target.abandon()
    server.answers = [PUT, TAKEN]

    assert target.exchange(b"child\n").kind == "accepted"
    assert b"parent\n" not in [request.plain for request in server.requests]


def test_a_second_request_is_refused_while_one_is_in_flight(serve: Serve, reach: Reach) -> None:
    """Also while that one waits for the template."""
    target = reach(serve(PUT, TAKEN))
    if target.send(b"\n") is None:
        with pytest.raises(RuntimeError, match="in flight"):
            target.send(b"\n")


def test_an_answer_of_many_refusals_is_read_to_its_end(serve: Serve, reach: Reach) -> None:
    """It is longer than any answer of OTLP."""
    error = {"type": "mapper_parsing_exception", "reason": "r" * 400}
    items = [{"create": {"status": 400, "error": error}}] * 512
    target = reach(serve(PUT, reply(body=json.dumps({"errors": True, "items": items}).encode())))

    assert len(target.exchange(b"\n").refused_at) == 512


class Way:
    """The lanes of a dead writer's lines to a server."""

    def __init__(self, directory: Path, url: str, said: Said) -> None:
        self.feed = SegmentFeed(directory)
        self.logs, self.spans = opensearch_lanes(url, said)

    def run(self) -> None:
        until = time.monotonic() + 10
        for lane in (self.logs, self.spans):
            while lane.step([self.feed], lambda: None, lambda target: target.ready()) or lane.in_flight:
                assert time.monotonic() < until
        for lane in (self.logs, self.spans):
            lane.close()


def test_lanes_send_logs_and_spans_as_documents(
    serve: Serve, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under one name, each with credentials; the line is the document, byte by byte."""
    monkeypatch.setenv("no_proxy", "*")
    directory, ids = journals.dead(journals.place(tmp_path / "j"), 2, spans=1)
    server = serve(PUT, TAKEN, PUT, TAKEN)
    way = Way(directory, f"http://user:hunter2@127.0.0.1:{server.port}", said)
    way.run()

    assert [way.logs.key, way.spans.key] == [(way.logs.key[0], "logs"), (way.logs.key[0], "spans")]
    assert "hunter2" not in way.logs.key[0]
    expected = "Basic " + base64.b64encode(b"user:hunter2").decode()
    assert {request.headers["authorization"] for request in server.requests} == {expected}
    logs = server.requests[1].plain.split(b"\n")
    assert logs[1::2] == [journals.line(one).rstrip() for one in ids[:2]]
    assert [json.loads(one)["create"]["_id"] for one in logs[:-1:2]] == ids[:2]
    assert server.requests[3].plain.split(b"\n")[1] == journals.line(ids[2], "span").rstrip()


def test_a_refused_line_is_reported_with_its_id_and_reason(
    serve: Serve, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted, and the others are shipped."""
    monkeypatch.setenv("no_proxy", "*")
    directory, ids = journals.dead(journals.place(tmp_path / "j"), 3)
    items = [
        {"create": {"status": 201}},
        {"create": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "no"}}},
        {"create": {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "there"}}},
    ]
    server = serve(PUT, reply(body=json.dumps({"errors": True, "items": items}).encode()))
    way = Way(directory, f"http://127.0.0.1:{server.port}", said)
    way.run()

    assert said.aside == [(ids[1], "400 mapper_parsing_exception: no")]
    assert (way.logs.counts.shipped, way.logs.counts.refused) == (2, 1)
    at = way.feed.cursor(way.logs.key)
    assert (at.passed, at.refused) == (3, 1)
    assert not said.told


def test_a_wrong_path_does_not_switch_a_signal_off(
    serve: Serve, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both signals go to one path: it is the URL that is wrong, and that is said."""
    monkeypatch.setenv("no_proxy", "*")
    directory, _ = journals.dead(journals.place(tmp_path / "j"), 1, spans=1)
    server = serve(PUT, TAKEN, PUT, reply(404, b"not here"))
    way = Way(directory, f"http://127.0.0.1:{server.port}", said)
    way.run()

    assert (way.spans.off, way.spans.failing) == (False, True)
    assert [text for text in said.told.values() if "404" in text]


def test_the_name_of_an_opensearch_tells_two_apart() -> None:
    """By host, port and path; a slash at the end makes no difference."""
    names = [
        opensearch_name(url)
        for url in ("http://a:9200", "http://a:9200/", "http://a:9200/x", "https://a:9200", "http://a:9201")
    ]

    assert names[0] == names[1]
    assert len(set(names)) == 4
    assert names[0].startswith("opensearch+http://a:9200#")
