"""What the lab keeps from start to start: private, whole, fresh, or made anew."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from inspector.lab.badtls.cases import CASES
from inspector.lab.badtls.kept import FRESH_FOR, VERSION, load_or_make

START = 1_790_000_000.0


def at(seconds):
    return lambda: START + seconds


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "lab"


def test_the_second_start_finds_what_the_first_made(folder):
    first = load_or_make(folder, at(0))
    assert load_or_make(folder, at(FRESH_FOR - 1)) == first
    assert first.sites.keys() == {case.label for case in CASES}
    assert (folder / "lab-root.pem").read_bytes() == first.root


def test_it_is_made_anew_when_it_is_no_longer_fresh(folder):
    first = load_or_make(folder, at(0))
    second = load_or_make(folder, at(FRESH_FOR))
    assert second.root != first.root
    assert (folder / "lab-root.pem").read_bytes() == second.root
    assert load_or_make(folder, at(FRESH_FOR + 1)) == second


def test_it_is_made_anew_when_the_clock_was_set_back(folder):
    first = load_or_make(folder, at(0))
    assert load_or_make(folder, at(-10)).root != first.root


@pytest.mark.parametrize("keep", [0, 1, 64, 65, 100, 10_000, -1])
def test_a_file_that_was_cut_off_is_made_anew(folder, keep):
    first = load_or_make(folder, at(0))
    path = folder / "badtls.json"
    path.write_bytes(path.read_bytes()[:keep])
    second = load_or_make(folder, at(1))
    assert second.root != first.root
    assert load_or_make(folder, at(2)) == second


@pytest.mark.parametrize("place", [3, 80, 9_000])
def test_a_changed_byte_is_noticed(folder, place):
    first = load_or_make(folder, at(0))
    path = folder / "badtls.json"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert load_or_make(folder, at(1)).root != first.root


def test_a_file_of_another_version_is_made_anew(folder, monkeypatch):
    first = load_or_make(folder, at(0))
    monkeypatch.setattr("inspector.lab.badtls.kept.VERSION", VERSION + 1)
    assert load_or_make(folder, at(1)).root != first.root


@pytest.mark.parametrize("damage", [None, b"", b"nonsense"])
def test_the_roots_own_file_is_put_right(folder, damage):
    first = load_or_make(folder, at(0))
    root = folder / "lab-root.pem"
    root.unlink() if damage is None else root.write_bytes(damage)
    assert load_or_make(folder, at(1)) == first
    assert root.read_bytes() == first.root


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_its_keys_are_private_even_under_an_open_umask(folder):
    before = os.umask(0)
    try:
        load_or_make(folder, at(0))
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "badtls.json").stat().st_mode & 0o777 == 0o600
    (folder / "badtls.json").chmod(0o644)
    load_or_make(folder, at(1))
    assert (folder / "badtls.json").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(OSError, match="data"):
        load_or_make(tmp_path / "data" / "lab", at(0))


def test_a_start_that_finds_everything_loads_nothing_dear(folder):
    load_or_make(folder, at(0))
    program = (
        "import sys; from pathlib import Path; from inspector.lab import doors; from inspector.lab.badtls import identities, pages, site; "
        "from inspector.lab.badtls.kept import load_or_make; "
        f"kept = load_or_make(Path(sys.argv[1]), lambda: {START + 5}); identities.Identities(kept).choose(''); "
        "print(sorted({'cryptography', 'jinja2', 'flask', 'sqlalchemy'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "[]\n", done.stderr
