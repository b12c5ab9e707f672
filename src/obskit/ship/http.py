"""Talk to one OTLP endpoint over HTTP/1.1 without ever waiting for it (but for its name's address).

No HTTP library: none of them can leave a request half way and come back to it after a fork, and instrumentation packages
would trace obskit's own requests.
"""

from __future__ import annotations

import base64
import os
import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from obskit.ship.compress import gzip
from obskit.ship.outcome import Outcome, classify
from obskit.ship.proxy import proxy_for
from obskit.ship.response import Incomplete, Malformed, Response, ResponseReader
from obskit.ship.tls import Contexts
from obskit.ship.wire import Plain, Tls, Wire, connect

if TYPE_CHECKING:
    from obskit.settings.load import Endpoint
