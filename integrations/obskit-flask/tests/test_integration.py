"""Installing and taking back, by name, by hand and both."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

import obskit
from obskit.testing import capture
from obskit_flask import FlaskIntegration, Obskit

METHODS = ("__call__", "handle_user_exception")


def test_undo_restores_what_was_there() -> None:
    """After the undo the class has the methods that it had, by identity."""
    before = [Flask.__dict__[name] for name in METHODS]
    undo = FlaskIntegration().install()
    assert all(Flask.__dict__[name] is not original for name, original in zip(METHODS, before, strict=True))
    undo()
    assert [Flask.__dict__[name] for name in METHODS] == before


def test_undo_leaves_a_later_patch_alone(captured: Any, access: Any, make_app: Any) -> None:
    """Where someone has wrapped ours since, theirs stays, and ours inside it does nothing any more."""
    before = Flask.__call__
    undo = FlaskIntegration().install()
    ours = Flask.__call__
    Flask.__call__ = lambda *args: ours(*args)  # type: ignore[method-assign]  # noqa: PLW0108
    try:
        undo()
        assert Flask.__call__ is not ours
        make_app().test_client().get("/items/7")
        assert len(access()) == 1
    finally:
        Flask.__call__ = before  # type: ignore[method-assign]


def test_installed_twice_it_acts_once(captured: Any, access: Any, app: Flask) -> None:
    """A second installation beside the first makes no second line, span or header."""
    undo = FlaskIntegration().install()
    answer = app.test_client().get("/boom")
    undo()
    assert len(captured.records) == len(captured.spans) == len(answer.headers.getlist("X-Correlation-ID")) == 1


def test_by_hand_and_installed_it_acts_once(captured: Any, access: Any, app: Flask) -> None:
    """The extension beside the integration makes no second line, span or header."""
    Obskit(app)
    answer = app.test_client().get("/boom")
    assert len(captured.records) == len(captured.spans) == len(answer.headers.getlist("X-Correlation-ID")) == 1


@pytest.mark.parametrize("factory", [False, True])
def test_by_hand_alone(factory: bool, make_app: Any) -> None:
    """`Obskit(app)` and `init_app` serve an application without the integration, errors included."""
    app = make_app()
    Obskit().init_app(app) if factory else Obskit(app)
    with capture(integrations=[]) as found:
        app.test_client().get("/items/7")
        app.test_client().get("/boom")
    lines = [line["message"] for line in found.records]
    assert lines == ["looked up", "GET /items/<item> 200", "GET /boom 500"]
    assert found.records[-1]["error"]["type"] == "LookupError"


def test_by_hand_twice_is_once(make_app: Any) -> None:
    """An application that is given to the extension again is not wrapped again."""
    app = make_app()
    Obskit(app)
    wrapped = app.wsgi_app
    Obskit(app)
    assert app.wsgi_app is wrapped


def test_by_hand_before_init(app: Flask) -> None:
    """While obskit isn't initialised the extension does nothing; from then on it serves."""
    Obskit(app)
    assert "X-Correlation-ID" not in app.test_client().get("/plain").headers
    with capture(integrations=[]) as found:
        assert "X-Correlation-ID" in app.test_client().get("/items/7").headers
    assert found.spans


def test_after_shutdown_nothing_is_left(app: Flask) -> None:
    """Without obskit a request is as it was before."""
    with capture(integrations=["flask"]):
        pass
    assert "X-Correlation-ID" not in app.test_client().get("/plain").headers


def test_the_name_of_the_class_may_be_imported_before(make_app: Any) -> None:
    """An application made before init, by a name imported before, is served."""
    app = make_app()
    with capture(integrations=["flask"]) as found:
        app.test_client().get("/items/7")
    assert len(found.spans) == 1


def test_a_subclass_is_served(captured: Any, access: Any) -> None:
    """An application of a class of one's own is served as any other."""

    class Shop(Flask):
        pass

    app = Shop("shop")
    app.test_client().get("/nowhere")
    assert access()[0]["message"] == "GET /nowhere 404"


def test_the_entry_point_names_the_integration() -> None:
    """`init` finds the integration under the name of the framework's module."""
    from importlib.metadata import entry_points

    (found,) = entry_points(group="obskit.integrations", name="flask")
    assert found.load() is FlaskIntegration
    assert FlaskIntegration.name == "flask"


def test_stats_tell_that_it_is_active(captured: Any) -> None:
    """What is installed can be looked up."""
    assert obskit.stats().integrations["flask"] == "active"
