"""A real Chromium and a real Firefox with their own lists: they believe a practice authority inside its scope, and nobody outside,
however the leaf came about; and after `untrust` not even inside.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Error

from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.leaves import Leaves
from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.browsers import nss_stores
from inspector.pki.trust_stores.model import Anchor

sys.path.insert(0, str(Path(__file__).parent))  # `sites` is a module of its own

from sites import Site, stolen

INSIDE, OUTSIDE = "shop.inspector.test", "bank.example"
PREFERENCES = {
    "network.dns.localDomains": f"{INSIDE},{OUTSIDE}",
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.security.https_first": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]


@pytest.fixture
def practice(tmp_path):
    return Authority.create(tmp_path / "practice", Scope.parse(""))


@pytest.fixture
def anchor(practice):
    return Anchor(practice.certificate, practice.path)


@pytest.fixture
def inside(practice):
    site = Site(Leaves(practice).make(INSIDE).context)
    yield site
    site.close()


@pytest.fixture
def outside(practice):
    site = Site(stolen(practice, OUTSIDE))
    yield site
    site.close()


@pytest.fixture
def environment(real):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return {**kept, "HOME": str(real.home)}


def store_of(machine, id):
    return next(store for store in nss_stores(machine) if store.id == id)


def take_out(store, anchor, machine):
    assert acts.untrust(store, anchor, lambda held: held.current, machine).proof.holds


# --- Chromium --------------------------------------------------------------------------------------------


@pytest.fixture
def chromium(playwright, environment, chromium_path, chromium_arguments, tmp_path):
    """What a freshly started Chromium makes of these sites: the page, or its name for what is wrong."""

    def look(*sites):
        window = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=chromium_path, env=environment,
            args=[*chromium_arguments, "--host-resolver-rules=MAP * 127.0.0.1"],
        )  # fmt: skip
        found = [shown(window.pages[0], f"https://{host}:{site.port}/") for host, site in sites]
        window.close()
        return found

    return look


def shown(page, url):
    try:
        return page.goto(url).text()
    except Error as error:
        return re.search(r"ERR_\w+", error.message)[0]


def test_chromium(real, anchor, inside, outside, chromium, certutil):  # noqa: PLR0917 (fixtures)
    store = store_of(real, "chromium")
    assert acts.trust(store, anchor, None, real).proof.holds
    assert chromium((INSIDE, inside), (OUTSIDE, outside)) == ["BELIEVED", "ERR_CERT_INVALID"]
    take_out(store, anchor, real)
    assert chromium((INSIDE, inside)) == ["ERR_CERT_AUTHORITY_INVALID"]


# --- Firefox ---------------------------------------------------------------------------------------------


@pytest.fixture
def profile(real):
    folder = real.home / ".mozilla" / "firefox" / "a.default"
    folder.mkdir(parents=True)
    lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines))
    (folder.parent / "profiles.ini").write_text("[Profile0]\nIsRelative=1\nPath=a.default\n")
    return folder


@pytest.fixture
def firefox(environment, profile, tmp_path):
    """Start a Firefox on a site until that has been asked for a page, or been refused; whether it was asked."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("there is no Firefox")

    def visit(host, site):
        site.believed = False
        site.settled.clear()
        picture = str(tmp_path / "picture.png")
        process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", str(profile), "--screenshot", picture, f"https://{host}:{site.port}/"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert site.settled.wait(90)  # Firefox makes no picture of its error pages, and waits for ever
        finally:
            process.terminate()
            process.wait(30)
        return site.believed

    return visit


def test_firefox(real, anchor, inside, outside, firefox, certutil):  # noqa: PLR0917 (fixtures)
    store = store_of(real, "firefox:a.default")
    assert acts.trust(store, anchor, None, real).proof.holds
    assert firefox(INSIDE, inside)
    assert not firefox(OUTSIDE, outside)
    take_out(store, anchor, real)
    assert not firefox(INSIDE, inside)
