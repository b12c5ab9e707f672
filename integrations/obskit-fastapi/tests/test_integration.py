"""The plug-ins as `obskit.init` finds them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from obskit_fastapi import FastAPIIntegration, StarletteIntegration


@pytest.mark.parametrize("integration", [FastAPIIntegration, StarletteIntegration])
def test_each_is_registered_under_its_name(integration: type[FastAPIIntegration]) -> None:
    """The entry point of a framework's name leads to its integration."""
    (found,) = entry_points(group="obskit.integrations", name=integration.name)
    assert found.load() is integration


def test_importing_the_plugin_imports_no_framework() -> None:
    """Loading the entry point is cheap; the framework comes with `install`."""
    code = "import sys, obskit_fastapi; print([m for m in ('fastapi', 'starlette', 'pydantic') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_starlette_alone_needs_no_fastapi() -> None:
    """Installing Starlette's integration imports no FastAPI."""
    code = "import sys, obskit_fastapi as p; p.StarletteIntegration().install(); print('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


ASK = """
import asyncio, httpx

async def send(app):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/")).headers.get("x-correlation-id", "none")

def ask(app):
    print(asyncio.run(send(app)))
"""
INIT = "import obskit; obskit.init(console=False, journal=False, ship=False)"


@pytest.mark.parametrize(
    "program",
    [
        f"{INIT}\nfrom fastapi import FastAPI\nask(FastAPI())",
        f"from fastapi import FastAPI\n{INIT}\nask(FastAPI())",
        f"from fastapi import FastAPI\napp = FastAPI()\nask(app)\n{INIT}\nask(app)",
        f"{INIT}\nfrom starlette.applications import Starlette\nask(Starlette())",
        f"from starlette.applications import Starlette\n{INIT}\nask(Starlette())",
        f"{INIT}\nimport obskit_fastapi as p, fastapi\nask(p.ObskitMiddleware(fastapi.FastAPI()))",
        INIT[:-1] + ", integrations=['fastapi'])\nfrom fastapi import FastAPI\nask(FastAPI())",
    ],
)
def test_init_finds_it_in_any_order(program: str) -> None:
    """Whether the framework, the application or obskit came first, requests are served as units of work."""
    done = subprocess.run([sys.executable, "-c", ASK + program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("req-")


def test_shutdown_takes_it_back() -> None:
    """After `shutdown` the classes are as they were before `init`."""
    program = f"""
from fastapi import FastAPI
from starlette.applications import Starlette
before = FastAPI.__call__, Starlette.__call__
{INIT}
assert FastAPI.__call__ is not before[0]
obskit.shutdown()
print((FastAPI.__call__, Starlette.__call__) == before)
"""
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "True\n"
    )
