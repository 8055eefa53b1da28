"""The field for apps that asked: they get it, with a proof, and nobody else does; what a client wrote there is left out."""

from __future__ import annotations

import pytest
from peers import answering, get, ok

from inspector.bridge.whereabouts import proof_of

KEY = bytes(range(32))


def field(head: bytes, name: bytes) -> list[bytes]:
    lines = head.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    return [line.partition(b":")[2].strip() for line in lines if line.lower().startswith(name + b":")]


@pytest.fixture
def engine(start):
    return start(bridge_key=KEY.hex())


def asked(engine, loop_thread, here, **settings):
    """The settings as the dashboard has them when the app at this site has asked."""
    place = {here.authority.decode(): 1.0}
    loop_thread.do(lambda: engine.engine.apply(dict.fromkeys(settings or ("apps",), place)))


def test_an_app_that_asked_gets_the_number_and_the_proof(engine, site, talk, loop_thread):
    here = site(answering(ok()))
    asked(engine, loop_thread, here)
    assert talk(engine).ask(get(here)).status == 200
    (said,) = field(here.seen, b"inspector-exchange")
    exchange = engine.records.only()
    assert said.decode() == f"{exchange.id.hex()}.{proof_of(exchange.id.hex(), KEY)}"
    assert "app-asked" in [each.code for each in exchange.decisions]
    assert not exchange.changed
    assert field(exchange.client_leg.request.head, b"inspector-exchange") == []
    assert field(exchange.server_leg.request.head, b"inspector-exchange") == [said]


def test_nobody_else_gets_it(engine, site, talk, loop_thread):
    here, other = site(answering(ok())), site(answering(ok()))
    asked(engine, loop_thread, other)
    assert talk(engine).ask(get(here)).status == 200
    assert field(here.seen, b"inspector-exchange") == []
    assert field(here.seen, b"traceparent") == []


def test_what_a_client_wrote_into_the_field_does_not_reach_the_app(engine, site, talk, loop_thread):
    here = site(answering(ok()))
    asked(engine, loop_thread, here)
    forged = b"Inspector-Exchange: 00000000000000000000000000000001.00000000000000000000000000000000"
    talk(engine).ask(get(here, b"/", forged, forged.lower()))
    (said,) = field(here.seen, b"inspector-exchange")
    assert said.decode().startswith(engine.records.only().id.hex())


def test_each_exchange_on_one_connection_has_its_own(engine, site, talk, loop_thread):
    here = site(answering(ok(), ok()))
    asked(engine, loop_thread, here)
    client = talk(engine)
    for _ in range(2):
        client.ask(get(here))
    ids = [each.id.hex() for each in engine.records.finished(2)]
    heads = [head for head in here.seen.split(b"GET ") if head]
    assert [field(head, b"inspector-exchange")[0][:32].decode() for head in heads] == ids


def test_a_trace_begins_with_the_exchange(engine, site, talk, loop_thread):
    here = site(answering(ok()))
    asked(engine, loop_thread, here, traced=True)
    talk(engine).ask(get(here))
    exchange = engine.records.only()
    (said,) = field(here.seen, b"traceparent")
    version, trace, parent, flags = said.decode().split("-")
    assert (version, trace, flags) == ("00", exchange.id.hex(), "01")
    assert len(parent) == 16
    assert int(parent, 16)
    assert field(here.seen, b"inspector-exchange") == []


def test_a_trace_that_the_client_began_goes_on(engine, site, talk, loop_thread):
    here = site(answering(ok()))
    asked(engine, loop_thread, here, traced=True)
    own = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    talk(engine).ask(get(here, b"/", b"Traceparent: " + own))
    assert field(here.seen, b"traceparent") == [own]


def test_while_capturing_is_paused_no_app_is_told_anything(engine, site, talk, loop_thread):
    here = site(answering(ok()))
    place = {here.authority.decode(): 1.0}
    loop_thread.do(lambda: engine.engine.apply({"apps": place, "capturing": False}))
    talk(engine).ask(get(here))
    assert field(here.seen, b"inspector-exchange") == []


def test_without_a_key_nobody_is_told_anything(start, site, talk, loop_thread):
    engine = start()
    here = site(answering(ok()))
    asked(engine, loop_thread, here)
    talk(engine).ask(get(here))
    assert field(here.seen, b"inspector-exchange") == []


@pytest.mark.parametrize(
    "said", [None, 7, "x", ["x"], ["x:"], [":5"], ["x:y"], {"x:99999999": None}, [None], {"": 1}]
)
def test_a_list_that_makes_no_sense_asks_for_nothing(engine, site, talk, loop_thread, said):
    here = site(answering(ok()))
    loop_thread.do(lambda: engine.engine.apply({"apps": said, "traced": said}))
    assert talk(engine).ask(get(here)).status == 200
    assert field(here.seen, b"inspector-exchange") == []
