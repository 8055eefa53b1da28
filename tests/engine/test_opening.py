"""--only, --passthrough and the dashboard's list: who is opened, who passes through, and what the exchange says of it."""

from __future__ import annotations

import ssl

import pytest
from peers import answering, ok, request

from inspector.engine.opening import Opening
from inspector.engine.settings import LocalSite
from inspector.exchange.decisions import say


def opening(only=(), passthrough=(), chosen=(), ours=()):
    found = Opening(only, passthrough, lambda host: host in ours)
    found.choose(list(chosen))
    return found


# -- the lists


@pytest.mark.parametrize(
    ("lists", "opened", "left"),
    [
        ({}, "a.test 10.0.0.1", ""),
        ({"only": ["a.test"]}, "a.test www.a.test", "b.test test 10.0.0.1"),
        ({"only": ["a.test,b.test", "10.0.0.0/8"]}, "a.test b.test 10.0.0.1", "c.test 11.0.0.1"),
        ({"passthrough": ["a.test"]}, "b.test", "a.test www.a.test"),
        ({"only": ["a.test"], "passthrough": ["private.a.test"]}, "a.test www.a.test", "private.a.test x.private.a.test b.test"),
        ({"only": ["a.test"], "passthrough": ["a.test"]}, "", "a.test b.test"),
        ({"chosen": ["a.test"]}, "b.test", "a.test"),
        ({"only": ["a.test"], "chosen": ["www.a.test"]}, "a.test", "www.a.test b.test"),
        ({"passthrough": ["*"]}, "", "a.test 10.0.0.1"),
        ({"only": ["a.test"], "ours": ["inspector.test"]}, "a.test inspector.test", "b.test"),
        ({"passthrough": ["inspector.test"], "ours": ["inspector.test"]}, "a.test", "inspector.test"),
    ],
)  # fmt: skip
def test_which_hosts_are_opened(lists, opened, left):
    found = opening(**lists)
    for host in opened.split() * 2:
        assert found.why_left(host, host) == "", host
    for host in left.split() * 2:
        assert found.why_left(host, host).endswith("."), host


def test_the_reason_names_the_list():
    found = opening(["a.test"], ["b.test"], ["*.c.test"])
    assert found.why_left("x.b.test") == "you asked for it with --passthrough b.test."
    assert found.why_left("x.c.test") == "you chose so on the dashboard, for *.c.test."
    assert found.why_left("d.test") == "--only says which hosts to open, and d.test is none of them."


def test_an_address_counts_where_the_connect_was_for_one():
    found = opening(passthrough=["10.0.0.0/8"])
    assert found.why_left("intranet.test", "10.1.2.3")
    assert not found.why_left("intranet.test", "11.1.2.3")
    assert not opening(passthrough=["a.test"]).why_left("b.test", "a.test"), (
        "the name asked for counts, not the CONNECT's"
    )


@pytest.mark.parametrize(
    "garbage", [None, "a.test", 7, {"a": 1}, [None, 7, ["a.test"], "", "http://a.test", "a b", "x" * 500, "\0"], ["b.test"] * 50_000]
)  # fmt: skip
def test_a_list_that_is_nonsense_shuts_nobody_out(garbage):
    found = opening()
    found.choose(garbage)
    assert not found.why_left("a.test")


def test_a_list_that_has_not_changed_is_not_read_again():
    found = opening(chosen=["a.test"])
    assert not found.choose(["a.test"])
    assert found.choose(["b.test"])
    assert not found.why_left("a.test")


def test_what_is_remembered_has_a_bound():
    found = opening(only=["a.test"])
    for number in range(10_000):
        found.why_left(f"{number}.test")
    assert len(found._judged) <= 4096


# -- in the engine


@pytest.fixture
def here(site, hosts, site_authority):
    for name in ("a.test", "b.test"):
        hosts[name] = ["127.0.0.1"]
    return site(answering(ok()), tls=site_authority.context("a.test", "b.test", "127.0.0.1"))


@pytest.fixture
def visit(talk, here, site_authority, authority):
    """Asks for a page as a browser that trusts both authorities; the certificate that it got, by whom it was made."""
    context = ssl.create_default_context(cafile=str(site_authority.path))
    context.load_verify_locations(cadata=authority.pem.decode())

    def visiting(engine, name, target=""):
        wire = talk(engine).connect(b"%b:%d" % ((target or name).encode(), here.port)).secure(context, name)
        asked = request(b"GET", b"/secret", b"Host: " + name.encode(), b"Connection: close")
        assert wire.ask(asked).body == b"hello"
        issuer = dict(pair for part in wire.tls.getpeercert()["issuer"] for pair in part)["commonName"]
        wire.close()
        return "itself" if issuer.startswith("Authority of the tests") else "Inspector"

    return visiting


def test_a_host_left_encrypted_passes_through_whole(start, visit, here):
    engine = start(passthrough=("a.test",))
    assert (visit(engine, "a.test"), visit(engine, "b.test")) == ("itself", "Inspector")
    left, opened = engine.records.finished(2)
    assert (left.kind, left.protection, left.scheme, left.host) == ("tunnel", "sealed", "https", "a.test")
    assert [say(each.code, each.detail) for each in left.decisions] == [
        "The connection was passed through without being decrypted: you asked for it with --passthrough a.test."
    ]
    assert not left.changed
    assert b"secret" not in left.client_leg.request.body.inline
    assert (opened.protection, opened.path) == ("decrypted", "/secret")


def test_with_only_the_others_are_left(start, visit):
    engine = start(only=("a.test",))
    assert (visit(engine, "a.test"), visit(engine, "b.test")) == ("Inspector", "itself")


def test_the_name_in_the_hello_counts_before_that_of_the_connect(start, visit):
    engine = start(passthrough=("a.test",))
    assert visit(engine, "a.test", target="127.0.0.1") == "itself"
    assert visit(engine, "b.test", target="a.test") == "Inspector"
    left = engine.records.finished(2)[0]
    assert left.host == "127.0.0.1"
    assert engine.records.connection(left.client_leg.connection).host == "a.test"


def test_without_a_name_the_address_of_the_connect_counts(start, visit):
    engine = start(passthrough=("127.0.0.0/8",))
    assert visit(engine, "127.0.0.1") == "itself"


def test_what_is_chosen_while_it_runs_counts_from_the_next_connection_on(engine, visit):
    assert visit(engine, "a.test") == "Inspector"
    engine.thread.do(lambda: engine.engine.apply({"left_encrypted": ["a.test"]}))
    assert visit(engine, "a.test") == "itself"
    engine.thread.do(lambda: engine.engine.apply({"left_encrypted": []}))
    assert visit(engine, "a.test") == "Inspector"


def test_an_opened_connection_that_waits_is_closed_when_its_host_is_to_be_left(
    engine, talk, here, browser_tls
):
    wires = {}
    for name in (b"a.test", b"b.test"):
        wire = wires[name] = (
            talk(engine).connect(b"%b:%d" % (name, here.port)).secure(browser_tls, name.decode())
        )
        assert wire.ask(request(b"GET", b"/", b"Host: " + name)).status == 200
    engine.thread.do(lambda: engine.engine.apply({"left_encrypted": ["a.test"]}))
    assert wires[b"a.test"].rest() == b""
    assert wires[b"b.test"].ask(request(b"GET", b"/", b"Host: b.test")).status == 200


def test_plain_text_is_read_whatever_the_lists_say(start, talk, site, hosts):
    plain = site(answering(ok()))
    hosts["b.test"] = ["127.0.0.1"]
    engine = start(only=("a.test",), passthrough=("b.test",))
    name = b"b.test:%d" % plain.port
    assert talk(engine).ask(request(b"GET", b"http://%b/" % name, b"Host: " + name)).body == b"hello"
    assert engine.records.only().path == "/"


def test_our_own_pages_and_practice_sites_stay_open_under_only(start, talk, browser_tls):
    sites = (LocalSite("lab.test", "127.0.0.1", 1, 1),)
    engine = start(only=("a.test",), local_sites=sites)
    wire = talk(engine).connect(b"inspector.test:443").secure(browser_tls, "inspector.test")
    assert wire.ask(request(b"GET", b"/", b"Host: inspector.test")).body == b"welcome /\n"
    assert not engine.context.opening.why_left("lab.test")
