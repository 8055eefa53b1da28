"""Under a practice authority: hosts outside its scope pass through as they are, those inside are opened."""

from __future__ import annotations

import ssl

import pytest
from peers import answering, ok, request
from workshop import Workshop, trusting

from inspector.exchange.decisions import say
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.web.present.sentence import sentence


@pytest.fixture
def practice(tmp_path):
    return Authority.create(tmp_path / "practice", Scope.parse("example.com"))


@pytest.fixture
def practising(loop_thread, practice, site_authority, tmp_path):
    workshop = Workshop(loop_thread, practice, tmp_path)
    yield workshop.start(upstream_ca=(str(site_authority.path),))
    workshop.close()


def browser(site_authority):
    """A browser that trusts the sites' authority, and not ours."""
    return ssl.create_default_context(cafile=str(site_authority.path))


def test_a_host_outside_is_passed_through_with_its_own_certificate(
    practising, talk, site, hosts, site_authority
):
    hosts["other.example"] = ["127.0.0.1"]
    here = site(answering(ok()), tls=site_authority.context("other.example"))
    wire = talk(practising).connect(b"other.example:%d" % here.port)
    wire.secure(browser(site_authority), "other.example")
    assert (
        wire.ask(request(b"GET", b"/secret", b"Host: other.example", b"Connection: close")).body == b"hello"
    )
    wire.close()
    exchange = practising.records.only()
    assert (exchange.kind, exchange.protection, exchange.host) == ("tunnel", "sealed", "other.example")
    assert b"secret" not in b"".join(practising.records.bodies) + exchange.client_leg.request.body.inline
    [decision] = exchange.decisions
    assert decision.code == "left-encrypted"
    assert "other.example is not among the names" in say(decision.code, decision.detail)
    assert not exchange.changed
    assert "did not look inside: other.example is not among the names" in sentence(exchange)


def test_a_host_inside_is_opened(practising, practice, talk, site, hosts, site_authority):  # noqa: PLR0917 (fixtures)
    hosts["www.example.com"] = ["127.0.0.1"]
    here = site(answering(ok()), tls=site_authority.context("www.example.com"))
    wire = talk(practising).connect(b"www.example.com:%d" % here.port)
    wire.secure(trusting(practice), "www.example.com")
    assert wire.ask(request(b"GET", b"/open", b"Host: www.example.com")).body == b"hello"
    exchange = practising.records.only()
    assert (exchange.protection, exchange.path) == ("decrypted", "/open")
    chain = practising.records.connection(exchange.client_leg.connection).tls.chain
    assert len(chain) == 3
    assert chain[-1] == practice.der
