from __future__ import annotations

import os
from pathlib import Path

import pytest

from inspector.app import home
from inspector.app.errors import CannotStart
from inspector.app.platform import here


class OnNetworkDrive:
    """A platform whose every folder is on NFS but for one."""

    def __init__(self, local: Path) -> None:
        self._local = local

    def network_drive(self, folder: Path) -> str:
        return "NFS"

    def local_data_folder(self) -> Path:
        return self._local


def test_the_option_comes_before_the_variable_and_that_before_the_checkout(tmp_path, checkout):
    variable = {home.VARIABLE: str(tmp_path / "b")}
    assert home.choose(tmp_path / "a", variable) == tmp_path / "a"
    assert home.choose(None, variable) == tmp_path / "b"
    assert home.choose(None, {}) == checkout


def test_an_installed_copy_uses_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(home, "__file__", str(tmp_path / "site-packages/inspector/app/home.py"))
    assert home.checkout() is None
    assert home.choose(None, {}).name == "inspector"


def test_a_relative_home_is_where_one_stands(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert home.choose(Path("here"), {}) == tmp_path / "here"


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_all_folders_are_for_their_owner_only(tmp_path):
    place = home.locate(tmp_path / "new" / "home")
    (tmp_path / "new/home/certs").mkdir(parents=True, mode=0o755)
    home.prepare(place)
    for folder in (place.certs, place.captures, place.run):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(place.captures.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_a_home_that_is_made_is_private(tmp_path):
    place = home.locate(tmp_path / "home")
    home.prepare(place)
    assert place.root.stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_folders_place_is_told_with_the_cure(tmp_path):
    (tmp_path / "home").write_text("")
    with pytest.raises(CannotStart) as caught:
        home.prepare(home.locate(tmp_path / "home"))
    assert str(tmp_path / "home") in caught.value.sentence
    assert "--home DIR" in caught.value.cure


def test_a_home_that_cannot_be_written_to_is_told_with_the_cure(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(home.tempfile, "TemporaryFile", refuse)
    with pytest.raises(CannotStart, match="Permission denied"):
        home.prepare(home.locate(tmp_path / "home"))


def test_on_a_network_drive_captures_are_kept_on_the_local_disk(tmp_path):
    platform = OnNetworkDrive(tmp_path / "local")
    place = home.locate(tmp_path / "home", platform=platform)
    home.prepare(place)
    assert place.certs == tmp_path / "home" / "certs"
    assert place.captures.is_relative_to(tmp_path / "local")
    assert place.run.is_relative_to(tmp_path / "local")
    assert "is on a network drive (NFS)" in place.note
    assert home.locate(tmp_path / "other", platform=platform).captures != place.captures


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_a_local_folder_that_somebody_else_made_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "local").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotStart, match="belongs to somebody else"):
        home.prepare(home.locate(tmp_path / "home", platform=OnNetworkDrive(tmp_path / "local")))


def test_this_disk_is_a_local_one(tmp_path):
    assert isinstance(here().network_drive(tmp_path), str)
