"""What prepares a checkout: done once, said in a few words, failing with a cure."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest


@pytest.fixture
def fresh(environment, monkeypatch, tmp_path):
    """An environment in a folder of its own, where commands are only noted down."""
    ran: list[list[str]] = []
    outcome = SimpleNamespace(returncode=0, stdout="", stderr="")

    def run(command, **_):
        ran.append([str(word) for word in command])
        if "venv" in ran[-1]:
            environment.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            environment.PYTHON.touch()
        return outcome

    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment.subprocess, "run", run)
    monkeypatch.setattr(environment, "build_assets", lambda: None)
    return SimpleNamespace(ran=ran, outcome=outcome, module=environment)


def test_the_first_time_everything_is_made_and_the_second_time_nothing(fresh, capsys):
    fresh.module.prepare()
    assert fresh.ran[0][1:3] == ["-m", "venv"]
    assert any("-e" in command for command in fresh.ran)
    assert "Making a Python environment" in capsys.readouterr().err
    fresh.ran.clear()
    fresh.module.prepare()
    assert fresh.ran == []
    assert capsys.readouterr().err == ""


def test_development_needs_more_and_includes_the_rest(fresh):
    fresh.module.prepare(development=True)
    installed = [word for command in fresh.ran for word in command]
    assert "pytest" in installed
    assert "mypy" in installed
    fresh.ran.clear()
    fresh.module.prepare()
    assert fresh.ran == []


def test_what_is_there_as_source_only_is_built_apart_with_what_it_asks_for(fresh):
    """As two packages are: in an environment of Python 3.12 or newer there is no setuptools to build them with."""
    fresh.module.prepare()
    [needs, ours] = [command for command in fresh.ran if "install" in command]
    assert "--no-build-isolation" not in needs
    assert any(word.startswith("flask") for word in needs)
    assert {"--no-build-isolation", "--no-deps"} < set(ours)


def test_other_pins_mean_installing_again(fresh, monkeypatch, tmp_path):
    fresh.module.prepare()
    fresh.ran.clear()
    pins = tmp_path / "constraints.txt"
    pins.write_text("click==8.5.1\n")
    monkeypatch.setattr(fresh.module, "PINS", pins)
    fresh.module.prepare()
    assert any("-e" in command for command in fresh.ran)


def test_without_a_network_the_cure_is_said_and_no_stamp_is_left(fresh, capsys):
    fresh.module.PYTHON.parent.mkdir(parents=True)
    fresh.module.PYTHON.touch()
    answers = iter([0, 1])

    def run(command, **_):
        return SimpleNamespace(
            returncode=next(answers), stdout="", stderr="ERROR: no route to https://index.example/simple/"
        )

    fresh.module.subprocess.run = run
    with pytest.raises(SystemExit) as ended:
        fresh.module.prepare()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "Cure: connect to the network" in said
    assert "index.example" not in said
    assert not list(fresh.module.VENV.glob("stamp*"))


def test_a_python_without_venv_is_told_the_package(fresh, capsys, monkeypatch):
    fresh.outcome.returncode, fresh.outcome.stderr = 1, "ensurepip is not available"
    monkeypatch.setattr(fresh.module, "can_use_apt", lambda: False)
    with pytest.raises(SystemExit):
        fresh.module.prepare()
    assert "sudo apt install python3." in capsys.readouterr().err


def test_as_root_that_package_is_installed(fresh, monkeypatch):
    fresh.outcome.returncode, fresh.outcome.stderr = 1, "ensurepip is not available"
    monkeypatch.setattr(fresh.module, "can_use_apt", lambda: True)
    with pytest.raises(SystemExit):
        fresh.module.prepare()
    assert any(command[:2] == ["apt-get", "update"] for command in fresh.ran)


def test_pins_are_versions_and_nothing_else(environment):
    for line in environment.PINS.read_text().splitlines()[1:]:
        name, equals, version = line.partition("==")
        assert name
        assert equals
        assert version
        assert " " not in line
        assert "/" not in line


def test_everything_that_is_needed_is_pinned(environment):
    import re
    import tomllib

    project = tomllib.loads((environment.ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *environment.BUILD_NEEDS,
    ]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in environment.PINS.read_text().splitlines()
    }
    for need in wanted:
        if "win32" not in need.partition(";")[2] or "!=" in need.partition(";")[2]:
            assert re.split(r"[\[><=;~ ]", need)[0].lower().replace("_", "-") in pinned


@pytest.mark.parametrize("script", ["run", "test", "check", "bench", "pin", "make-ca", "make-cert"])
def test_every_script_is_readable_for_an_old_python_and_says_what_it_needs(environment, script):
    import ast

    for name in (script, "oldest_python.py"):
        ast.parse((environment.ROOT / "scripts" / name).read_text(), feature_version=(3, 6))


def test_an_old_python_is_told_what_is_missing(monkeypatch):
    import oldest_python

    monkeypatch.setattr(oldest_python, "OLDEST", (99, 0))
    monkeypatch.setattr(oldest_python, "NEWER", ())
    with pytest.raises(SystemExit) as ended:
        oldest_python.require_python()
    assert "Inspector needs Python" in str(ended.value.code)


def test_it_runs_from_any_folder(environment, tmp_path):
    done = subprocess.run(
        [str(environment.ROOT / "scripts" / "bench"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--scenarios" in done.stdout
