"""Each check of the set-up check, on homes and computers made for it: the right state, and a cure where one is needed."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
from contextlib import closing
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from inspector import __version__
from inspector.app.browsers.kinds import KINDS, Browser, Ordered
from inspector.app.doctor import names as doctor_names
from inspector.app.doctor import stores as doctor_stores
from inspector.app.doctor.case import Case, Seen
from inspector.app.doctor.table import CHECKS, examine
from inspector.app.home import locate, prepare
from inspector.app.notice import Running
from inspector.app.platform import UpstreamProxy
from inspector.exchange.model import Connection, Decision, Exchange, Leg, Message, Timeline, Tls
from inspector.explain.findings import GROUPS, worst
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.trust_stores.model import Held, Look
from inspector.store.captures import Row
from inspector.store.status import Status

NOW = 1_795_400_000.0


class Platform:
    def __init__(self):
        self.proxy = None
        self.holder = ""

    def system_proxy(self):
        return self.proxy

    def who_listens(self, port):
        return self.holder

    def network_drive(self, folder):
        return ""


class Browsers:
    def __init__(self):
        self.found = [Browser(KINDS["chromium"], ("chromium",))]
        self.ordered = []

    def installed(self):
        return self.found

    def orders(self, browser):
        return self.ordered


@pytest.fixture
def browsers(monkeypatch):
    made = Browsers()
    monkeypatch.setattr("inspector.app.browsers.here", lambda: made)
    return made


@pytest.fixture
def home(tmp_path):
    place = locate(tmp_path / "home", platform=Platform())
    prepare(place)
    return place


def running(**more):
    usual = {
        "pid": os.getpid(), "version": __version__, "started": NOW - 60, "home": "h", "listen": ("127.0.0.1:8080",), "web": ("127.0.0.1:8081",),
        "web_name": "inspector.localhost", "dashboard": "http://inspector.localhost:8081/", "children": {"engine": 77}, "restarts": {"engine": 0},
    }  # fmt: skip
    return Running(**usual | more)


@pytest.fixture
def case(home, browsers):
    """A case whose parts are what the test says: case(running=…, rows=…)."""
    made = []

    def make(environment=None, terminal=True, **parts):
        case = Case(home, Platform(), environment=environment or {}, clock=lambda: NOW, terminal=terminal)
        usual = {
            "running": running(),
            "boards": (board(),),
            "rows": (),
            "seen": (),
            "settings": {"capturing": True},
            "captures": None,
        }
        case.__dict__.update(usual | parts)
        made.append(case)
        return case

    return make


def board(role="engine", **more):
    usual = {"pid": 77, "heartbeat": NOW - 0.2, "exchanges": 5}
    return Status(role, **usual | more)


def row(n=1, **more):
    usual = {
        "id": n.to_bytes(16, "big"), "change": n, "state": "done", "kind": "http", "origin": "browser", "started": NOW - n, "duration": 0.1, "method": "GET",
        "scheme": "https", "host": f"site{n}.example", "port": 443, "path": "/", "version": "HTTP/1.1", "status": 200, "reason": "OK", "media": "",
        "resource": "page", "request_size": 0, "response_size": 0, "client": "127.0.0.1:5", "agent": "curl 8.5", "protection": "decrypted", "tls": "",
        "remote": "93.184.216.34:443", "changed": False, "fault": "", "findings": 0, "engine": 1,
    }  # fmt: skip
    return Row(**usual | more)


def seen(
    host="shop.example",
    *fields,
    tls=None,
    asked=b"",
    client_tls=None,
    decisions=(),
    remote="93.184.216.34:443",
    fault="",
    **more,
):
    head = "\r\n".join(("HTTP/1.1 200 OK", *fields, "", "")).encode()
    leg = Leg(b"s" * 16, Message(b"GET / HTTP/1.1\r\n\r\n"), Message(head))
    exchange = Exchange(
        bytes(16), 1, "done", "http", "browser", NOW - 5, 0.2, "GET", "https", host, 443, "/", "HTTP/1.1", 200, "OK", "", "page", 0, 0,
        "127.0.0.1:5", "curl 8.5", "decrypted", "", remote, False, fault, 0, client_leg=leg, server_leg=leg,
        timeline=Timeline(response_start=0.1), decisions=decisions,
    )  # fmt: skip
    client = Connection(
        b"c" * 16, "client", NOW - 5, "127.0.0.1", 5, "127.0.0.1", 8080, host, "", client_tls, asked
    )
    server = Connection(
        b"s" * 16, "server", NOW - 5, "93.184.216.34", 443, "10.0.0.1", 5, host, "", tls, **more
    )
    return Seen(exchange, client, server)


def look(case, check):
    """What one check found, by id."""
    return {each.id: each for each in CHECKS[check](case)}


def states(found):
    return {id: each.state for id, each in found.items()}


# --- Inspector itself ------------------------------------------------------------------------------------


def test_a_home_on_which_nobody_runs(case):
    found = look(case(running=None), "running")["running"]
    assert found.state == "bad"
    assert "inspector run" in found.cure or "-m inspector run" in found.cure
    for check in (
        "proxy",
        "decrypts",
        "dashboard",
        "captures",
        "traffic",
        "localhost",
        "left",
        "quic",
        "ech",
        "upstream",
        "incomplete",
    ):
        assert look(case(running=None), check) == {}, check


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({}, "good"), ({"boards": (board(heartbeat=NOW - 9),)}, "bad"), ({"running": running(restarts={"engine": 3})}, "caution"),
        ({"boards": (board(pid=5, heartbeat=0.0),)}, "good"),  # an earlier run's
    ],
)  # fmt: skip
def test_all_processes_are_at_work_or_not(case, parts, state):
    assert look(case(**parts), "running")["running"].state == state


def test_a_newer_version_that_waits_for_a_restart(case):
    assert look(case(), "version")["version"].state == "good"
    assert look(case(running=running(version="0.0.1")), "version")["version"].state == "caution"


def test_ports_are_looked_at_while_nobody_runs(case, monkeypatch):
    assert look(case(), "ports") == {}
    monkeypatch.setattr("inspector.app.doctor.ports._is_taken", lambda port: port == 8080)
    made = case(running=None)
    made.platform.holder = "nginx (pid 5)"
    found = look(made, "ports")["ports"]
    assert (
        found.state,
        "8080 by nginx (pid 5)" in found.sentence,
        "--listen 127.0.0.1:8090" in found.cure,
    ) == ("bad", True, True)
    monkeypatch.setattr("inspector.app.doctor.ports._is_taken", lambda _: False)
    assert look(case(running=None), "ports")["ports"].state == "good"


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({}, "good"), ({"boards": (board(failing="the disk is full"),)}, "bad"), ({"settings": {"capturing": False}}, "bad"),
        ({"boards": (board(), board("recorder", failing="locked"))}, "caution"), ({"boards": (board(lost=3),)}, "caution"),
    ],
)  # fmt: skip
def test_whether_what_passes_is_kept(case, parts, state):
    assert look(case(**parts), "captures")["captures"].state == state


def test_the_dashboard_answers_or_not(case):
    with closing(Answering()) as server:
        made = case(running=running(web=(server.address,)))
        assert look(made, "dashboard")["dashboard"].state == "good"
        server.status = 421
        assert look(made, "dashboard")["dashboard"].state == "caution"
    assert look(made, "dashboard")["dashboard"].state == "bad"


class Answering:
    """A server that answers everything with one status and body."""

    def __init__(self, status=200, body=b"", media="application/json"):
        self.status, self.body = status, body
        answering = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(answering.status)
                self.send_header("Content-Type", media)
                self.send_header("Content-Length", str(len(answering.body)))
                self.end_headers()
                self.wfile.write(answering.body)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


# --- the way to it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b'{"inspector": true, "authority": "AA"}', "good"),
        (200, b"<h1>nginx</h1>", "bad"),
        (407, b"", "open"),
        (502, b"", "bad"),
    ],
)
def test_who_answers_at_the_proxys_address(case, status, body, state):
    with closing(Answering(status, body)) as server:
        made = case(running=running(listen=(server.address,)), anchor=None)
        assert look(made, "proxy")["proxy"].state == state


def test_another_inspector_at_the_address_is_noticed(case, home):
    Authority.load_or_create(home.certs)
    with closing(Answering(200, b'{"inspector": true, "authority": "AA"}')) as server:
        found = look(case(running=running(listen=(server.address,))), "proxy")["proxy"]
    assert (found.state, "another authority" in found.sentence) == ("bad", True)


def test_nobody_at_the_proxys_address(case):
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    found = look(case(running=running(listen=(f"127.0.0.1:{port}",))), "proxy")["proxy"]
    assert (found.state, "Nobody listens" in found.sentence) == ("bad", True)


def test_something_that_is_no_proxy_breaks_the_https_check(case, home):
    Authority.load_or_create(home.certs)
    with closing(Answering(200, b"hm")) as server:
        assert look(case(running=running(listen=(server.address,))), "decrypts")["decrypts"].state == "bad"


def test_in_front_of_one_site_there_is_no_proxy_to_check(case):
    reverse = running(reverse="http://127.0.0.1:5000")
    assert states(look(case(running=reverse), "proxy")) == {"proxy": "open"}
    assert look(case(running=reverse), "decrypts") == {}


def test_nothing_came_through_yet_or_something_did(case):
    assert look(case(), "traffic")["traffic"].state == "caution"
    own = row(agent="inspector-doctor 0.1")
    assert look(case(rows=(own,)), "traffic")["traffic"].state == "caution"
    found = look(case(rows=(own, row(60, agent="Chrome 156"))), "traffic")["traffic"]
    assert (found.state, "1 minute ago, from Chrome 156" in found.sentence) == ("good", True)


OURS, DEAD = "http://127.0.0.1:8080", "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("environment", "state", "words"),
    [
        ({}, "open", "No variable"), ({"https_proxy": OURS, "http_proxy": OURS}, "good", ""), ({"HTTPS_PROXY": "127.0.0.1:8080"}, "good", ""),
        ({"https_proxy": "https://127.0.0.1:8080"}, "bad", "speaks plain HTTP"), ({"https_proxy": DEAD}, "bad", "nobody listens"),
        ({"https_proxy": "http://proxy.corp.example:3128"}, "caution", "another proxy"), ({"https_proxy": OURS, "http_proxy": "http://10.0.0.9:3128"}, "caution", "others"),
        ({"http_proxy": "http://[::1"}, "caution", ""),
    ],
)  # fmt: skip
def test_the_variables_of_a_terminal(case, environment, state, words):
    found = look(case(environment), "variables")["variables"]
    assert (found.state, words in found.sentence) == (state, True)


def test_variables_count_in_a_terminal_only(case):
    assert look(case({"https_proxy": DEAD}, terminal=False), "variables") == {}


def test_a_password_in_a_variable_is_not_shown(case):
    found = look(case({"https_proxy": "http://me:secret@10.0.0.9:3128"}), "variables")["variables"]
    assert "secret" not in str(found)


def test_a_file_of_certificates_that_is_not_there(case, tmp_path):
    there = tmp_path / "there.pem"
    there.write_text("")
    found = look(
        case({"SSL_CERT_FILE": str(tmp_path / "gone.pem"), "CURL_CA_BUNDLE": str(there)}), "variables"
    )
    assert found["variables-files"].evidence == (f"SSL_CERT_FILE={tmp_path / 'gone.pem'}",)


@pytest.mark.parametrize(
    ("proxy", "upstream", "state"),
    [
        (None, "", "open"), (UpstreamProxy(OURS, (), "the desktop's settings"), "", "good"),
        (UpstreamProxy("http://proxy.corp.example:3128", ("localhost",), "the desktop's settings"), "", "caution"),
        (UpstreamProxy("http://proxy.corp.example:3128", (), "the desktop's settings"), "http://proxy.corp.example:3128", "good"),
        (UpstreamProxy(DEAD, (), "$https_proxy"), "", "open"),
    ],
)  # fmt: skip
def test_the_systems_own_proxy(case, proxy, upstream, state):
    made = case(running=running(upstream=upstream, upstream_found_in="the desktop's settings"))
    made.platform.proxy = proxy
    assert look(made, "system-proxy")["system-proxy"].state == state


@pytest.mark.parametrize(
    ("environment", "rows", "state"),
    [
        ({}, (), "open"), ({}, (row(host="localhost", port=5000),), "good"), ({}, (row(host="127.0.0.1"),), "good"),
        ({"https_proxy": OURS, "no_proxy": "localhost,127.0.0.1"}, (row(host="localhost"),), "caution"), ({"no_proxy": "localhost"}, (), "open"),
        ({"http_proxy": OURS, "NO_PROXY": "*"}, (), "caution"),
    ],
)  # fmt: skip
def test_whether_this_computers_own_sites_come_through(case, environment, rows, state):
    assert look(case(environment, rows=rows), "localhost")["localhost"].state == state


def test_browsers_for_captured_windows(case, browsers):
    assert look(case(), "browsers")["browsers"].state == "good"
    browsers.ordered = [Ordered("ProxyMode", "fixed_servers", "/etc/chromium/policies/managed/a.json")]
    found = look(case(), "browsers")["browsers"]
    assert (found.state, "ProxyMode" in found.sentence) == ("bad", True)
    browsers.found = []
    assert look(case(), "browsers")["browsers"].state == "caution"


def test_what_is_left_encrypted(case):
    assert look(case(), "left")["left"].state == "good"
    found = look(case(settings={"left_encrypted": ["bank.test"]}, running=running(only=("a.test",))), "left")[
        "left"
    ]
    assert (found.state, len(found.evidence)) == ("open", 2)
    assert "bank.test" in found.evidence[0]


def test_http3_that_sites_offer(case):
    assert look(case(seen=(seen(),)), "quic")["quic"].state == "good"
    found = look(case(seen=(seen("cdn.example", 'Alt-Svc: h3=":443"; ma=86400'),)), "quic")["quic"]
    assert (found.state, "cdn.example" in found.sentence) == ("open", True)


def test_names_looked_up_by_https(case, browsers):
    assert look(case(), "doh")["doh"].state == "good"
    for host in ("dns.google", "mozilla.cloudflare-dns.com", "1.1.1.1"):
        assert look(case(rows=(row(host=host),)), "doh")["doh"].state == "open"
    browsers.ordered = [Ordered("DnsOverHttpsMode", "secure", "/etc/a.json")]
    assert "DnsOverHttpsMode" in look(case(), "doh")["doh"].evidence[0]


def test_names_that_are_hidden_in_the_hello(case):
    plain = seen(client_tls=Tls(sni="shop.example"), asked=b"CONNECT shop.example:443 HTTP/1.1\r\n\r\n")
    assert look(case(seen=(plain,)), "ech")["ech"].state == "good"
    hidden = seen(
        client_tls=Tls(sni="cloudflare-ech.com"), asked=b"CONNECT shop.example:443 HTTP/1.1\r\n\r\n"
    )
    found = look(case(seen=(hidden,)), "ech")["ech"]
    assert (found.state, found.evidence) == ("caution", ("shop.example: its hello names cloudflare-ech.com",))


# --- whom programs believe -------------------------------------------------------------------------------


def test_the_authority(case, home):
    assert look(case(running=None), "authority")["authority"].state == "open"
    assert look(case(), "authority")["authority"].state == "bad"
    Authority.load_or_create(home.certs, clock=lambda: NOW)
    assert look(case(), "authority")["authority"].state == "good"
    for later, state in ((690, "good"), (710, "caution"), (800, "bad"), (-3, "bad")):
        made = case()
        made.clock = lambda later=later: NOW + later * 86400
        assert look(made, "authority")["authority"].state == state, later


def test_a_practice_authority_says_what_it_is_for(case, home):
    Authority.create(home.certs, Scope.parse("school.example"), clock=lambda: NOW)
    found = look(case(), "authority")
    assert states(found) == {"authority": "good", "authority-scope": "open"}


def test_a_file_that_is_no_certificate(case, home):
    Authority.load_or_create(home.certs)
    (home.certs / "ca.pem").write_text("nonsense")
    assert look(case(), "authority")["authority"].state == "bad"


@pytest.mark.skipif(os.name != "posix", reason="modes of a Unix system")
def test_the_key_is_its_owners_alone_or_not(case, home):
    assert look(case(), "key") == {}
    Authority.load_or_create(home.certs)
    assert look(case(), "key")["key"].state == "good"
    (home.certs / "ca-key.pem").chmod(0o644)
    found = look(case(), "key")["key"]
    assert (found.state, "0644" in found.evidence[0]) == ("bad", True)
    (home.certs / "ca-key.pem").chmod(0o600)
    home.certs.chmod(0o755)
    assert look(case(), "key")["key"].state == "bad"
    home.certs.chmod(0o700)


class Store:
    title, serves, place = "the browsers' list", "Chromium", "/nssdb"

    def __init__(self, id, look):
        self.id = id
        self._look = look

    def look(self, anchor):
        return self._look


def test_each_trust_store_is_a_line(case, home, monkeypatch):
    Authority.load_or_create(home.certs)
    other = Held("AB:" * 31 + "AB", "", "Inspector CA, desk", dt.datetime.now(dt.UTC), False)
    looks = {
        "a": Look("trusted"),
        "b": Look("absent"),
        "c": Look("present"),
        "d": Look("unknown", note="No keytool."),
        "e": Look("absent", (other,)),
    }
    monkeypatch.setattr(
        doctor_stores.stores, "find", lambda *_: [Store(id, look) for id, look in looks.items()]
    )
    found = look(case(), "stores")
    assert states(found) == {
        "store-a": "good",
        "store-b": "open",
        "store-c": "caution",
        "store-d": "open",
        "store-e": "caution",
    }
    assert "ca trust --store b" in found["store-b"].cure
    assert "ca untrust --older" in found["store-e"].cure


def test_no_store_at_all_believes_and_that_is_in_order(case, home, monkeypatch):
    Authority.load_or_create(home.certs)
    monkeypatch.setattr(doctor_stores.stores, "find", lambda *_: [Store("b", Look("absent"))])
    found = look(case(), "stores")
    assert (found["stores"].state, "ca trust" in found["stores"].cure) == ("open", True)


# --- the way to the sites --------------------------------------------------------------------------------


def test_the_proxy_in_front(case):
    assert look(case(), "upstream") == {}
    with closing(Answering()) as server:
        made = running(upstream=f"http://{server.address}", upstream_found_in="--upstream-proxy")
        assert look(case(running=made), "upstream")["upstream"].state == "good"
        assert (
            look(case(running=made, rows=(row(fault="upstream-proxy"),)), "upstream")["upstream"].state
            == "caution"
        )
    assert look(case(running=made), "upstream")["upstream"].state == "bad"


def issued_by(issuer):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    at = dt.datetime.fromtimestamp(NOW, dt.UTC)
    made = x509.CertificateBuilder(by, name, key.public_key(), 5, at, at + dt.timedelta(days=9))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("issuer", "state", "product"),
    [
        ("R11", "good", ""), ("Avast Web/Mail Shield Root", "caution", "Avast (antivirus)"), ("Zscaler Intermediate Root CA", "caution", "Zscaler (gateway)"),
        ("Kaspersky Anti-Virus Personal Root Certificate", "caution", "Kaspersky"), ("mitmproxy", "caution", "mitmproxy"), ("DO_NOT_TRUST_FiddlerRoot", "caution", "Fiddler"),
    ],
)  # fmt: skip
def test_who_else_opens_https_is_known_by_name(case, monkeypatch, issuer, state, product):
    monkeypatch.setattr("inspector.app.doctor.interceptors._interfaces", list)
    found = look(case(seen=(seen(tls=Tls(chain=(issued_by(issuer),))),)), "interceptors")["interceptors"]
    assert (found.state, product in found.sentence) == (state, True)


def test_practice_sites_prove_nothing_about_the_way(case, monkeypatch):
    monkeypatch.setattr("inspector.app.doctor.interceptors._interfaces", lambda: ["wg0"])
    lab = seen(tls=Tls(chain=(issued_by("mitmproxy"),)), decisions=(Decision("local-site"),))
    found = look(case(seen=(lab,)), "interceptors")
    assert states(found) == {"interceptors": "open", "vpn": "open"}


def test_sites_that_were_refused_are_named_with_their_reason(case):
    assert look(case(seen=(seen(),)), "incomplete")["incomplete"].state == "good"
    tls = Tls(
        chain=(issued_by("Nobody"),),
        verified=False,
        why_not="unable to get local issuer certificate",
        verify_code=20,
        sni="shop.example",
    )
    found = look(case(seen=(seen(tls=tls, fault="tls-untrusted"),)), "incomplete")
    assert states(found) == {"site-unknown-authority": "caution"}
    assert "doctor https://shop.example/" in found["site-unknown-authority"].cure


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"a.example": ""}, "good"),
        ({"a.example": "no such host"}, "bad"),
        ({"a.example": "", "b.example": "no"}, "caution"),
        ({}, "open"),
    ],
)
def test_names_that_were_asked_for_are_asked_for_again(case, monkeypatch, found, state):
    monkeypatch.setattr(doctor_names, "looked_up", lambda host: found[host])
    rows = (
        row(90, host="localhost"),
        row(91, host="10.0.0.1"),
        *(row(n, host=host) for n, host in enumerate(found)),
    )
    assert look(case(rows=rows), "names")["names"].state == state


def test_a_name_service_that_says_nothing_is_not_waited_for(monkeypatch):
    silent = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: silent.wait(20))
    assert "no answer" in doctor_names.looked_up("a.example", patience=0.01)
    silent.set()


def test_behind_a_proxy_names_are_that_ones_to_find(case):
    assert look(case(running=running(upstream="http://p:1"), rows=(row(),)), "names")["names"].state == "open"


# --- this computer ---------------------------------------------------------------------------------------


def dated(host, ahead, *more, **rest):
    """A site by whose word our clock is `ahead` seconds ahead."""
    at = dt.datetime.fromtimestamp(NOW - 5.4 - ahead, dt.UTC)
    return seen(host, f"Date: {format_datetime(at, usegmt=True)}", *more, **rest)


@pytest.mark.parametrize(
    ("ahead", "state", "words"),
    [
        (0, "good", ""),
        (30, "good", ""),
        (120, "caution", "2 minutes ahead"),
        (-7201, "bad", "2 hours behind"),
    ],
)
def test_the_clock_is_compared_with_what_sites_say(case, ahead, state, words):
    found = look(case(seen=tuple(dated(f"{n}.example", ahead) for n in range(3))), "clock")["clock"]
    assert (found.state, words in found.sentence) == (state, True)


def test_one_site_with_a_wrong_clock_does_not_count(case):
    others = tuple(dated(f"{n}.example", 0) for n in range(4))
    assert look(case(seen=(dated("odd.example", 99_999), *others)), "clock")["clock"].state == "good"


def test_what_says_nothing_of_the_time_is_left_out(case):
    useless = (
        dated("localhost", 9e5), dated("a.example", 9e5, "Age: 900000"), dated("b.example", 9e5, remote="127.0.0.1:443"), seen("c.example", "Date: yesterday"),
        seen("d.example"),
    )  # fmt: skip
    assert look(case(seen=useless), "clock")["clock"].state == "open"


@pytest.mark.parametrize(("free", "state"), [(1 << 40, "good"), (1 << 30, "caution"), (1 << 20, "bad")])
def test_room_on_the_disk(case, monkeypatch, free, state):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    assert look(case(), "disk")["disk"].state == state


# --- all of them -----------------------------------------------------------------------------------------


def test_every_finding_can_be_shown(case, home, monkeypatch):
    monkeypatch.setattr(doctor_stores.stores, "find", lambda *_: [])
    monkeypatch.setattr(doctor_names, "looked_up", lambda _: "")
    Authority.load_or_create(home.certs, clock=lambda: NOW)
    found = list(examine(case(rows=(row(),), seen=(seen(),))))
    assert {each.group for each in found} == set(GROUPS)
    for each in found:
        assert each.title
        assert each.sentence.endswith((".", ")", "…"))
        assert each.sentence.count("`") % 2 == 0
        if each.state == "bad":
            assert each.cure, each.id


def test_a_check_that_breaks_keeps_no_other_from_its_own(case, monkeypatch):
    def breaks(_):
        raise OSError(5, "I/O error")
        yield

    monkeypatch.setitem(CHECKS, "version", breaks)
    found = {each.id: each for each in examine(case(), ("version", "left"))}
    assert states(found) == {"version": "open", "left": "good"}


def test_the_worst_counts(case):
    good, bad = look(case(), "left")["left"], look(case(running=None), "running")["running"]
    caution = look(case(boards=(board(lost=1),)), "captures")["captures"]
    assert [worst(each) for each in ((), (good,), (good, caution), (caution, bad))] == [
        "good",
        "good",
        "caution",
        "bad",
    ]


def test_a_real_home_that_was_never_used_is_looked_at_and_left_as_it_is(tmp_path, browsers, monkeypatch):
    monkeypatch.setattr(doctor_stores.stores, "find", lambda *_: [])
    root = tmp_path / "never"
    made = Case(locate(root), environment={})
    found = list(examine(made))
    made.close()
    assert worst(found) == "bad"
    assert not root.exists()
