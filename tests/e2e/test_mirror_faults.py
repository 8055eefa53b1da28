"""--mirror-faults in real browsers that trust the authority: each of the lab's sites gets the name that they have for it without Inspector."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e_running import Running, Start
from playwright.sync_api import Browser, Error

sys.path.insert(0, str(Path(__file__).parents[1] / "lab"))  # the lab's tests know how to ask a Firefox

import firefox

from inspector.lab.badtls.cases import CASES, Case

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        not shutil.which("certutil"), reason="there is no certutil (Debian: apt install libnss3-tools)"
    ),
]
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)

# What they call it where it cannot be the same: see docs/certificates.md. The client's certificate is Inspector's affair: it shows a page.
FIREFOX = {"name-constraint": "SEC_ERROR_UNKNOWN_ISSUER", "client-certificate": ""}
CHROMIUM = {"missing-intermediate": "ERR_CERT_AUTHORITY_INVALID", "client-certificate": ""}


@pytest.fixture(scope="module")
def mirroring(start_running: Start) -> Running:
    return start_running("--mirror-faults").wait_until_ready()


@pytest.fixture(scope="module")
def fox(mirroring: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[firefox.Firefox]:
    if not firefox.find_firefox():
        pytest.skip("there is no Firefox (Debian: apt install firefox-esr)")
    with firefox.running(tmp_path_factory.mktemp("firefox"), mirroring.ca, mirroring.door[1]) as fox:
        yield fox


@pytest.fixture(scope="module")
def chromium(mirroring: Running, chromium_believing: Callable[..., Browser]) -> Iterator[Browser]:
    browser = chromium_believing(mirroring.ca, f"--proxy-server={mirroring.proxy}")
    yield browser
    browser.close()


@EVERY
def test_firefox_calls_it_by_its_name(fox: firefox.Firefox, case: Case) -> None:
    assert fox.visit(case.url) == FIREFOX.get(case.label, case.firefox)


@EVERY
def test_chromium_calls_it_by_its_name(chromium: Browser, case: Case) -> None:
    page = chromium.new_page()
    try:
        page.goto(case.url)
        said = ""
    except Error as error:
        said = error.message
    finally:
        page.close()
    expected = CHROMIUM.get(case.label, case.chromium)
    assert (f"net::{expected} " in said) if expected else said == "", said
