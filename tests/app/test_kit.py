"""A class kit: what each system needs, fetched once; installed without a network by a script that any Python can read."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from inspector.app.errors import InspectorError
from inspector.app.kit import install, making
from inspector.app.kit.parts import Installed, needed
from inspector.app.kit.targets import TARGETS, conditions

HERE = {
    "inspector-proxy": Installed("1", ("flask>=3", 'uvloop; sys_platform != "win32"', 'winloop>=0.1; sys_platform == "win32"', 'x; extra == "dev"')),
    "flask": Installed("3.1", ("click>=8", "werkzeug[fast]")),
    "click": Installed("8.4", ('colorama; platform_system == "Windows"',)),
    "werkzeug": Installed("3.2", ('speed; extra == "fast"', "not a requirement !!")),
    "speed": Installed("2", ("flask",)),
    "uvloop": Installed("0.23", (), pure=False),
}  # fmt: skip


def requirements(system: str, python: str = "3.12") -> list[str]:
    target = TARGETS[system]
    return [each.requirement for each in needed(conditions(target, target.machines[0], python), HERE.get)]


def test_conditions_are_those_of_the_other_system():
    everywhere = ["click==8.4", "flask==3.1", "speed==2", "werkzeug==3.2"]
    assert sorted(requirements("linux")) == sorted([*everywhere, "uvloop==0.23"])
    assert sorted(requirements("windows")) == sorted([*everywhere, "colorama", "winloop>=0.1"])


def test_what_is_needed_here_is_all_that_we_import():
    target = TARGETS["linux"]
    names = {
        each.requirement.partition("==")[0] for each in needed(conditions(target, target.machines[0], "3.11"))
    }
    assert {"flask", "cryptography", "msgspec", "sqlalchemy", "click", "jinja2", "cffi"} <= names


class Pip:
    """Plays pip: notes what it was asked, and fails for some."""

    def __init__(self, fails: str = "nothing") -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fails = fails

    def __call__(self, command) -> None:
        self.asked.append(tuple(command))
        if self.fails in command:
            raise InspectorError("pip could not:\n  | ERROR: No matching distribution found for x==1", "")
        if "wheel" in command and "--no-deps" in command:
            folder = Path(command[command.index("--wheel-dir") + 1])
            with zipfile.ZipFile(folder / "inspector_proxy-0.1.0-py3-none-any.whl", "w") as packed:
                packed.writestr(
                    "inspector_proxy-0.1.0.dist-info/METADATA", "Version: 0.1.0\nRequires-Dist: flask\n"
                )


def made(folder: Path, pip: Pip, systems=("windows", "macos", "linux")):
    return making.make(
        folder, [TARGETS[each] for each in systems], ("3.12",), say=lambda _: None, run=pip, checkout=folder
    )


def test_a_kit_has_a_script_for_each_system_and_one_that_all_of_them_start(tmp_path: Path):
    kit = made(tmp_path, Pip())
    assert {each.name for each in tmp_path.iterdir()} == {
        "README.txt", "install.py", "install-linux.sh", "install-macos.command", "install-windows.cmd", "wheels",
    }  # fmt: skip
    assert (tmp_path / "install-linux.sh").stat().st_mode & 0o111
    assert b"\r\n" in (tmp_path / "install-windows.cmd").read_bytes()
    assert "install-macos.command" in (tmp_path / "README.txt").read_text("utf-8")
    assert kit.wheels == 1


def test_each_machine_is_asked_for_by_its_own_tags(tmp_path: Path):
    pip = Pip()
    made(tmp_path, pip)
    tags = [command[command.index("--platform") + 1] for command in pip.asked if "--platform" in command]
    assert tags == ["win_amd64", "macosx_14_0_arm64", "macosx_14_0_x86_64", "manylinux_2_39_x86_64"]
    assert all("--only-binary=:all:" in command for command in pip.asked if "--platform" in command)


def test_a_system_without_wheels_is_left_out_and_said(tmp_path: Path):
    kit = made(tmp_path, Pip("macosx_14_0_x86_64"))
    assert kit.left_out == ("macOS, x86_64, Python 3.12: ERROR: No matching distribution found for x==1",)


def test_where_nothing_can_be_had_it_fails(tmp_path: Path):
    with pytest.raises(InspectorError):
        made(tmp_path, Pip("win_amd64"), ("windows",))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InspectorError, match="cannot be made"):
        made(tmp_path / "file" / "kit", Pip())


def test_the_script_is_readable_for_an_old_python_and_needs_nothing_but_python():
    tree = ast.parse(Path(install.__file__).read_text("utf-8"), feature_version=(3, 6))
    names = {each.names[0].name for each in ast.walk(tree) if isinstance(each, ast.Import)}
    assert names == {"os", "subprocess", "sys", "venv"}
    assert not any(isinstance(each, ast.ImportFrom | ast.JoinedStr) for each in ast.walk(tree))


def test_a_kit_without_its_wheels_says_so(tmp_path: Path):
    script = tmp_path / "install.py"
    script.write_bytes(Path(install.__file__).read_bytes())
    told = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "there")], capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert "The folder wheels is missing" in told.stderr
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(("version", "code"), [((3, 10, 4), 1), ((2, 7, 18), 1)])
def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys, version, code):
    monkeypatch.setattr(install.sys, "version_info", version)
    assert install.main() == code
    assert "needs 3.11 or newer" in capsys.readouterr().err


@pytest.mark.parametrize(("platform", "name"), [("linux", "start.sh"), ("darwin", "start.command")])
def test_there_is_a_file_to_start_it_with_a_home_of_its_own(tmp_path: Path, monkeypatch, platform, name):
    monkeypatch.setattr(install.sys, "platform", platform)
    path = Path(install.write_start(str(tmp_path)))
    assert path.name == name
    assert "run --home home" in path.read_text()
