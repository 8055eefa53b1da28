"""Reverse mode: one site behind one door, and no way past it."""

from __future__ import annotations

import pytest
from peers import answering, ok, request


@pytest.fixture
def door(start, site, talk):
    """A site, a raw client at the door in front of it, and what the engine has on record."""
    here = site(answering(ok()))
    running = start(reverse="http://" + here.authority.decode())
    return here, talk(running), running.records


def test_a_request_for_a_path_goes_to_the_site(door):
    here, client, _ = door
    assert client.ask(request(b"GET", b"/x", b"Host: front.test")).status == 200
    assert here.seen == request(b"GET", b"/x", b"Host: " + here.authority)


def test_a_request_for_another_site_goes_to_the_one_behind_the_door(door):
    here, client, _ = door
    assert client.ask(request(b"GET", b"http://127.0.0.1:9/x", b"Host: 127.0.0.1:9")).status == 200
    assert here.seen == request(b"GET", b"/x", b"Host: " + here.authority)


def test_no_tunnel_leads_past_the_site(door):
    here, client, records = door
    reply = client.ask(request(b"CONNECT", here.authority, b"Host: " + here.authority))
    assert reply.status == 400
    assert here.seen == b""
    assert records.only().fault == "refused-target"
