"""A redaction policy that stands in a file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

import obskit
from obskit.settings.load import load
from obskit.settings.mistakes import Mistake
from obskit.settings.options import ConfigError, Redaction
from obskit.settings.program import Program
from obskit.settings.settings import Settings

PROGRAM = Program(argv=("/srv/orders.py",), directory="/", file="/nowhere/orders.py")
WHOLE = """
allow = ["next_token"]
deny = ["diagnosis", "billing.*"]
detectors = ["email", "order"]
ip = "keep"
pseudonym_key = "k"

[custom]
order = 'ORD-\\d{6}'
"""


def settle(environ: dict[str, str] | None = None, /, **arguments: Any) -> Settings:
    return load(arguments, environ or {}, program=PROGRAM)


def mistakes(environ: dict[str, str] | None = None, /, **arguments: Any) -> dict[str, str]:
    """Return what is said of each setting that is refused."""
    with pytest.raises(ConfigError) as caught:
        settle(environ, **arguments)
    found = caught.value.mistakes
    assert all(isinstance(mistake, Mistake) for mistake in found)
    return {mistake.name: mistake.said for mistake in found if isinstance(mistake, Mistake)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a policy file may lie."""
    return tmp_path / "policy.toml"


@pytest.mark.parametrize("as_path", [str, Path])
def test_a_file_is_a_policy(file: Path, as_path: Any) -> None:
    """Its keys are the arguments of Redaction; a text and a path name it alike."""
    file.write_text(WHOLE)
    assert settle(redaction=as_path(file)).redaction == Redaction(
        allow=("next_token",),
        deny=("diagnosis", "billing.*"),
        detectors=("email", "order"),
        ip="keep",
        custom={"order": re.compile(r"ORD-\d{6}")},
        pseudonym_key=b"k",
    )


def test_a_variable_names_a_file(file: Path) -> None:
    """OBSKIT_REDACTION=FILE is what redaction=FILE is."""
    file.write_text(WHOLE)
    found = settle({"OBSKIT_REDACTION": str(file)})
    assert found.redaction == settle(redaction=file).redaction
    assert found.origins["redaction"] == found.origins["redaction.deny"] == "OBSKIT_REDACTION"


def test_a_relative_path_is_one_of_the_working_directory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the argument and in the variable alike."""
    file.write_text('deny = ["a"]')
    monkeypatch.chdir(file.parent)
    expected = Redaction(deny=("a",))
    assert settle(redaction="policy.toml").redaction == expected
    assert settle({"OBSKIT_REDACTION": "./policy.toml"}).redaction == expected


def test_a_tilde_is_the_home_directory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~/policy.toml` lies in the user's home."""
    file.write_text('deny = ["a"]')
    monkeypatch.setenv("HOME", str(file.parent))
    assert settle(redaction="~/policy.toml").redaction == Redaction(deny=("a",))
    assert "no home directory" in mistakes(redaction="~nobody-of-that-name/policy.toml")["redaction"]


def test_an_empty_file_is_the_default_policy(file: Path) -> None:
    """A file without a key, with or without a byte-order mark, leaves everything as it is."""
    file.write_bytes(b"\xef\xbb\xbf# nothing yet\n")
    assert settle(redaction=file).redaction == Redaction()


def test_a_file_wins_over_the_variables_of_single_fields(file: Path) -> None:
    """What the file leaves open comes from them, as with an object."""
    file.write_text('deny = ["a"]')
    found = settle({"OBSKIT_REDACTION": str(file), "OBSKIT_REDACTION_DENY": "b", "OBSKIT_REDACTION_PSEUDONYM_KEY": "k"})
    assert found.redaction == Redaction(deny=("a",), pseudonym_key=b"k")
    assert found.origins["redaction.deny"] == "OBSKIT_REDACTION"
    assert found.origins["redaction.pseudonym_key"] == "OBSKIT_REDACTION_PSEUDONYM_KEY"


def test_an_object_wins_over_a_file_of_the_environment(file: Path) -> None:
    """What the program gives stays; the file gives the rest."""
    file.write_text('deny = ["a"]\nallow = ["b"]')
    found = settle({"OBSKIT_REDACTION": str(file)}, redaction=Redaction(allow=["c"]))
    assert found.redaction == Redaction(allow=("c",), deny=("a",))


def test_false_switches_off_and_true_on(file: Path) -> None:
    """The words of the variable are no files."""
    assert settle({"OBSKIT_REDACTION": "False"}).redaction is None
    assert settle({"OBSKIT_REDACTION": "TRUE"}).redaction == Redaction()
    file.write_text('deny = ["a"]')
    assert settle({"OBSKIT_REDACTION": str(file)}, redaction=False).redaction is None


UNUSABLE = [
    (None, "no such file"),
    (b"\xff\xfe a", "no UTF-8"),
    (b"deny = [", "no TOML"),
    (b"deny: [a]", "no TOML"),
    (b"a = " + b"[" * 100_000, "no TOML"),
    (b"#" * (1 << 20) + b"\n", "longer than 1 MiB"),
]


@pytest.mark.parametrize(("content", "reason"), UNUSABLE, ids=[reason for _, reason in UNUSABLE[:-3]] + ["a", "b", "c"])
@pytest.mark.parametrize("name", ["redaction", "OBSKIT_REDACTION"])
def test_a_file_that_is_no_policy_is_a_mistake(file: Path, content: bytes | None, reason: str, name: str) -> None:
    """It is told with the setting that names it, the path and why."""
    if content is not None:
        file.write_bytes(content)
    found = mistakes(redaction=file) if name == "redaction" else mistakes({name: str(file)})
    assert list(found) == [name]
    assert reason in found[name]
    assert "policy.toml" in found[name]
    assert "accepted: an obskit.Redaction, the path of a policy file (TOML), or False" in found[name]


def test_a_missing_relative_file_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path depends on the working directory; the error says so."""
    monkeypatch.chdir(tmp_path)
    assert "no such file in the working directory" in mistakes(redaction="policy.toml")["redaction"]


def test_a_directory_is_no_policy(tmp_path: Path) -> None:
    """The reason is the system's."""
    assert "is a directory" in mistakes(redaction=tmp_path)["redaction"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_mistake(file: Path) -> None:
    """The reason is the system's."""
    file.write_text("")
    file.chmod(0)
    assert "permission denied" in mistakes(redaction=file)["redaction"]


@pytest.mark.parametrize("path", ["", " ", "a\0b"])
def test_what_can_be_no_path_is_refused(path: str) -> None:
    """A path without a name is none."""
    assert list(mistakes(redaction=path)) == ["redaction"]


WRONG_KEYS = [
    ("allow", 'allow = "user"', "a bare string where a list belongs"),
    ("allow", 'allow = ["", 3]', "'' is no name; 3 is no name"),
    ("deny", "deny = 5", "accepted: a list of globs"),
    ("deny", 'deny = {a = "b"}', "accepted: a list of globs"),
    ("detectors", 'detectors = "email"', "a bare string where a list belongs"),
    ("detectors", 'detectors = ["emial"]', "'emial' is no kind, but 'email' is"),
    ("detectors", 'detectors = ["Card", "zzzz"]', "'Card' is no kind, but 'card' is; 'zzzz' is no kind"),
    ("ip", 'ip = "hash"', '"truncate" or "keep" or "remove"'),
    ("ip", "ip = true", '"truncate" or "keep" or "remove"'),
    ("custom", 'custom = ["a"]', "accepted: a mapping of kinds"),
    ("custom", "custom.a = '('", "the expression of a is wrong: missing )"),
    ("custom", "custom.a = 'x*'", "the expression of a matches the empty text"),
    ("custom", r"custom.a = '\b'", "the expression of a matches the empty text"),
    ("custom", "custom.a = 5", "the expression of a is no text"),
    ("custom", "custom.a = ['x']", "the expression of a is no text"),
    ("custom", "custom.Order = 'x'", "'Order' is no kind"),
    ("custom", "custom.'a b' = 'x'", "'a b' is no kind"),
    ("custom", "custom.1a = 'x'", "'1a' is no kind"),
    ("custom", f"custom.{'a' * 33} = 'x'", "is no kind"),
    ("pseudonym_key", 'pseudonym_key = ""', "a text or bytes that are not empty"),
    ("alow", 'alow = ["a"]', "a policy has no such key, but allow"),
    ("redaction", '[redaction]\nallow = ["a"]', "its keys stand at the top of the file"),
    ("level", 'level = "INFO"', "a policy has no such key; accepted: allow, deny, detectors"),
]


@pytest.mark.parametrize(("key", "text", "reason"), WRONG_KEYS, ids=[text[:40] for _, text, _ in WRONG_KEYS])
def test_a_mistake_in_a_file_is_told_with_key_file_and_reason(file: Path, key: str, text: str, reason: str) -> None:
    """It has the name of the setting, and says which file it stands in."""
    file.write_text(text)
    found = mistakes(redaction=file)
    assert list(found) == [f"redaction.{key}"]
    assert reason in found[f"redaction.{key}"]
    assert f"in {file}" in found[f"redaction.{key}"]


def test_all_mistakes_of_a_file_are_listed_with_all_others(file: Path) -> None:
    """Nobody mends a policy one error at a time."""
    file.write_text('allow = "a"\nalow = 1\ndetectors = ["emial"]\n[custom]\nA = "x"\nb = "("\nc = "x*"\n')
    found = mistakes({"OBSKIT_REDACTION_IP": "hash"}, redaction=file, level="LOUD")
    assert set(found) == {
        "OBSKIT_REDACTION_IP", "level", "redaction.alow", "redaction.allow", "redaction.custom", "redaction.detectors",
    }  # fmt: skip
    for reason in ("'A' is no kind", "the expression of b is wrong", "the expression of c matches the empty text"):
        assert reason in found["redaction.custom"]


def test_keys_are_never_shown(file: Path) -> None:
    """Neither a wrong pseudonym_key, nor what stands under a name that is mistyped."""
    file.write_text('pseudonym_key = ["hunter2x"]\npseudonym_kye = "hunter3x"\n')
    found = str(mistakes(redaction=file))
    assert "hunter" not in found
    assert "[REDACTED:pseudonym_key]" in found
    assert "but pseudonym_key" in found


def test_detectors_may_name_the_kinds_of_custom_wherever_those_come_from(file: Path) -> None:
    """A kind is known by the policy as a whole."""
    file.write_text('detectors = ["order"]')
    custom = {"OBSKIT_REDACTION_CUSTOM": "order=ORD-[0-9]+"}
    assert settle(custom, redaction=file).redaction is not None
    assert settle({**custom, "OBSKIT_REDACTION_DETECTORS": "order,email"}).redaction is not None
    assert settle({"OBSKIT_REDACTION": str(file)}, redaction=Redaction(custom={"order": "x"})).redaction is not None
    assert list(mistakes(redaction=file)) == ["redaction.detectors"]


def test_a_custom_kind_whose_expression_is_wrong_is_one_mistake(file: Path) -> None:
    """Its name is known all the same."""
    file.write_text("detectors = ['order']\ncustom.order = '('")
    assert list(mistakes(redaction=file)) == ["redaction.custom"]


@pytest.mark.parametrize("redaction", [Redaction(detectors=["email"]), False])
def test_an_unknown_kind_in_a_variable_counts_where_an_argument_wins(redaction: Any) -> None:
    """A variable that nobody needs is checked all the same."""
    found = mistakes({"OBSKIT_REDACTION_DETECTORS": "email,crad"}, redaction=redaction)
    assert found["OBSKIT_REDACTION_DETECTORS"].startswith("'email,crad': 'crad' is no kind, but 'card' is;")


def test_an_unknown_kind_in_an_object_is_told_without_a_file() -> None:
    """What the program gives has no file to be named."""
    found = mistakes(redaction=Redaction(detectors=["emial"]))
    assert found["redaction.detectors"].startswith("('emial',): 'emial' is no kind, but 'email' is; accepted:")


def test_init_takes_a_file(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What it names is removed from the lines; a mistake in it is raised."""
    file.write_text("deny = ['diagnosis']\n[custom]\norder = 'ORD-\\d{6}'\n")
    obskit.init("shop", console="json", journal=False, redaction=file)  # type: ignore[arg-type,unused-ignore]
    obskit.get_logger().info("ORD-123456 paid", diagnosis="flu")
    obskit.shutdown()
    out = capfd.readouterr().out
    assert "[REDACTED:order] paid" in out
    assert "flu" not in out
    file.write_text("deny = 'diagnosis'")
    with pytest.raises(ConfigError, match="a bare string where a list belongs"):
        obskit.init("shop", redaction=file)  # type: ignore[arg-type,unused-ignore]
