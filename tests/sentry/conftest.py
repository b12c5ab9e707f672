from __future__ import annotations

import pytest
import sentry_sdk

from tests.sentry.events import install
from tests.sentry.server import Sentry


@pytest.fixture
def sentry():
    server = Sentry()
    yield server
    server.close()


@pytest.fixture
def client(sentry):
    found = install(sentry.dsn)
    yield found
    found.close(1.0)


@pytest.fixture(autouse=True)
def _own_scope():
    with sentry_sdk.isolation_scope():
        yield
    left = sentry_sdk.get_client()
    if left.is_active():
        left.close(timeout=0)
    scope = sentry_sdk.get_global_scope()
    scope.set_client(None)
    scope.clear()
