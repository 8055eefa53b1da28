"""http://inspector.test: the certificate in every form, the steps for this very browser, and who may ask whether it is believed."""

from __future__ import annotations

import json
import plistlib
import re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from inspector.engine.pages import PageAsk
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.web import phones
from inspector.web.own_pages import may_ask
from inspector.web.proxy_pages import render

HTML = "text/html,*/*;q=0.8"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
DASHBOARD = "http://inspector.localhost:8081"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.load_or_create(tmp_path_factory.mktemp("certs"))


@pytest.fixture
def ask(authority):
    def ask(kind="welcome", proxies=("127.0.0.1:8080",), **more):
        usual = {"host": "inspector.test", "port": 80, "accept": HTML, "agent": FIREFOX, "exchange_id": bytes(16), "dashboard_url": DASHBOARD,
                 "ca_pem": authority.pem, "ca_der": authority.der}  # fmt: skip
        page = render(PageAsk(kind=kind, **usual | more), proxies)
        return page, dict(page.headers), page.body

    return ask


def test_the_steps_for_this_very_browser_come_first(ask):
    _, _, body = ask()
    text = body.decode()
    assert "Firefox on Linux: how to make it believe" in text
    assert text.index("View Certificates") < text.index("Other browsers and systems")
    assert "iPhone and iPad" in text
    _, _, body = ask(agent=IPHONE)
    assert "Safari on an iPhone or iPad: how to make it believe" in body.decode()
    assert body.index(b'href="/ca.mobileconfig">Load the profile') < body.index(b"Other browsers")


def test_every_form_of_the_certificate_is_the_certificate(ask, authority):
    for path in ("/ca.crt", "/ca.cer", "/ca.der"):
        _, headers, body = ask("ca", path=path)
        assert (headers["Content-Type"], body) == ("application/x-x509-ca-cert", authority.der)
    _, headers, body = ask("ca", path="/ca.pem")
    assert headers["Content-Disposition"] == 'attachment; filename="inspector-ca.pem"'
    assert body == authority.pem
    _, headers, body = ask("ca", path="/ca.p12")
    store = load_pkcs12(body, b"changeit")
    assert store.key is None
    assert store.additional_certs[0].certificate.public_bytes(Encoding.DER) == authority.der
    _, headers, body = ask("ca", path="/ca.mobileconfig?x=1")
    assert headers["Content-Type"] == "application/x-apple-aspen-config"
    assert plistlib.loads(body)["PayloadContent"][0]["PayloadContent"] == authority.der


def test_no_form_holds_the_key(ask, authority):
    key = (authority.folder / "ca-key.pem").read_bytes().splitlines()[1]
    for path in ("/ca.pem", "/ca.crt", "/ca.p12", "/ca.mobileconfig"):
        assert key not in ask("ca", path=path)[2]


def test_the_probe_tells_whose_it_is_and_how_it_was_asked(ask, authority):
    page, headers, body = ask(
        "probe", scheme="https", host="a.alone.inspector.test", origin="http://inspector.test", accept="*/*"
    )
    told = json.loads(body)
    assert told == {
        "inspector": True,
        "authority": authority.fingerprint,
        "secure": True,
        "alone": True,
        "limited": False,
    }
    assert (page.status, headers["Access-Control-Allow-Origin"]) == (200, "http://inspector.test")
    assert headers["Cache-Control"] == "no-store"
    assert headers["Vary"] == "Origin"


def test_a_practice_authority_says_so(ask, tmp_path):
    practice = Authority.create(tmp_path / "practice", Scope.parse(""))
    assert json.loads(ask("probe", ca_der=practice.der)[2])["limited"] is True


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("http://inspector.test", True), ("https://x.probe.inspector.test", True), (DASHBOARD, True), ("http://127.0.0.1:8081", True),
        ("http://localhost:5000", True), ("http://[::1]:8081", True), ("http://192.168.1.5:8081/set-up", True), ("http://shop.localhost", True),
        ("https://example.com", False), ("https://inspector.test.example.com", False), ("https://notinspector.test", False), ("null", False),
        ("http://93.184.216.34", False), ("", False), ("http://[", False),
    ],
)  # fmt: skip
def test_only_our_own_pages_may_ask(origin, may):
    assert may_ask(origin, DASHBOARD) is may


def test_other_sites_learn_nothing(ask):
    page, headers, _ = ask("probe", origin="https://example.com")
    assert page.status == 403
    assert "Access-Control-Allow-Origin" not in headers
    page, headers, _ = ask("picture", scheme="https", origin="https://example.com", mode="no-cors")
    assert page.status == 403
    assert ask("picture", scheme="https", mode="no-cors")[0].status == 403
    for kind in ("welcome", "ca", "script", "probe", "not-found", "start"):
        assert ask(kind, path="/ca.pem")[1]["Cross-Origin-Resource-Policy"] == "same-origin", kind


def test_without_script_there_is_an_image_with_the_answer(ask):
    _, _, body = ask(exchange_id=bytes.fromhex("0192" + "ab" * 14))
    [address] = re.findall(rb'<noscript>.*?<img src="([^"]+)"', body, re.DOTALL)
    assert address == b"https://abababababab.probe.inspector.test/probe.svg"
    page, headers, picture = ask(
        "picture",
        scheme="https",
        host="x.probe.inspector.test",
        origin="http://inspector.test/",
        mode="no-cors",
    )
    assert (page.status, headers["Content-Type"], headers["Cross-Origin-Resource-Policy"]) == (
        200,
        "image/svg+xml",
        "cross-origin",
    )
    assert "Yes: this browser accepts" in picture.decode()


def test_the_script_is_allowed_by_the_page_and_nothing_else_is(ask):
    policy = ask()[1]["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.replace("style-src 'unsafe-inline'", "")
    _, headers, body = ask("script", path="/probe.js")
    assert headers["Content-Type"].startswith("text/javascript")
    assert b"export async function examine" in body


def test_a_program_gets_the_same_as_text(ask, authority):
    _, headers, body = ask(agent="curl/8.5", accept="*/*")
    text = body.decode()
    assert headers["Content-Type"].startswith("text/plain")
    assert authority.fingerprint in text
    assert "/ca.mobileconfig" in text
    assert "https://000000000000.probe.inspector.test/probe" in text
    assert "<" not in text


# --- a phone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "found"),
    [
        (("127.0.0.1:8080",), ()), (("localhost:8080", "[::1]:8080"), ()), (("192.168.1.5:8080",), ("192.168.1.5:8080",)),
        (("127.0.0.1:1", "10.0.0.9:2"), ("10.0.0.9:2",)), (("[2001:db8::5]:3",), ("[2001:db8::5]:3",)), ((), ()),
    ],
)  # fmt: skip
def test_a_phone_reaches_what_is_not_loopback(proxies, found):
    assert phones.reachable(proxies) == found


def test_all_addresses_means_the_one_that_others_see(monkeypatch):
    monkeypatch.setattr(
        phones,
        "_own_addresses",
        lambda v6: ("192.168.1.5",) if not v6 else ("192.168.1.5", "2001:db8::5", "::1"),
    )
    assert phones.reachable(("0.0.0.0:8080",)) == ("192.168.1.5:8080",)
    assert phones.reachable(("[::]:8080",)) == ("192.168.1.5:8080", "[2001:db8::5]:8080")


def test_a_code_to_photograph_where_a_phone_can_reach_it(ask):
    _, _, body = ask(proxies=("192.168.1.5:8080",))
    assert b"<svg" in body
    assert b"http://192.168.1.5:8080/" in body
    _, _, body = ask()
    assert b"<svg" not in body
    assert b"A phone cannot reach this proxy" in body
    assert b"--listen 0.0.0.0:8080 --proxy-auth" in body


def test_at_the_door_a_phone_is_told_how_to_use_the_proxy(ask):
    _, _, body = ask(host="192.168.1.5", port=8080, agent=IPHONE, proxies=("0.0.0.0:8080",))
    text = body.decode()
    assert "server <code>192.168.1.5</code>, port <code>8080</code>" in text
    assert 'data-through="ask"' in text
    assert "user name and password" in text
    assert "inspector.localhost" not in text  # a phone cannot open it
    here = ask(host="127.0.0.1", port=8080)[2].decode()
    assert "user name and password" not in here
    assert f'href="{DASHBOARD}"' in here
    assert 'data-through="yes"' in ask()[2].decode()
