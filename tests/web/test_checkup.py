"""Set-up check, and browsers and phones: what the checks found, what this browser may ask, and how a refused try is explained."""

from __future__ import annotations

import pytest
from web_fakes import FakeCaptures, FakeSettings, made, number

from inspector.exchange.model import Connection, Fault, HandshakeMessage, Leg, Message, Tls
from inspector.explain.findings import Finding
from inspector.pki.authority import Authority
from inspector.web import checkup as web_checkup
from inspector.web.app import create_app, create_dashboard
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

HOST = "http://inspector.localhost:8081"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
TRIED = "a1b2c3.probe.inspector.test"
FOUND = (
    Finding(
        "running",
        "inspector",
        "Inspector is running",
        "good",
        "All of its processes are at work.",
        evidence=("process 5",),
    ),
    Finding(
        "key",
        "trust",
        "The authority's key is yours alone",
        "bad",
        "Others may read it.",
        "`chmod 600 <key>`",
    ),
    Finding("stores", "trust", "A trust store believes it", "open", "None does."),
    Finding("quic", "way", "Nothing goes past it", "caution", "Some may."),
)


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("check")
    authority = Authority.load_or_create(folder / "certs")
    captures = FakeCaptures()
    captures.failure_for = lambda host: next(
        (row for row in captures.rows() if row.host == host and row.kind == "tls"), None
    )
    settings = WebSettings(
        run=str(folder),
        certs=str(folder / "certs"),
        ca_path=str(authority.path),
        proxies=("192.168.1.5:8080",),
    )
    app = create_dashboard(settings, captures, FakeSettings(), lambda: (), check_up=lambda: FOUND).app
    return app, Keys.load_or_create(folder), captures, authority


@pytest.fixture
def visit(parts, monkeypatch):
    app, keys, captures, _ = parts
    captures.exchanges.clear()
    monkeypatch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")
    monkeypatch.setattr(web_checkup, "WITHIN", 0.0)
    client = app.test_client()
    client.get("/sign-in", base_url=HOST, query_string={"ticket": keys.mint()})
    return lambda path, **more: client.get(path, base_url=HOST, headers={"User-Agent": FIREFOX}, **more)


def test_the_page_comes_at_once_and_the_checks_after_it(visit, parts):
    page = visit("/set-up/check").get_data(as_text=True)
    assert 'hx-get="/set-up/check/results"' in page
    assert "Others may read it." not in page
    assert f'data-probe="{parts[3].fingerprint}"' in page
    assert "Firefox on Linux" in page
    results = visit("/set-up/check/results").get_data(as_text=True)
    assert "<html" not in results
    assert "Something stands in the way." in results


def test_what_is_wrong_comes_first_with_its_cure(visit):
    page = visit("/set-up/check?now=1").get_data(as_text=True)
    order = [
        "To look at first",
        "Others may read it.",
        "<code>chmod 600 &lt;key&gt;</code>",
        "Some may.",
        "Inspector itself",
        "Whom programs believe",
        "None does.",
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert page.count("Others may read it.") == 1


def test_only_these_pages_may_ask_the_names_of_the_tries(visit):
    for path in ("/set-up/check", "/set-up/browsers"):
        policy = visit(path).headers["Content-Security-Policy"]
        assert (
            "connect-src 'self' http://*.probe.inspector.test https://*.probe.inspector.test https://*.alone.inspector.test;"
            in policy
        )
        assert "script-src 'self';" in policy
    assert "probe" not in visit("/set-up").headers["Content-Security-Policy"]


def test_the_same_as_json(visit):
    told = visit("/api/v1/check").get_json()
    assert told["state"] == "bad"
    assert [each["id"] for each in told["findings"]] == ["running", "key", "stores", "quic"]


def refused():
    tls = Tls(
        sni=TRIED, alert="unknown_ca", alert_by="client", offered_versions=("TLS 1.3",), offered_ciphers=(0x1301, 0x1303, 0x1302),
        handshake=(HandshakeMessage("server", 22, 11, 900, 0.001), HandshakeMessage("client", 21, 48, 2, 0.01)),
    )  # fmt: skip
    asked = b"CONNECT a:443 HTTP/1.1\r\n\r\n"
    exchange = made(
        2, kind="tls", state="failed", fault="tls-client-alert", host=TRIED, agent="Firefox 153", server_leg=None,
        client_leg=Leg(number(902), Message(asked)), error=Fault("tls-client-alert", "client", "tls", None, "unknown_ca", "closed"),
    )  # fmt: skip
    return exchange, Connection(
        number(902), "client", 0.0, "127.0.0.1", 5, "127.0.0.1", 8080, TRIED, "", tls, asked
    )


def test_a_refused_try_says_how_its_handshake_ended(visit, parts):
    exchange, connection = refused()
    parts[2].add(exchange)
    parts[2].connections[number(902)] = connection
    told = visit(f"/set-up/check/cause?host={TRIED}").get_json()
    assert (told["seen"], told["code"]) == (True, "untrusted")
    assert "It sent unknown_ca (48)." in told["more"]
    parts[2].gone.add(exchange.id)
    assert visit(f"/set-up/check/cause?host={TRIED}").get_json() == {"seen": True}
    parts[2].gone.clear()


def test_a_try_that_never_came_says_so(visit):
    assert visit(f"/set-up/check/cause?host={TRIED}").get_json() == {"seen": False}


@pytest.mark.parametrize("host", ["", "shop.example", "probe.inspector.test.example.com"])
def test_only_tries_are_asked_about(visit, host):
    assert visit(f"/set-up/check/cause?host={host}").get_json() == {"seen": None}


def test_browsers_and_phones(visit, parts):
    page = visit("/set-up/browsers").get_data(as_text=True)
    assert (
        page.index("For Firefox on Linux:")
        < page.index("View Certificates")
        < page.index("Other browsers and systems")
    )
    assert 'href="/certificates/authority.pem"' in page
    assert 'href="/certificates/authority.mobileconfig"' in page
    assert "http://192.168.1.5:8080/" in page
    assert "<svg" in page
    assert parts[3].fingerprint in page


def test_without_checks_the_page_still_asks_the_browser(parts, tmp_path, monkeypatch):
    monkeypatch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")
    app = create_app(
        WebSettings(run=str(tmp_path), certs=str(tmp_path / "none")),
        FakeCaptures(),
        FakeSettings(),
        lambda: (),
    )
    client = app.test_client()
    client.get("/sign-in", base_url=HOST, query_string={"ticket": Keys.load_or_create(tmp_path).mint()})
    page = client.get("/set-up/check?now=1", base_url=HOST).get_data(as_text=True)
    assert "started without them" in page
    assert "data-probe" not in page.partition("</head>")[2].partition("<noscript>")[0]
    page = client.get("/set-up/browsers", base_url=HOST).get_data(as_text=True)
    assert "A phone cannot reach this proxy" in page
