"""Which messaging system an application talks to, and where."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from opentelemetry.util.types import AttributeValue

# Where the conventions know a system by another name than kombu.
_SYSTEMS = {
    "amqp": "rabbitmq", "sqs": "aws_sqs", "gcpubsub": "gcp_pubsub", "azureservicebus": "servicebus",
    "sql": "sqlalchemy",
}  # fmt: skip


class Brokers:
    """The brokers of the applications in this process; looked up once for each, without a connection."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, dict[str, AttributeValue]] = WeakKeyDictionary()

    def attributes(self, app: Any) -> dict[str, AttributeValue]:
        """Return `messaging.system`, and `server.address` and `server.port` of a broker on the network."""
        found = self._known.get(app)
        if found is None:
            found = self._known[app] = _look_up(app)
        return found


def _look_up(app: Any) -> dict[str, AttributeValue]:
    # Neither connects: a connection of kombu's does so with its first use.
    connection = app.connection_for_write()
    transport = connection.get_transport_cls()
    kind = str(transport.driver_type).lower()
    found: dict[str, AttributeValue] = {"messaging.system": _SYSTEMS.get(kind, kind)}
    host = str(connection.hostname or "")
    # Transports over files and databases have a path or a URL in this place.
    if host and transport.default_port and not set(host) & set("/@;,"):
        found["server.address"] = host
        found["server.port"] = int(connection.port or transport.default_port)
    return found
