"""The three columns, moment by moment."""

from __future__ import annotations

from inspector.exchange.model import Tls
from inspector.explain import people
from inspector.explain.case import Case
from inspector.explain.onlookers.messages import glimpses
from inspector.explain.onlookers.model import Glimpse, Moment, Onlookers, Sight, Wire
from inspector.explain.onlookers.share import Share, share
from inspector.explain.prose import Prose, say
from inspector.explain.words import plural, tls_version
from inspector.pki.describe import describe
from inspector.wire.hosts import address_of

_HERE = "Nothing left this computer. On a real network these bytes would have crossed it."
_NOT_TOLD = say("The site learns nothing of this.")


def who_sees_what(case: Case, wire: Wire | None = None) -> Onlookers:
    """What each of the three could see of an exchange; `wire` is the ciphertext to the site, where it was kept."""
    found = share(case, wire)
    here = _on_this_computer(case)
    moments = (
        *_before(case),
        *(_handshake(case, found) if _is_sealed(case) else ()),
        *_messages(case, found),
    )
    return Onlookers(
        heading=_HERE if here else "",
        summary=_summary(case),
        moments=moments,
        protected=_is_sealed(case),
        on_this_computer=here,
        records=found.records,
        opened=found.opened,
        notes=_notes(case, found),
    )


def _is_sealed(case: Case) -> bool:
    return case.secure or case.exchange.protection == "sealed"


def _left_encrypted(case: Case) -> bool:
    return case.exchange.protection == "sealed"


def _on_this_computer(case: Case) -> bool:
    address = address_of(case.server.peer if case.server else case.exchange.remote)
    return address is not None and address.is_loopback


# --- before the first word -------------------------------------------------------------------------------


def _before(case: Case) -> tuple[Moment, ...]:
    line, host = case.exchange.timeline, case.exchange.host
    found = []
    if line.dns_start is not None:
        found.append(Moment(
            "name", "The name is looked up", line.dns_start,
            Sight(
                say(
                    "Most computers ask for addresses in the open, so most likely they read the name `{host}`. How this computer "
                    "asks is not visible from here.", host=host,
                ),
                (Glimpse("host", "Name", host),),
            ),
            Sight(say("Inspector asks for it; your browser leaves that to the proxy."), (Glimpse("host", "Name", host),)),
            Sight(_NOT_TOLD),
        ))  # fmt: skip
    server, leg = case.server, case.exchange.server_leg
    if server is not None and leg is not None and leg.turn <= 1:
        ends = (
            Glimpse("peer", "To", _end(server.peer, server.peer_port)),
            Glimpse("local", "From", _end(server.local, server.local_port)),
        )
        found.append(Moment(
            "connection", "A connection is made", line.connect_start,
            Sight(say("They see who talks to whom, and when. No encryption hides that."), ends),
            Sight(say("Inspector sees both ends of its own connection."), ends),
            Sight(say("The site sees the address that the connection comes from; behind a router, that is the router's."), ends[::-1]),
        ))  # fmt: skip
    return tuple(found)


def _end(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


# --- the handshake ---------------------------------------------------------------------------------------


def _handshake(case: Case, found: Share) -> tuple[Moment, ...]:
    leg, tls = case.exchange.server_leg, case.server_tls
    if leg is None or case.server is None:
        return ()
    if leg.turn > 1:
        return ()
    if _left_encrypted(case):
        return (_sealed_hello(case, found),)
    if tls is None:
        return ()
    return (_hello(case, tls, found), _answer(case, tls, found))


def _hello(case: Case, tls: Tls, found: Share) -> Moment:
    shown = [Glimpse("sni", "Name asked for (SNI)", tls.sni)] if tls.sni else []
    if tls.offered_alpn:
        shown.append(Glimpse("alpn-offer", "Protocols offered (ALPN)", ", ".join(tls.offered_alpn)))
    if tls.offered_versions:
        shown.append(
            Glimpse("versions", "TLS versions offered", ", ".join(map(tls_version, tls.offered_versions)))
        )
    readable = tuple(shown)
    said = say(
        "The first message must be readable by anybody: no key has been agreed on yet. It names the site, `{name}`.",
        name=tls.sni,
    )
    unnamed = say(
        "The first message must be readable by anybody: no key has been agreed on yet. It names no site."
    )
    return Moment(
        "hello", "The hello: what Inspector can do", case.exchange.timeline.tls_start,
        Sight(said if tls.sni else unnamed, readable, found.hello[:1]),
        Sight(say("Inspector wrote it, in place of your browser."), readable),
        Sight(say("The site reads it and chooses."), readable),
    )  # fmt: skip


def _answer(case: Case, tls: Tls, found: Share) -> Moment:
    chosen = []
    if tls.version:
        chosen.append(Glimpse("version", "TLS version", tls_version(tls.version)))
    if tls.cipher:
        chosen.append(Glimpse("cipher", "Cipher", tls.cipher))
    alpn = (Glimpse("alpn", "Protocol (ALPN)", tls.alpn),) if tls.alpn else ()
    certificate = _certificate(tls)
    modern = "1.3" in tls.version
    network: tuple[Glimpse, ...] = (*chosen,) if modern else (*chosen, *alpn, *certificate)
    return Moment(
        "answer", "The site's answer and its certificate", case.exchange.timeline.tls_end,
        Sight(_certificate_on_the_wire(tls, modern), network, (*found.answer, *found.hello[1:])),
        Sight(say("Inspector reads it all, and checks the certificate."), (*chosen, *alpn, *certificate)),
        Sight(say("The site chose it, and proved that it has the certificate's key."), (*chosen, *alpn, *certificate)),
    )  # fmt: skip


def _certificate_on_the_wire(tls: Tls, modern: bool) -> Prose:
    if not tls.version:
        return say("The handshake did not come to its end.")
    if tls.resumed:
        return say(
            "They see version and cipher. No certificate was sent: the two sides went on from an earlier connection."
        )
    if modern:
        return say(
            "They see version and cipher. From there on all is encrypted, the certificate too: that is new in TLS 1.3. "
            "The name in the hello they know already."
        )
    return say(
        "They see version and cipher and, since this is TLS 1.2, the site's certificate with every name in it."
    )


def _certificate(tls: Tls) -> tuple[Glimpse, ...]:
    if not tls.chain or tls.resumed:
        return ()
    facts = describe(tls.chain[0])
    return (
        Glimpse("certificate", "Certificate for", ", ".join(facts.names[:4]) or facts.subject),
        Glimpse("issuer", "Signed by", facts.issuer),
    )


def _sealed_hello(case: Case, found: Share) -> Moment:
    name = case.server_tls.sni if case.server_tls and case.server_tls.sni else case.exchange.host
    shown = (Glimpse("sni", "Host", name),)
    return Moment(
        "hello", "A handshake that Inspector left alone", case.exchange.timeline.tls_start,
        Sight(say("They can read the first message, which names the site as a rule; then the rest is noise."), shown, found.hello + found.answer),
        Sight(say("Inspector passed the bytes on unread, so it sees what everybody on the way sees."), shown, found.hello + found.answer),
        Sight(say("What the two said to each other is not visible from here.")),
    )  # fmt: skip


# --- request and response --------------------------------------------------------------------------------


def _messages(case: Case, found: Share) -> tuple[Moment, ...]:
    line, exchange = case.exchange.timeline, case.exchange
    if exchange.server_leg is None or _left_encrypted(case):
        return ()
    moments = []
    if case.sent.there:
        shown = glimpses(exchange, case.sent)
        moments.append(Moment(
            "request", "The request", line.send_start,
            _network(case, shown, found.request, "request"),
            Sight(say("Inspector reads every word: it is one of the two ends."), shown),
            Sight(say("The site reads every word: it is meant for it."), shown),
        ))  # fmt: skip
    if case.came.there:
        shown = glimpses(exchange, case.came)
        moments.append(Moment(
            "response", "The response", line.response_start,
            _network(case, shown, found.response, "response"),
            Sight(say("Inspector reads every word, and passes it on to {asker}.", asker=people.asker(exchange)), shown),
            Sight(say("The site wrote it."), shown),
        ))  # fmt: skip
    return tuple(moments)


def _network(case: Case, shown: tuple[Glimpse, ...], noise: tuple[int, ...], half: str) -> Sight:
    if not case.secure:
        secrets = sum(each.secret for each in shown)
        if secrets:
            return Sight(
                say(
                    "They read every word, and {count} of it should be nobody's but yours.",
                    count=plural(secrets, "piece"),
                ),
                shown,
            )
        return Sight(say("They read every word, and could change it on its way: nothing protects it."), shown)
    if not noise:
        return Sight(
            say("They see that something passes, how much and when. The ciphertext itself was not kept.")
        )
    return Sight(
        say(
            "They see {count}, as long as the {half} and a little more, and when. What is inside is noise to them.",
            count=plural(len(noise), "encrypted record"), half=half,
        ),
        (),
        noise,
    )  # fmt: skip


# --- the sum ---------------------------------------------------------------------------------------------


def _summary(case: Case) -> Prose:
    exchange = case.exchange
    if exchange.server_leg is None or (case.server is None and not exchange.remote):
        return say("Nothing of this exchange was on the network: Inspector had no connection to the site.")
    if _left_encrypted(case):
        return say(
            "This conversation was left encrypted: someone on the same network and Inspector see the same, which is where it went, when, and how much."
        )
    if not case.secure:
        return say("Over http anybody on the way reads the whole conversation, and can change it.")
    if not case.sent.there:
        return say("The handshake failed, so nothing was asked. What could be read until then is below.")
    named = case.server_tls is not None and case.server_tls.sni
    what = (
        say("the site's name, its address, sizes and times") if named else say("the site's address, sizes and times")
    )  # fmt: skip
    return say(
        "Over https someone on the same network learns {what}: not the page, not the form, no password, no cookie.",
        what=what,
    )


def _notes(case: Case, found: Share) -> tuple[Prose, ...]:
    notes = []
    leg = case.exchange.server_leg
    if leg is not None and leg.turn > 1:
        what = "no lookup and no handshake" if case.secure else "no lookup and no new connection"
        notes.append(
            say(
                "The connection was there already, so there was {what} this time: those were seen with the first exchange on it.",
                what=what,
            )
        )
    if found.lost:
        notes.append(
            say(
                "Only the beginning of a connection's ciphertext is kept, and this exchange went beyond it: some of its records are missing here."
            )
        )
    if case.server is not None and case.server.via:
        notes.append(
            say(
                "The way leads through another proxy, `{via}`. On the way there, the name of the site can be read as well.",
                via=case.server.via,
            )
        )
    return tuple(notes)
