"""Sites that this computer plays: by what names, at which ports, and whom the engine trusts there and nowhere else."""

from __future__ import annotations

import os

import pytest
from forging import forge
from peers import answering, ok, request

from inspector.engine.local_sites import LocalSites, port_of
from inspector.engine.settings import LocalSite
from inspector.exchange.decisions import say

LAB = ("lab.inspector.test", "*.lab.inspector.test")


@pytest.fixture
def lab_root():
    return forge("Lab root", ca=True)


@pytest.fixture
def play(start, site, lab_root, tmp_path):
    """An engine whose lab plays `script` over http and https, there with the certificate of `leaf`: (engine, plain, secure)."""

    def playing(leaf=None, *above, script=None, names=LAB, crl=None, **settings):
        leaf = leaf or forge("lab", "good.lab.inspector.test", by=lab_root)
        script = script or answering(ok())
        plain, secure = site(script), site(script, tls=leaf.context(*above))
        file = lab_root.write(tmp_path / "lab-root.pem", lab_root.crl() if crl is None else crl)
        sites = tuple(LocalSite(name, "127.0.0.1", plain.port, secure.port) for name in names)
        return start(**{"local_sites": sites, "lab_ca": str(file)} | settings), plain, secure

    return playing


def asked(host, path=b"/"):
    return request(b"GET", path, b"Host: " + host)


def absolute(host, path=b"/"):
    return request(b"GET", b"http://" + host + path, b"Host: " + host.partition(b":")[0])


@pytest.fixture
def open_tls(talk, browser_tls):
    """A wire to a host through the engine, TLS and all."""

    def opening(engine, host="good.lab.inspector.test", port=443):
        return talk(engine).connect(b"%b:%d" % (host.encode(), port)).secure(browser_tls, host)

    return opening


# -- the table


SITES = LocalSites((
    LocalSite("a.test", "127.0.0.1", 1, 2),
    LocalSite("*.a.test", "127.0.0.1", 3, 4),
    LocalSite("*.deep.a.test", "127.0.0.1", 5, 6),
))  # fmt: skip


@pytest.mark.parametrize(
    ("host", "http"),
    [
        ("a.test", 1), ("b.a.test", 3), ("c.b.a.test", 3), ("deep.a.test", 3), ("x.deep.a.test", 5),
        ("test", None), ("ba.test", None), ("a.test.example", None), ("127.0.0.1", None), ("", None),
    ],
)  # fmt: skip
def test_the_nearest_name_counts(host, http):
    for _ in range(2):  # found, then remembered
        site = SITES.find(host)
        assert (site.http if site else None) == http


def test_what_is_remembered_of_hosts_has_a_bound():
    sites = LocalSites((LocalSite("a.test", "127.0.0.1", 1, 2),))
    for number in range(10_000):
        sites.find(f"{number}.example")
    assert len(sites._known) <= 4096
    assert sites.find("a.test") is not None


def test_the_ports_of_http_and_https_alone_are_served():
    site = LocalSite("a.test", "127.0.0.1", 1111, 2222)
    assert [port_of(site, port) for port in (80, 443, 8080, 1111, 2222)] == [1111, 2222, None, None, None]


# -- where requests go


def test_plain_requests_go_to_the_plain_port_without_dns(play, talk, loop_thread):
    engine, plain, secure = play()
    loop_thread.hosts.asked.clear()
    assert talk(engine).ask(absolute(b"http.lab.inspector.test")).body == b"hello"
    exchange = engine.records.only()
    assert (exchange.host, exchange.port, exchange.remote) == (
        "http.lab.inspector.test",
        80,
        f"127.0.0.1:{plain.port}",
    )
    assert (plain.visits, secure.visits, loop_thread.hosts.asked) == (1, 0, [])


def test_the_exchange_says_that_it_was_a_practice_site_each_time(play, talk):
    engine, plain, _ = play()
    wire = talk(engine)
    wire.ask(absolute(b"lab.inspector.test"))
    wire.ask(absolute(b"lab.inspector.test"))
    for exchange in engine.records.finished(2):
        decision = next(each for each in exchange.decisions if each.code == "local-site")
        assert decision.detail == f"127.0.0.1:{plain.port}"
        assert "nothing left it" in say(decision.code, decision.detail)
        assert not exchange.changed


def test_other_names_under_inspector_test_are_still_our_own(play, talk):
    engine, plain, _ = play()
    assert talk(engine).ask(absolute(b"other.inspector.test")).body == b"welcome /\n"
    assert plain.visits == 0


def test_a_port_that_is_not_served_is_refused_and_nobody_is_asked_for_the_name(play, talk, loop_thread):
    engine, _, _ = play()
    loop_thread.hosts.asked.clear()
    assert talk(engine).ask(absolute(b"lab.inspector.test:8000")).body == b"fault connect-refused\n"
    assert loop_thread.hosts.asked == []
    assert not any(each.code == "local-site" for each in engine.records.only().decisions)


def test_an_upstream_proxy_never_hears_of_them(play, talk, site, open_tls):
    proxy = site(answering(ok(b"proxy")))
    engine, _, _ = play(upstream_proxy=f"http://127.0.0.1:{proxy.port}")
    assert talk(engine).ask(absolute(b"lab.inspector.test")).body == b"hello"
    assert open_tls(engine).ask(asked(b"good.lab.inspector.test")).body == b"hello"
    assert proxy.visits == 0


def test_a_tunnel_that_is_not_tls_goes_there_too(play, talk):
    def shout(wire):
        assert wire.exactly(4) == b"\x00\x01\x02\x03"
        wire.send(b"heard")

    engine, _, _ = play(script=shout)
    wire = talk(engine).connect(b"lab.inspector.test:80")
    assert wire.send(b"\x00\x01\x02\x03").exactly(5) == b"heard"
    wire.close()
    assert "local-site" in [each.code for each in engine.records.only().decisions]


# -- TLS with them


def test_over_tls_the_lab_root_is_believed_and_the_host_asked_for_is_named(play, open_tls):
    engine, _, secure = play()
    assert open_tls(engine).ask(asked(b"good.lab.inspector.test")).body == b"hello"
    exchange = engine.records.only()
    assert (exchange.host, exchange.port, exchange.remote) == (
        "good.lab.inspector.test",
        443,
        f"127.0.0.1:{secure.port}",
    )
    facts = engine.records.connection(exchange.server_leg.connection).tls
    assert (facts.sni, facts.verified) == ("good.lab.inspector.test", True)


def test_elsewhere_the_lab_root_counts_for_nothing(play, open_tls, site, hosts, lab_root):
    engine, _, _ = play()
    hosts["real.test"] = ["127.0.0.1"]
    real = site(answering(ok()), tls=forge("real", "real.test", by=lab_root).context())
    wire = open_tls(engine, "real.test", real.port)
    assert wire.ask(asked(b"real.test")).body == b"fault tls-untrusted\n"


def test_real_authorities_count_for_nothing_there(start, play, open_tls, site_authority, site):
    engine, plain, _ = play()
    forged = site(answering(ok()), tls=site_authority.context("x.lab.inspector.test"))
    sites = (LocalSite("*.lab.inspector.test", "127.0.0.1", plain.port, forged.port),)
    engine = start(local_sites=sites, lab_ca=engine.context.settings.lab_ca)
    wire = open_tls(engine, "x.lab.inspector.test")
    assert wire.ask(asked(b"x.lab.inspector.test")).body == b"fault tls-untrusted\n"


def test_what_the_lab_has_revoked_is_refused(play, open_tls, lab_root):
    leaf = forge("revoked", "revoked.lab.inspector.test", by=lab_root)
    engine, _, _ = play(leaf, crl=lab_root.crl(leaf))
    wire = open_tls(engine, "revoked.lab.inspector.test")
    assert wire.ask(asked(b"revoked.lab.inspector.test")).body == b"fault tls-untrusted\n"
    facts = engine.records.connection(engine.records.only().server_leg.connection).tls
    assert (facts.verify_code, facts.why_not) == (23, "certificate revoked")


def test_sessions_are_resumed_with_them(play, open_tls):
    bye = answering(ok(b"hello", b"Connection: close"))
    engine, _, _ = play(script=bye)
    for _ in range(2):
        assert open_tls(engine).ask(asked(b"good.lab.inspector.test")).body == b"hello"
    resumed = [
        engine.records.connection(each.server_leg.connection).tls.resumed
        for each in engine.records.finished(2)
    ]
    assert resumed == [False, True]


def test_the_root_is_read_when_it_is_first_needed_and_again_when_it_changes(
    play, open_tls, lab_root, tmp_path
):
    file = tmp_path / "later.pem"
    engine, _, _ = play(lab_ca=str(file))
    wire = open_tls(engine)
    reply = wire.ask(asked(b"good.lab.inspector.test"))
    assert reply.body == b"fault lab-not-ready\n"
    assert str(file) in engine.records.only().error.detail

    file.write_bytes(b"half a file")
    assert wire.ask(asked(b"good.lab.inspector.test")).body == b"fault lab-not-ready\n"

    forge("Another root", ca=True).write(file)
    assert wire.ask(asked(b"good.lab.inspector.test")).body == b"fault tls-untrusted\n"

    new = lab_root.write(tmp_path / "new.pem", lab_root.crl())
    os.replace(new, file)
    assert wire.ask(asked(b"good.lab.inspector.test")).body == b"hello"


def test_without_any_file_the_fault_says_so(play, open_tls):
    engine, _, _ = play(lab_ca="")
    assert open_tls(engine).ask(asked(b"good.lab.inspector.test")).body == b"fault lab-not-ready\n"
    assert "which authority" in engine.records.only().error.detail


def test_nothing_is_verified_there_either_when_that_was_asked_for(play, open_tls):
    engine, _, _ = play(forge("other", "other.test"), verify_upstream=False, lab_ca="")
    assert open_tls(engine).ask(asked(b"good.lab.inspector.test")).body == b"hello"
