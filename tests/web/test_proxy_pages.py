"""The pages that the proxy shows in people's own browsers: true, harmless under any site's address, and text for programs."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.engine.pages import PageAsk
from inspector.exchange.faults import FAULTS
from inspector.exchange.model import Fault
from inspector.web.proxy_pages import prepare, render, wants_html
from inspector.wire.rules import RULES

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PROBED = f"{'0' * 11}1.probe.inspector.test"
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' {{7*7}} \x1b[31m\r\nSet-Cookie: a=b"


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def ask(kind="fault", **more):
    usual = {"host": "shop.example", "port": 443, "path": "/", "method": "GET", "accept": HTML, "exchange_id": bytes(15) + b"\1",
             "dashboard_url": "http://inspector.localhost:8081", "ca_pem": b"-----BEGIN", "ca_der": b"DER"}  # fmt: skip
    return PageAsk(kind=kind, **usual | more)


def harmless(page):
    for tag, attributes in Elements(page.body.decode()).found:
        assert tag not in ("iframe", "link", "object", "form", "base")
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name == "href":
                assert value.startswith(("/", "http://inspector.localhost:8081", "http://inspector.test/"))
            if name == "src":  # of the welcome page alone, which no site can bring about
                assert (tag, value) in (("script", "/probe.js"), ("img", f"https://{PROBED}/probe.svg"))
    headers = dict(page.headers)
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"
    assert not any("\r" in value or "\n" in value for value in headers.values())


@pytest.mark.parametrize("code", [*FAULTS, *RULES, "of-the-future"])
@pytest.mark.parametrize("accept", [HTML, "*/*"])
def test_every_fault_has_its_page(code, accept):
    fault = Fault(code, "server", "response-head", 12, "the detail", "answered 502")
    page = render(ask(fault=fault, accept=accept))
    text = page.body.decode()
    assert 400 <= page.status < 600
    assert "{" not in text.partition("<body>")[2]
    assert f"/exchange/{'0' * 31}1" in text
    if accept == HTML:
        harmless(page)
    else:
        assert dict(page.headers)["Content-Type"].startswith("text/plain")
        assert "<" not in text.replace("<- this one", "")


def test_a_page_about_a_fault_loads_nothing():
    page = render(ask(fault=Fault("dns-unknown", "network", "dns")))
    assert not [tag for tag, _ in Elements(page.body.decode()).found if tag in ("script", "img")]
    assert "script-src" not in dict(page.headers)["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["fault", "welcome", "not-found"])
@pytest.mark.parametrize("accept", [HTML, "*/*", HOSTILE])
def test_whatever_a_site_says_is_only_text(kind, accept):
    fault = Fault("dns-failed", "network", "dns", None, HOSTILE, HOSTILE)
    page = render(
        ask(kind, host=HOSTILE, path=HOSTILE, method=HOSTILE, fault=fault, accept=accept, chain=(HOSTILE.encode(), b""),
            verify_code=20, verify_message=HOSTILE)
    )  # fmt: skip
    assert page.status == {"fault": 502, "welcome": 200, "not-found": 404}[kind]
    if accept == HTML:
        harmless(page)
    elif kind == "fault":
        assert b"\x1b" not in page.body


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.text(max_size=40),
    st.lists(st.binary(max_size=60), max_size=3).map(tuple),
)
def test_anything_gives_a_page(host, detail, accept, chain):
    fault = Fault("tls-untrusted", "server", "tls", None, detail)
    render(ask(host=host, accept=accept, fault=fault, chain=chain, verify_code=20, verify_message=detail))


def test_an_untrusted_certificate_says_which_check_and_where_it_looked():
    page = render(
        ask(
            fault=Fault("tls-untrusted", "server", "tls"),
            chain=(b"x",),
            verify_code=18,
            verify_message="self-signed",
            trust_store="the trust store of this computer",
        )
    )
    text = page.body.decode()
    assert page.status == 502
    for words in (
        "The check",
        "whether a trusted authority vouches for it",
        "Looked for in",
        "trust store",
        "ERR_CERT_AUTHORITY_INVALID",
    ):
        assert words in text


def test_the_welcome_page_knows_whether_the_browser_came_through_the_proxy():
    assert (
        "This browser goes through Inspector"
        in render(ask("welcome", host="inspector.test", port=80)).body.decode()
    )
    direct = render(ask("welcome", host="127.0.0.1", port=8080)).body.decode()
    assert "127.0.0.1:8080" in direct
    assert "a proxy\N{RIGHT SINGLE QUOTATION MARK}s address" in direct


@pytest.mark.parametrize(
    ("accept", "html"),
    [(HTML, True), ("text/html", True), ("TEXT/HTML;level=1", True), ("*/*", False), ("", False), ("text/html;q=0, */*", False),
     ("application/json", False), ("text/*", False)],
)  # fmt: skip
def test_html_is_for_who_asks_for_it(accept, html):
    assert wants_html(accept) == html


def test_it_can_be_prepared_in_a_thread():
    prepare()


def test_importing_it_brings_neither_flask_nor_jinja():
    code = "import sys, inspector.web.proxy_pages; print([m for m in ('flask', 'jinja2', 'werkzeug') if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
