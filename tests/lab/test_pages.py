"""The lab's pages and files: complete in themselves, safe, and what the certificates point to."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from cryptography import x509

from inspector.lab.badtls.cases import BY_LABEL, CASES, DOMAIN

FILES = {
    "/lab-root.pem": "application/x-pem-file",
    "/client-certificate.pem": "application/x-pem-file",
    "/client-certificate.p12": "application/x-pkcs12",
    "/ca/intermediate.cer": "application/pkix-cert",
    "/ca/unsent.cer": "application/pkix-cert",
    "/intermediate.cer": "application/pkix-cert",
    "/crl/intermediate.crl": "application/pkix-crl",
    "/crl": "application/pkix-crl",
}


def test_the_first_page_lists_every_case(lab):
    page = lab.get()
    assert page.status == 200
    for case in CASES:
        assert f'href="{case.url}"' in page.text
        for name in filter(None, (case.chromium, case.firefox)):
            assert name in page.text


def test_what_the_first_page_leads_to_is_there(lab):
    for path in re.findall(r'href="(/[^"]*)"', lab.get().text):
        assert lab.get(path=path).status == 200, path


@pytest.mark.parametrize(("path", "media"), FILES.items())
def test_a_file_has_its_kind(lab, path, media):
    reply = lab.get(path=path)
    assert (reply.status, reply.fields["content-type"]) == (200, media)
    assert reply.fields["x-content-type-options"] == "nosniff"
    assert ("attachment" in reply.fields.get("content-disposition", "")) == path.endswith(("pem", "p12"))


def test_the_files_are_what_they_say(lab):
    root = x509.load_pem_x509_certificate(lab.get(path="/lab-root.pem").body)
    above = x509.load_der_x509_certificate(lab.get(path="/ca/intermediate.cer").body)
    above.verify_directly_issued_by(root)
    assert len(list(x509.load_der_x509_crl(lab.get(path="/crl").body))) == 1


@pytest.mark.parametrize("label", ["good", "expired", "revoked", "sha1"])
def test_each_site_says_what_it_is(lab, label):
    case = BY_LABEL[label]
    page = lab.get(case.host, tls=True)
    assert page.status == 200
    assert "TLS 1.3" in page.text
    if not case.is_good:
        assert case.wrong.partition("'")[0] in page.text
        assert "a browser should have stopped" in page.text


def test_over_http_a_site_says_that_there_is_nothing_to_see(lab):
    page = lab.get(BY_LABEL["expired"].host)
    assert page.status == 200
    assert BY_LABEL["expired"].url in page.text


@pytest.mark.parametrize(
    ("host", "path"),
    [(f"nonsense.{DOMAIN}", "/"), (DOMAIN, "/x"), (BY_LABEL["good"].host, "/crl")],
)
def test_what_is_not_there_is_a_404_that_leads_on(lab, host, path):
    page = lab.get(host, path)
    assert page.status == 404
    assert f"http://{DOMAIN}/" in page.text


def every_page(lab):
    yield lab.get()
    yield lab.get(path="/nothing")
    yield lab.get(f"nonsense.{DOMAIN}")
    yield lab.get(BY_LABEL["good"].host)
    for label in ("good", "expired", "weak-key"):
        yield lab.get(BY_LABEL[label].host, tls=True)


def test_no_page_loads_anything_and_its_policy_holds_it_to_that(lab):
    for page in every_page(lab):
        policy = page.fields["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        [style] = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
        assert not re.search(r"<script|\bsrc=|\bstyle=|@import|url\(", page.text)
        assert page.fields["cache-control"] == "no-store"


def test_what_a_visitor_sends_is_text(lab):
    page = lab.get(path="/<script>alert(1)</script>")
    assert page.status in {400, 404}
    assert b"<script>" not in page.body
    page = lab.get(path="/%3Cscript%3E'\"&amp;")
    assert b"<script>" not in page.body
