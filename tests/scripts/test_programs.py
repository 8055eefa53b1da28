from __future__ import annotations

import pytest


@pytest.fixture
def programs(monkeypatch):
    import programs

    monkeypatch.setattr(
        programs.shutil, "which", lambda name: None if name in ("curl", "chromium") else f"/bin/{name}"
    )
    return programs


def test_a_program_may_have_several_names(programs):
    assert programs.PROGRAMS[0].found  # by the name google-chrome


def test_what_is_missing_is_said_with_its_tests_and_its_package(programs, monkeypatch, capsys):
    monkeypatch.setattr(programs, "can_use_apt", lambda: False)
    programs.install_programs()
    assert "curl is not installed: tests marked `clients`" in (said := capsys.readouterr().err)
    assert "sudo apt install curl" in said


def test_the_lighter_browser_is_installed_where_that_needs_no_asking(programs, monkeypatch):
    asked = []
    monkeypatch.setattr(programs, "apt_install", asked.append)
    for there, may in (("/bin/it", True), (None, False), (None, True)):
        monkeypatch.setattr(programs.shutil, "which", lambda _, there=there: there)
        monkeypatch.setattr(programs, "can_use_apt", lambda may=may: may)
        programs.install_headless_shell()
    assert asked == [["chromium-headless-shell"]]


def test_where_it_may_it_installs_all_at_once(programs, monkeypatch):
    asked = []
    monkeypatch.setattr(programs, "can_use_apt", lambda: True)
    monkeypatch.setattr(programs, "apt_install", asked.append)
    programs.install_programs()
    assert asked == [["curl"]]
