"""Finding the template of the route that served a request (`http.route`), from what routers leave in its scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from obskit_fastapi.asgi import Scope


def template(scope: Scope) -> str | None:
    """Return the path template with the prefixes of routers and mounts, or None where no route matched."""
    if isinstance(path := scope.get("path_template"), str):
        return path or "/"
    route, endpoint = scope.get("route"), scope.get("endpoint")
    # As nearly always: a route of the application itself, whose endpoint it was.
    direct = endpoint is not None and getattr(route, "endpoint", None) is endpoint and _included(scope) is None
    if not direct and (route := _selected(scope)) is None:
        return None
    leaf = getattr(route, "path_format", None) or getattr(route, "path", None)
    if not direct and _is_mount(route):
        leaf = "/{path}"
    if not isinstance(leaf, str):
        return None
    return _prefix(scope) + leaf if scope.get("root_path") or scope.get("app_root_path") else leaf


def _selected(scope: Scope) -> Any:
    """Return the innermost route that matched: FastAPI names some, new Starlettes all, earlier ones their endpoint."""
    route = scope.get("route")
    included = _included(scope)
    if included is not None and (route is None or getattr(included, "original_route", None) is route):
        # The route of an included router doesn't know the prefix that it was included under.
        return getattr(included, "starlette_route", None) or included
    if route is None or _stale(route, scope):
        return _by_endpoint(scope) or route
    return route


def _stale(route: Any, scope: Scope) -> bool:
    """Return whether a router further in, which names no route, has chosen another endpoint since."""
    endpoint = scope.get("endpoint")
    return endpoint is not None and getattr(route, "endpoint", getattr(route, "app", None)) is not endpoint


def _included(scope: Scope) -> Any:
    details = scope.get("fastapi")
    return details.get("effective_route_context") if isinstance(details, dict) else None


def _by_endpoint(scope: Scope) -> Any:
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return None
    rest = str(scope.get("path", "")).removeprefix(str(scope.get("root_path", "")))
    for holder in (scope.get("app"), scope.get("router")):
        for route in _flat(getattr(holder, "routes", ())):
            if _is_mount(route) and route.app is endpoint:
                return route
            if getattr(route, "endpoint", None) is endpoint and route.path_regex.match(rest):
                return route
    return None


def _flat(routes: Iterable[Any]) -> Iterator[Any]:
    """Yield each route after those that it holds."""
    for route in routes:
        yield from _flat(getattr(route, "routes", None) or ())
        yield route


def _is_mount(route: Any) -> bool:
    return hasattr(route, "app") and not hasattr(route, "endpoint") and hasattr(route, "path_regex")


def _prefix(scope: Scope) -> str:
    """Return what mounts, and a server's root path that stands in the path, have taken of it, as a template."""
    root = str(scope.get("root_path", "")).rstrip("/")
    outer = str(scope.get("app_root_path", root)).rstrip("/")
    mounted = root.removeprefix(outer)
    for name, value in (scope.get("path_params") or {}).items():
        mounted = _substituted(mounted, str(value), "{" + str(name) + "}")
    return (outer if outer and _within(str(scope.get("path", "")), outer) else "") + mounted


def _substituted(path: str, value: str, name: str) -> str:
    """Replace whole segments of `path` that are `value`."""
    return (path + "/").replace(f"/{value}/", f"/{name}/")[:-1] if value else path


def _within(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")
