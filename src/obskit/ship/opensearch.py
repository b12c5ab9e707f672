"""Send lines to OpenSearch: the index template first, then batches as `_bulk` requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from obskit.digest import sha256
from obskit.settings.endpoint import Endpoint, without_userinfo
from obskit.ship.backoff import Backoff
from obskit.ship.http import Target
from obskit.ship.lane import Lane
from obskit.ship.opensearch_answers import judged, said
from obskit.ship.opensearch_lines import BulkEncoder
from obskit.ship.opensearch_template import NAME, template
from obskit.ship.outcome import Outcome, classify
from obskit.ship.request import place

if TYPE_CHECKING:
    from obskit.journal.ids import Signal
    from obskit.ship.connection import Steps
    from obskit.ship.lane import Reporter
    from obskit.ship.response import Response

_ANSWER = "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"


class OpenSearch(Target):
    """One OpenSearch; as any target, but that the index template goes before the first batch of each connection.

    Whoever was gone for a while may have come back empty. The template also goes again after it was said that an index
    is missing. Where it may not be put (403), someone else has to have put it; that is said once.

    Args:
        endpoint: The base URL, headers, timeout, compression and certificates.
        report: Where to say what a user should know.
        shards: Primary shards of an index.
        replicas: Further copies of each, on other nodes.
        options: As for any target.

    Raises:
        ValueError: The endpoint's URL or a header cannot stand in a request.
    """

    # What became of each line of the largest batch, and reasons.
    longest_answer = 8 << 20

    def __init__(
        self, endpoint: Endpoint, report: Reporter, *, shards: int = 1, replicas: int = 1, **options: Any
    ) -> None:
        super().__init__(endpoint, **options)
        base = self._where.path.partition("?")[0].rstrip("/")
        # It is to say itself that a shard is missing, before the request is given up.
        patience = max(1, int(endpoint.timeout / 2))
        path = f"{base}/_bulk?timeout={patience}s&filter_path={_ANSWER}"
        self._head = self._head_of("POST", path, BulkEncoder.content_type)
        self._template_head = self._head_of("PUT", f"{base}/_index_template/{NAME}", "application/json")
        self._template = template(shards, replicas)
        self._template_is_there = False
        # Begins the request that waits for the template.
        self._behind: Callable[[], Steps] | None = None
        self._report = report

    def receive(self) -> Outcome | None:
        """Go on with the request in flight, or the one behind it, as far as that needs no waiting.

        Returns:
            What became of the batch; None while it is under way.

        Raises:
            RuntimeError: No request is in flight.
        """
        outcome = super().receive()
        if outcome is None:
            return None
        begin, self._behind = self._behind, None
        if begin is None or outcome.kind != "accepted":
            if outcome.kind == "failing" and outcome.status == 404:
                self._template_is_there = False
            return outcome
        self._template_is_there = True
        self._until = self._clock() + self._timeout
        self._under_way = begin()
        return self.receive()

    def close(self) -> None:
        """Close the connection; a request in flight is given up. The target can be used again."""
        self._behind = None
        super().close()

    def _request(self, chunks: Iterable[bytes], pause: Callable[[], object]) -> Callable[[], Steps]:
        bulk = super()._request(chunks, pause)
        if self._template_is_there and self._connection.is_kept():
            return bulk
        put = self._asked(self._template_head, (self._template,), lambda: None)
        self._behind = bulk
        return put

    def _judged(self, answer: Response) -> Outcome:
        if not answer.keep_alive:
            self._connection.close()
        if self._behind is None:
            return judged(answer, self._wall(), self._clean)
        outcome = classify(answer, self._wall(), self._clean, said)
        if outcome.kind == "accepted":
            return outcome
        about = f"the index template is not taken: {outcome.detail}"
        if answer.status == 403:
            hint = "someone who may must put it, or fields are indexed by guess and lines refused for it"
            self._report.once(f"template {self.name}", f"{self.name}: {about}; {hint}")
            return Outcome("accepted", about, status=answer.status)
        worth_a_word = outcome.say_once or outcome.kind != "failing"
        return Outcome("failing", about, outcome.retry_after, say_once=worth_a_word, status=answer.status)


def opensearch_lanes(
    url: str,
    report: Reporter,
    headers: Mapping[str, str] | None = None,
    certificate: str | None = None,
    *,
    shards: int = 1,
    replicas: int = 1,
) -> list[Lane]:
    """Return the lanes of logs and spans to an OpenSearch.

    Args:
        url: Its base URL; userinfo becomes Basic credentials.
        report: Where to say what a user should know.
        headers: HTTP headers of every request.
        certificate: The path of a PEM file with the authorities to trust; the system's by default.
        shards: Primary shards of an index.
        replicas: Further copies of each, on other nodes.

    Raises:
        ValueError: The URL or a header cannot stand in a request.
    """
    plain, credentials = without_userinfo(url)
    given = dict(headers or {})
    if credentials is not None:
        given.setdefault("authorization", credentials)
    endpoint = Endpoint(url=plain, headers=given, certificate=certificate)
    name = opensearch_name(plain)
    signals: tuple[Signal, ...] = ("logs", "spans")

    def lane(signal: Signal) -> Lane:
        target = OpenSearch(endpoint, report, shards=shards, replicas=replicas)
        return Lane((name, signal), signal, target, BulkEncoder(), Backoff(), report)

    # Neither is the other's sibling: what is wrong here is wrong for both.
    return [lane(signal) for signal in signals]


def opensearch_name(url: str) -> str:
    """Return the name of an OpenSearch as in the cursors: host and port, and a digest of the URL without userinfo."""
    where = place(url)
    mark = sha256(url.rstrip("/").encode()).hexdigest()[:8]
    return f"opensearch+{where.scheme}://{where.host[:80]}:{where.port}#{mark}"
