"""The bad-TLS lab through the whole product: each site gives its cause on the page, in the exchange and in the verdict; programs that go there by
themselves see the same; browsers of `inspector browse` open the good one without a warning."""

from __future__ import annotations

import html
import re
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from e2e_running import Dashboard, Running, Start, until
from test_browse import LONGEST, Browse

from inspector.explain.remedies import REMEDIES
from inspector.lab.badtls.cases import BY_LABEL, CASES, DOMAIN, Case
from inspector.pki.reasons import REASONS, browser_names

EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
BAD = pytest.mark.parametrize("case", [case for case in CASES if case.reason], ids=lambda case: case.label)


@pytest.fixture(scope="module", autouse=True)
def asks_for_pages(visitor: requests.Session) -> None:
    visitor.headers["Accept"] = "text/html"


def newest(dashboard: Dashboard, host: str) -> dict[str, Any]:
    """The newest row of that host that has ended."""

    def look() -> dict[str, Any] | None:
        rows = dashboard.json("/api/v1/exchanges?limit=200")["rows"]
        return next(
            (row for row in reversed(rows) if row["host"] == host and row["state"] in {"done", "failed"}),
            None,
        )

    return until(look, f"a row of {host}")


def words(page: str) -> str:
    return re.sub(
        r"\s+", " ", html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))
    )


@EVERY
def test_its_cause_is_on_the_page_and_in_the_exchange(
    visitor: requests.Session, dashboard: Dashboard, case: Case
) -> None:
    answer = visitor.get(case.url)
    exchange = dashboard.exchange(newest(dashboard, case.host)["id"])
    assert "local-site" in {decision["code"] for decision in exchange["decisions"]}
    if case.is_good:
        assert (answer.status_code, exchange["fault"]) == (200, None)
        assert "Everything is right with this site" in answer.text
        return
    assert answer.status_code == 502
    assert exchange["fault"]["code"] == case.fault
    said = words(answer.text)
    if not case.reason:
        assert exchange["fault"]["sentence"] in said
        return
    reason, remedy = REASONS[case.reason], REMEDIES[case.reason]
    for part in re.split(r"\{\w+\}", reason.sentence) + "`".join(remedy).split("`"):
        assert part.strip(" ,.()") in said
    assert all(name in said for name in (reason.chromium, reason.firefox))


@BAD
def test_the_page_of_its_certificates_crosses_the_check_that_failed(
    visitor: requests.Session, dashboard: Dashboard, case: Case
) -> None:
    visitor.get(case.url)
    found = dashboard.exchange(newest(dashboard, case.host)["id"])
    connection = dashboard.json(f"/api/v1/connections/{found['server_leg']['connection']}")
    assert connection["tls"]["verified"] is False
    page = dashboard.get(f"/exchange/{found['id']}/chains").text
    crossed = words("".join(re.findall(r'<li class="finding finding-bad">.*?</dl>', page, re.DOTALL)))
    assert all(name in crossed for name in browser_names(case.reason) if name)
    for sentence in REMEDIES[case.reason]:
        assert all(part.strip(" ,.()") in crossed for part in sentence.split("`"))
    assert "The practice sites' own trust store" in words(
        page
    ) or "Nobody in the practice sites' own trust store" in words(page)


def test_plain_http_and_the_files_that_certificates_point_to_pass_too(visitor: requests.Session) -> None:
    assert "The bad-TLS lab" in visitor.get(f"http://{DOMAIN}/").text
    assert visitor.get(f"http://{DOMAIN}/crl").headers["content-type"] == "application/pkix-crl"
    assert visitor.get(f"https://{DOMAIN}/").status_code == 200


def test_a_name_that_the_lab_does_not_have_is_told_so(visitor: requests.Session) -> None:
    answer = visitor.get(f"https://nobody.{DOMAIN}/")
    assert answer.status_code == 502
    assert "unrecognized_name" in answer.text


def test_with_the_certificate_that_the_lab_hands_out_inspector_gets_in(
    start_briefly: Start, tmp_path: Path
) -> None:
    case, home, file = BY_LABEL["client-certificate"], tmp_path / "home", tmp_path / "visitor.pem"
    first = start_briefly(home=home).wait_until_ready()
    file.write_bytes(
        requests.get(
            f"http://{DOMAIN}/client-certificate.pem", proxies={"http": first.proxy_url}, timeout=20
        ).content
    )
    assert first.stop() == 0
    second = start_briefly("--client-cert", f"{case.host}={file}", home=home).wait_until_ready()
    answer = requests.get(case.url, proxies={"https": second.proxy_url}, verify=str(second.ca), timeout=20)
    assert answer.status_code == 200
    assert "This site let you in" in answer.text


# --- by themselves ---------------------------------------------------------------------------------------

OPENSSL_SAYS = {
    "expired": 10,
    "not-yet-valid": 9,
    "wrong-host": 62,
    "no-san": 0,
    "self-signed": 18,
    "unknown-root": 19,
    "missing-intermediate": 20,
    "ca-flag-missing": 79,
    "name-constraint": 47,
    "weak-key": 66,
    "sha1": 68,
    "revoked": 23,
}  # fmt: skip  (the table says why it takes no-san)


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")
@BAD
def test_openssl_by_itself_says_the_same(running: Running, case: Case) -> None:
    done = subprocess.run(
        ["openssl", "s_client", "-connect", running.ask_status()["lab"][1], "-servername", case.host, "-verify_hostname", case.host,
         "-CAfile", running.home / "lab" / "lab-root.pem", "-crl_check", "-verify_return_error", "-no_ign_eof",
         "-verifyCAfile", running.home / "lab" / "lab-root.pem"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    found = re.search(r"verify error:num=(\d+)", done.stdout + done.stderr)
    assert int(found[1] if found else 0) == OPENSSL_SAYS[case.label], done.stdout + done.stderr


@pytest.mark.clients
@EVERY
def test_curl_by_itself_is_refused_or_served(
    running: Running, client_path: dict[str, str], case: Case
) -> None:
    root = str(running.home / "lab" / "lab-root.pem")
    done = subprocess.run(
        [client_path["curl"], "-q", "--silent", "--show-error", "--tlsv1.2", "--cacert", root, "--crlfile", root,
         "--connect-to", f"::{running.ask_status()['lab'][1]}", case.url],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    if case.is_good or case.label == "no-san":  # curl still looks at the common name: the table says so
        assert done.returncode == 0, done.stderr
        return
    if ssl.OPENSSL_VERSION_INFO < (3,) and case.label in {"weak-key", "sha1"}:
        return
    assert done.returncode in {35, 51, 56, 60}, (done.returncode, done.stderr)


# --- in captured windows ---------------------------------------------------------------------------------


TRUST = {
    "chromium": "This window was told to accept the stand-in, it doesn't know the authority.",
    "firefox": "This captured window trusts Inspector's authority",
}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("browser", ["chromium", "firefox"])
@pytest.mark.parametrize("label", ["good", "expired"])
def test_a_captured_window_opens_it_without_a_warning(
    running: Running, dashboard: Dashboard, tmp_path_factory: pytest.TempPathFactory, browser: str, label: str
) -> None:
    """The window shows what came, the site's page or Inspector's: a browser that warned would have sent no request at all."""
    if not shutil.which(browser):
        pytest.skip(f"there is no {browser}")
    case = BY_LABEL[label]
    before = {row["id"] for row in dashboard.rows()}
    window = Browse(running, tmp_path_factory.mktemp("p"), "--browser", browser, case.url)
    try:
        assert window.told()["open"] is True

        def look() -> dict[str, Any] | None:
            rows = (row for row in dashboard.rows() if row["id"] not in before)
            return next((row for row in rows if row["host"] == case.host and row["path"] == "/"), None)

        row = until(look, f"{case.url} on the dashboard", LONGEST)
        assert (row["status"], row["method"]) == (200 if case.is_good else 502, "GET")
        assert row["agent"].lower().startswith(("chrom", "firefox"))
        assert TRUST[browser] in words(dashboard.get(f"/exchange/{row['id']}/chains").text)
    finally:
        window.clean_up()
