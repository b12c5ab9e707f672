"""`obskit ship`: one process a host that sends what all others write."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obskit.commands.arguments import remark
from obskit.query import place as places
from obskit.query.failure import QueryError

if TYPE_CHECKING:
    from obskit.journal.place import Place
    from obskit.runtime.runtime import Runtime
    from obskit.ship.agent import Agent
    from obskit.ship.lane import Lane

_SERVICE = "obskit-ship"
_LOGGER = "obskit.ship"
_PATIENCE = 5.0
_TO = "OBSKIT_SHIP_TO"
_HEADERS = "OBSKIT_SHIP_HEADERS"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "ship",
        help="send what all processes of this host write",
        description="Send the records of all processes that share a journal, in their place: one process a host, any "
        "number of targets. While it runs their own threads stand aside; they take over again when it is gone. It "
        "stops on SIGTERM or Ctrl-C, after what can be delivered by then.",
    )
    parser.add_argument(
        "--to",
        metavar="URL",
        action="append",
        default=[],
        help="a target: otlp+http://HOST:4318, otlp+grpc://HOST:4317, opensearch+http://HOST:9200, or with TLS their "
        "https and grpcs forms; as often as there "
        f"are targets. ${_TO} holds a list of them, by comma: a URL with a password is better kept there",
    )
    parser.add_argument(
        "--journal",
        metavar="DIR",
        help="the journal, made where it is missing; by default as for the other commands",
    )
    parser.add_argument("--certificate", metavar="FILE", help="PEM file of the authorities to trust; the system's else")
    parser.add_argument(
        "--health", metavar="HOST:PORT", help="answer /health and /metrics there, such as 127.0.0.1:9465"
    )
    parser.add_argument(
        "--exit-timeout", metavar="SECONDS", type=_seconds, default=5.0, help="at most so long at the end (5)"
    )
    parser.add_argument(
        "--max-bytes", metavar="N", type=_bytes, help="what a service's segments may take together (1073741824)"
    )
    parser.add_argument(
        "--max-age", metavar="SECONDS", type=_seconds, help="after which what no target waits for goes (604800)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ship until told to stop.

    Returns:
        0 where it was told to stop; 1 where another agent has the journal, or something waited at the end.

    Raises:
        QueryError: The journal, a target or the address can't be used.
    """
    urls = [*options.to, *filter(None, map(str.strip, os.environ.get(_TO, "").split(",")))]
    if not urls:
        raise QueryError(
            f"nowhere to send to; name a target with --to URL, such as otlp+http://127.0.0.1:4318, or ${_TO}"
        )
    _take_descriptors()
    found = _place(options.journal)
    runtime = _runtime(found)
    with contextlib.ExitStack() as undo:
        undo.callback(runtime.close, 1.0)
        _check_certificate(options.certificate)
        lanes = _lanes(urls, options.certificate, runtime)
        agent = _agent(found, lanes, runtime, options)
        if not agent.take(_PATIENCE):
            remark(f"another process ships from {found.path}: an agent, or a command that rewrites it; stop that first")
            return 1
        undo.callback(agent.close)
        undo.enter_context(_health(options.health, agent))
        return _ship(agent, runtime, found, options.exit_timeout)


def _take_descriptors() -> None:
    # Each writer takes one or two, and a host may have thousands.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _ship(agent: Agent, runtime: Runtime, found: Place, exit_timeout: float) -> int:
    names = sorted({lane.key[0] for lane in agent.lanes})
    with _told_to_stop() as asked:
        runtime.log(20, _LOGGER, "shipping", {"journal": str(found.path), "targets": names})
        done = agent.run(lambda: bool(asked), exit_timeout)
    shipped = {f"{lane.key[0]} {lane.signal}": lane.counts.shipped for lane in agent.lanes}
    refused = sum(lane.counts.refused for lane in agent.lanes)
    level, message = (20, "stopped") if done else (30, "stopped while records were pending; the journal keeps them")
    runtime.log(level, _LOGGER, message, {"shipped": shipped, "refused": refused})
    return 0 if done else 1


@contextlib.contextmanager
def _told_to_stop() -> Iterator[list[int]]:
    """Note SIGTERM and SIGINT instead of being ended by them; the second one is not waited for."""
    asked: list[int] = []

    def note(number: int, _: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _place(option: str | None) -> Place:
    from obskit.journal.place import Refused, choose

    try:
        named: Path | None = places.find(option, os.environ, Path.cwd()).path
    except QueryError:
        # Not there yet: it is made, as `init` would.
        named = Path(option) if option is not None else places.named_by(os.environ)
    if named is not None:
        _become_owner(named)
    try:
        return choose(named, "production", os.environ, Path.cwd())
    except Refused as reason:
        raise QueryError(f"no journal: {str(reason).replace('journal=', '--journal')}") from None


def _become_owner(path: Path) -> None:
    """As root, go on as the user whose journal it is: what root made in it, that user's processes could not write."""
    try:
        owner = path.stat()
    except OSError:
        return
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    os.setgroups([])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
    # Much of the program is loaded only when it is needed.
    for needed in (__file__, os.__file__):
        if not os.access(needed, os.R_OK):
            raise QueryError(
                f"{path} is of uid {owner.st_uid}, who can't read {needed}: install obskit-sdk and Python where that "
                "user can, and run this as that user"
            )


def _runtime(found: Place) -> Runtime:
    import obskit

    try:
        return obskit.init(_SERVICE, journal=str(found.path), ship=False, sentry_dsn=None, integrations=[])
    except obskit.ConfigError as mistake:
        raise QueryError(str(mistake)) from None


def _check_certificate(path: str | None) -> None:
    if path is None:
        return
    import ssl

    try:
        ssl.create_default_context(cafile=path)
    except OSError as trouble:
        reason = "no PEM file of certificates" if isinstance(trouble, ssl.SSLError) else trouble.strerror or trouble
        raise QueryError(f"--certificate: {path!r} can't be used: {reason}") from None


def _lanes(urls: list[str], certificate: str | None, runtime: Runtime) -> list[Lane]:
    from obskit.settings.addresses import parse_headers
    from obskit.settings.mistakes import Refused
    from obskit.ship.destination import WrongDestination, lanes_to

    try:
        headers = parse_headers(os.environ.get(_HEADERS, ""))
        lanes = [lane for url in dict.fromkeys(urls) for lane in lanes_to(url, runtime.report, headers, certificate)]
    except Refused as reason:
        raise QueryError(f"${_HEADERS}: {reason}") from None
    except (WrongDestination, OSError) as mistake:
        raise QueryError(str(mistake)) from None
    keys = [lane.key for lane in lanes]
    if twice := sorted({name for name, signal in keys if keys.count((name, signal)) > 1}):
        raise QueryError(f"named twice: {', '.join(twice)}")
    return lanes


def _agent(found: Place, lanes: list[Lane], runtime: Runtime, options: argparse.Namespace) -> Agent:
    from obskit.journal.keeper import Keeper
    from obskit.settings.options import Journal
    from obskit.ship.agent import Agent

    usual = Journal()
    keeper = Keeper(
        found,
        max_bytes=options.max_bytes or usual.max_bytes,
        max_age=options.max_age or usual.max_age,
        targets=lambda: [lane.key for lane in lanes if not lane.off],
        dropped=runtime.dropped_by_keeper,
    )
    return Agent(found, lanes, keeper, failed=runtime.pipeline.failed, tell=runtime.store.tell)


def _health(address: str | None, agent: Agent) -> AbstractContextManager[Any]:
    if address is None:
        return contextlib.nullcontext()
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise QueryError(f"--health: {address!r} is no HOST:PORT, such as 127.0.0.1:9465")
    try:
        from obskit.ship.health import Health
    except ImportError:
        raise QueryError('--health needs prometheus-client: pip install "obskit-sdk[ship]"') from None
    try:
        return contextlib.closing(Health(agent, host.strip("[]"), int(port), time.monotonic))
    except OSError as trouble:
        raise QueryError(f"--health: {address} can't be listened on: {trouble.strerror or trouble}") from None


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return found


def _bytes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1 << 20:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of bytes, at least 1048576")
    return int(text)
