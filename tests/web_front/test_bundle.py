"""The bundle: made from pinned packages, made once, and clear about why when it can't be made."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "inspector" / "web" / "frontend"


def test_every_package_is_pinned_and_no_registry_is_named() -> None:
    about = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    for version in (about["dependencies"] | about["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    lock = (FRONTEND / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    packages = json.loads(lock)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_every_icon_that_a_page_asks_for_is_in_the_sprite() -> None:
    icons = set((FRONTEND / "icons.txt").read_text("utf-8").split())
    for template in (ROOT / "templates").rglob("*.html"):
        asked = set(re.findall(r'\bicon\("([\w-]+)"\)', template.read_text("utf-8")))
        assert asked <= icons, template.name


def test_a_second_build_does_nothing(bundle: Path, build_assets: ModuleType) -> None:
    before = (bundle / "manifest.json").stat().st_mtime_ns
    assert build_assets.is_current()
    assert build_assets.build() is False
    assert (bundle / "manifest.json").stat().st_mtime_ns == before


def test_the_manifest_names_what_lies_there(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text("utf-8"))
    assert {"app.css", "app.js", "traffic.js", "feed-worker.js", "icons.svg"} <= set(manifest)
    assert all((bundle / name).is_file() for name in manifest.values())
    assert "Atkinson" in (bundle / "licences.txt").read_text("utf-8")


def test_the_bundle_asks_nobody_else_for_anything(bundle: Path) -> None:
    for sheet in bundle.glob("*.css"):
        assert "//" not in re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    for script in bundle.glob("*.js"):
        assert not re.search(r"""(?:fetch|import)\(["']https?:""", script.read_text("utf-8"))


def test_changed_sources_make_the_bundle_old(
    bundle: Path, build_assets: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    (static / "css" / "app.css").write_text("a {}", "utf-8")
    monkeypatch.setattr(build_assets, "STATIC", static)
    monkeypatch.setattr(build_assets, "ROOT", ROOT)
    monkeypatch.setattr(build_assets, "sources", lambda: [ROOT / "README.md"])
    assert not build_assets.is_current()


def test_without_npm_s_packages_and_network_it_says_the_cure(tmp_path: Path) -> None:
    """In a copy of the checkout, with a registry that isn't there."""
    for part in ("scripts/build_assets.py", *("inspector/web/frontend/" + name for name in (
        "package.json", "package-lock.json", "build.mjs", "icons.txt", ".npmrc"))):  # fmt: skip
        copy = tmp_path / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / part).read_bytes())
    nowhere = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0",
               "npm_config_cache": str(tmp_path / "cache"), "npm_config_userconfig": str(tmp_path / "none")}  # fmt: skip
    import os

    done = subprocess.run(
        [sys.executable, str(tmp_path / "scripts" / "build_assets.py")],
        env={**os.environ, **nowhere}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "npm could not fetch the dashboard's packages" in done.stderr
    assert "Cure:" in done.stderr
    assert not (tmp_path / "inspector/web/frontend/.building").exists()
