"""Where browsers are looked for, system by system. The tables of macOS and Windows are tested on made-up machines."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from inspector.app.browsers.kinds import KINDS, Area, guess
from inspector.app.browsers.linux import FLATPAKS, Linux, read_xdpyinfo, read_xrandr, snap_behind
from inspector.app.browsers.macos import APPLICATIONS, MacOS, read_screen
from inspector.app.browsers.windows import Windows


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def found(system):
    return {browser.kind.key: browser for browser in reversed(list(system.installed()))}


# --- Linux -------------------------------------------------------------------------------------------------


@pytest.fixture
def linux(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "usr/bin"))
    return Linux(tmp_path, tmp_path / "home")


def test_linux_finds_programs_on_path_in_the_order_of_the_table(linux, tmp_path):
    for name in ("firefox-esr", "brave-browser", "google-chrome", "microsoft-edge-stable", "chromium"):
        program(tmp_path / "usr/bin" / name)
    assert [browser.kind.key for browser in linux.installed()] == list(KINDS)
    assert found(linux)["firefox"].command == (str(tmp_path / "usr/bin/firefox-esr"),)


def test_linux_names_the_folder_behind_a_link_for_the_policies_in_it(linux, tmp_path):
    real = program(tmp_path / "usr/lib/firefox/firefox")
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/firefox").symlink_to(real)
    assert found(linux)["firefox"].folder == real.parent


def test_linux_finds_snaps_and_knows_where_their_profiles_must_lie(linux, tmp_path):
    launcher = program(tmp_path / "usr/bin/snap")
    (tmp_path / "snap/bin").mkdir(parents=True)
    (tmp_path / "snap/bin/chromium").symlink_to(launcher)
    chromium = found(linux)["chromium"]
    assert (chromium.package, chromium.room) == ("snap", tmp_path / "home/snap/chromium/common")
    assert chromium.name == "Chromium (snap)"


def test_linux_sees_through_the_script_that_only_starts_a_snap(linux, tmp_path):
    program(tmp_path / "usr/bin/firefox", '#!/bin/sh\nexec /snap/bin/firefox "$@"\n')
    firefox = found(linux)["firefox"]
    assert (firefox.package, firefox.room) == ("snap", tmp_path / "home/snap/firefox/common")


def test_linux_prefers_the_program_to_the_snap_of_the_same_browser(linux, tmp_path):
    program(tmp_path / "usr/bin/firefox-esr")
    program(tmp_path / "snap/bin/firefox", "#!/bin/sh\nexec /usr/bin/snap run firefox\n")
    assert [browser.package for browser in linux.installed()] == ["", "snap"]


@pytest.mark.parametrize("exports", ["var/lib/flatpak/exports/bin", "home/.local/share/flatpak/exports/bin"])
def test_linux_finds_flatpaks_of_the_machine_and_of_the_user(linux, tmp_path, exports):
    program(tmp_path / exports / FLATPAKS["brave"])
    brave = found(linux)["brave"]
    assert (brave.package, brave.room) == ("flatpak", tmp_path / "home/.var/app/com.brave.Browser/cache")


def test_a_program_that_is_gone_starts_no_snap(tmp_path):
    assert snap_behind(tmp_path / "nothing") == ""


def test_linux_takes_a_path_for_what_its_name_says(linux, tmp_path):
    browser = linux.at(program(tmp_path / "opt/librewolf/librewolf"))
    assert browser.kind.family == "firefox"
    assert linux.at(tmp_path / "opt/nothing") is None


def test_linux_says_whether_a_program_uses_a_folder(tmp_path):
    folder = tmp_path / "inspector-window-1"
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7/cmdline").write_bytes(
        b"chromium\0--user-data-dir=" + str(folder / "profile").encode() + b"\0"
    )
    assert Linux(tmp_path, tmp_path).uses(folder)
    assert not Linux(tmp_path, tmp_path).uses(tmp_path / "inspector-window-2")


def test_the_screen_as_xrandr_and_xdpyinfo_tell_it():
    assert read_xrandr(
        "DP-1 connected 1280x1024+1920+0 (normal\nHDMI-1 connected primary 1920x1080+0+0 ("
    ) == Area(0, 0, 1920, 1080)
    assert read_xrandr("screen connected 1600x1000+0+0 0mm x 0mm") == Area(0, 0, 1600, 1000)
    assert read_xrandr("") is None
    assert read_xdpyinfo("  dimensions:    1600x1000 pixels (411x257 millimeters)") == Area(0, 0, 1600, 1000)
    assert read_xdpyinfo("") is None


def test_the_right_half_of_a_screen():
    assert Area(100, 20, 1601, 900).right_half() == Area(901, 20, 800, 900)


@pytest.mark.parametrize(
    ("name", "key"),
    [("Google Chrome", "chrome"), ("chrome.exe", "chrome"), ("msedge.exe", "edge"), ("firefox-nightly", "firefox"),
     ("chromium-browser", "chromium"), ("brave", "brave"), ("vivaldi", "other")],
)  # fmt: skip
def test_a_program_is_judged_by_its_name(name, key):
    assert guess(name).key == key


# --- macOS -------------------------------------------------------------------------------------------------


def application(folder: Path, name: str, executable: str) -> Path:
    app = folder / name
    (app / "Contents").mkdir(parents=True)
    (app / "Contents/Info.plist").write_bytes(plistlib.dumps({"CFBundleExecutable": executable}))
    program(app / "Contents/MacOS" / executable)
    return app


def test_macos_finds_applications_of_the_machine_and_of_the_user(tmp_path):
    system = MacOS(tmp_path, tmp_path / "Users/ada")
    application(tmp_path / "Applications", APPLICATIONS["chrome"], "Google Chrome")
    application(tmp_path / "Users/ada/Applications", APPLICATIONS["firefox"], "firefox")
    browsers = found(system)
    assert set(browsers) == {"chrome", "firefox"}
    assert browsers["chrome"].command == (
        str(tmp_path / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    )


def test_macos_takes_an_application_or_the_program_in_it(tmp_path):
    system = MacOS(tmp_path, tmp_path)
    app = application(tmp_path / "Elsewhere", "Firefox Nightly.app", "firefox")
    inside = app / "Contents/MacOS/firefox"
    assert system.at(app) == system.at(inside)
    assert system.at(app).kind.key == "firefox"
    assert system.at(tmp_path / "Nothing.app") is None


def test_macos_without_a_program_in_the_application_has_none(tmp_path):
    (application(tmp_path / "Applications", "Brave Browser.app", "Brave") / "Contents/MacOS/Brave").unlink()
    assert list(MacOS(tmp_path, tmp_path).installed()) == []


def test_the_screen_as_appkit_tells_it():
    assert read_screen("0 25 1440 792\n") == Area(0, 25, 1440, 792)
    assert read_screen("") is None


# --- Windows -----------------------------------------------------------------------------------------------

APP_PATHS = r"Software\Microsoft\Windows\CurrentVersion\App Paths"


def windows(values, **environment):
    return Windows(lambda hive, key: values.get((hive, key)), environment)


def test_windows_finds_what_app_paths_name_the_users_first(tmp_path):
    users = program(tmp_path / "Users/ada/chrome.exe")
    machines = program(tmp_path / "Program Files/chrome.exe")
    key = rf"{APP_PATHS}\chrome.exe"
    both = {("HKEY_CURRENT_USER", key): {"": f'"{users}"'}, ("HKEY_LOCAL_MACHINE", key): {"": str(machines)}}
    assert found(windows(both))["chrome"].command == (str(users),)
    users.unlink()
    assert found(windows(both))["chrome"].command == (str(machines),)


@pytest.mark.parametrize("place", ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"])
def test_windows_looks_in_the_usual_folders(tmp_path, place):
    for path in (
        "Google/Chrome/Application/chrome.exe",
        "Mozilla Firefox/firefox.exe",
        "Chromium/Application/chrome.exe",
    ):
        program(tmp_path / path)
    browsers = found(windows({}, **{place: str(tmp_path)}))
    assert set(browsers) == {"chrome", "chromium", "firefox"}
    assert browsers["firefox"].folder == tmp_path / "Mozilla Firefox"


def test_windows_takes_a_path(tmp_path):
    assert windows({}).at(program(tmp_path / "msedge.exe")).kind.key == "edge"
    assert windows({}).at(tmp_path / "nothing.exe") is None


def test_windows_knows_a_folder_in_use_by_not_being_able_to_rename_it(tmp_path, monkeypatch):
    folder = tmp_path / "inspector-window-1"
    folder.mkdir()
    assert not windows({}).uses(folder)
    assert folder.is_dir()

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "rename", refuse)
    assert windows({}).uses(folder)
