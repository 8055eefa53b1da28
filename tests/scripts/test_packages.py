"""What is in an sdist and a wheel: all that is needed, and never a key."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

SECRET = "-----BEGIN PRIVATE KEY-----"
PRIVATE = (
    "certs/ca-key.pem",
    "certs/ca-intermediate.pem",
    "certs/old-2026-01-01/ca-key.pem",
    "captures/index.db",
    "run/web-secret",
    "run/inspector.log",
    "control.db",
    "lab/badtls.json",
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory, checkout):
    """An sdist and a wheel, built from a checkout that has been used."""
    used = tmp_path_factory.mktemp("used")
    if not (checkout / ".git").exists():
        pytest.skip("this is no git checkout")
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, told.stdout.split("\0")):
        if (checkout / name).is_file():
            (used / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(checkout / name, used / name)
    shutil.copytree(checkout / "inspector/web/static/dist", used / "inspector/web/static/dist")
    for name in PRIVATE:
        (used / name).parent.mkdir(exist_ok=True)
        (used / name).write_text(SECRET)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", str(used / "built"), str(used)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return used / "built"


@pytest.fixture
def sdist(packages) -> dict[str, bytes]:
    with tarfile.open(next(packages.glob("*.tar.gz"))) as archive:
        files = [member for member in archive.getmembers() if member.isfile()]
        return {str(Path(*Path(one.name).parts[1:])): archive.extractfile(one).read() for one in files}


@pytest.fixture
def wheel(packages) -> dict[str, bytes]:
    with zipfile.ZipFile(next(packages.glob("*.whl"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_nothing_private_is_in_a_package(kind, request):
    files = request.getfixturevalue(kind)
    for name, content in files.items():
        assert name not in PRIVATE
        assert SECRET.encode() not in content or name.startswith(("tests/", "docs/"))
    assert not [name for name in files if "node_modules" in name or name.endswith(".pyc")]


def test_the_wheel_has_pages_scripts_and_styles(wheel):
    assert "inspector/templates/base.html" in wheel
    assert "inspector/templates/lab/base.html" in wheel
    assert "inspector/lab/badtls/cases.py" in wheel
    assert "inspector/web/static/dist/manifest.json" in wheel
    assert "inspector/py.typed" in wheel
    [names] = [content.decode() for name, content in wheel.items() if name.endswith("/entry_points.txt")]
    assert "[pytest11]\ninspector = inspector.testing.plugin" in names
    assert not [name for name in wheel if name.startswith(("tests/", "scripts/", "certs/"))]


def test_the_sdist_has_all_to_build_and_test_from(sdist):
    for name in (
        "pyproject.toml",
        "LICENSE",
        "README.md",
        "templates/base.html",
        "scripts/run",
        "certs/README.md",
    ):
        assert name in sdist
    assert "inspector/web/static/dist/manifest.json" in sdist
