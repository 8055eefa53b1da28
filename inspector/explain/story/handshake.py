"""The two TLS handshakes: with the browser, where Inspector shows a stand-in certificate, and with the site."""

from __future__ import annotations

from inspector.exchange.model import Tls
from inspector.explain.case import Case, is_local
from inspector.explain.people import asker, capital, site
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import mdn, rfc
from inspector.explain.story.frame import (
    broke_at,
    client_turn,
    fault_words,
    imported,
    number,
    server_turn,
    skipped,
    span,
    unseen,
)
from inspector.explain.story.ladder import browser_ladder, site_ladder
from inspector.explain.story.model import Number, Rung, Step
from inspector.explain.words import plural, tls_version

_BROWSER, _SITE = "TLS with the browser", "TLS with the site"
_REFERENCES = (rfc(8446, "2"), mdn("Web/Security/Transport_Layer_Security", "Transport Layer Security"))
_NO_TLS = (
    "Plain http has no [[TLS]]: what follows is sent as it is, and anyone on the way can read and change it."
)


def with_browser(case: Case) -> Step | None:
    exchange, tls = case.exchange, case.client_tls
    if exchange.kind == "tunnel" or (exchange.kind == "page" and not case.secure and tls is None):
        return None
    if imported(case) and tls is None:
        return None
    if not case.secure and exchange.kind != "tls" and tls is None:
        return skipped("tls-browser", _BROWSER, ("browser", "inspector"), say(_NO_TLS))
    if client_turn(case) > 1 and exchange.kind != "tls":
        why = say("The [[handshake]] was done when the connection was made; its keys are still in use.")
        return skipped("tls-browser", _BROWSER, ("browser", "inspector"), why)
    if tls is None:
        if exchange.kind == "tls":
            return _before_hello(case)
        if case.client is not None and not case.client.asked:
            why = say(
                "This half came to Inspector in plain http: nobody asked it for a [[tunnel]] or for [[TLS]]."
            )
            return skipped("tls-browser", _BROWSER, ("browser", "inspector"), why)
        why = say("What was agreed on with {who} is not on record.", who=asker(exchange))
        return unseen("tls-browser", _BROWSER, ("browser", "inspector"), why)
    line = exchange.timeline
    took = span(line.client_tls_start, line.client_tls_end)
    return Step(
        "tls-browser", _BROWSER, "done", ("browser", "inspector"),
        _browser_plain(case, tls), _agreed(tls, asker(exchange)),
        start=line.client_tls_start, took=took,
        numbers=(*number("took", took), *_figures(tls)),
        marks=(say("The certificate of this handshake is the [[stand-in certificate]]: made by Inspector, on this computer. The site's own comes later."),),
        ladder=browser_ladder(case),
        references=_REFERENCES,
    )  # fmt: skip


def _before_hello(case: Case) -> Step:
    plain = say(
        "{who} was to begin a [[TLS]] [[handshake]] with Inspector.", who=capital(asker(case.exchange))
    )
    return Step("tls-browser", _BROWSER, "done", ("browser", "inspector"), plain, references=_REFERENCES)


def _browser_plain(case: Case, tls: Tls) -> Prose:
    who, host = asker(case.exchange), tls.sni or case.host or "the site"
    sentence = say(
        "Inside the [[tunnel]], {who} and Inspector agreed on keys, so that nobody in between can read what they say. "
        "{who2} asked for `{host}`, and Inspector answered in its place.",
        who=who, who2=capital(who), host=host,
    )  # fmt: skip
    if not (case.client and case.client.asked):
        sentence = say(
            "{who} and Inspector agreed on keys, so that nobody in between can read what they say.",
            who=capital(who),
        )
    if tls.resumed:
        sentence += say(
            "They had met before, and took a short cut: the session was [[session resumption|resumed]]."
        )
    if broke_at(case.exchange) != "tls-browser":
        sentence += say("It went on and asked, so it accepted Inspector's certificate: it trusts Inspector's [[certificate authority|authority]], or was told to accept it.")  # fmt: skip
    elif tls.version:
        sentence = say("{who} and Inspector finished the [[handshake]].", who=capital(who))
    else:
        sentence = say("{who} and Inspector began a [[TLS]] [[handshake]] for `{host}`, and it did not come to its end.", who=capital(who), host=host)  # fmt: skip
    return sentence


def with_site(case: Case) -> Step | None:
    exchange, tls = case.exchange, case.server_tls
    if exchange.kind in ("page", "tls", "tunnel") or (imported(case) and tls is None):
        return None
    if not case.secure and tls is None:
        why = say("Plain http has no [[TLS]] on this half either.")
        return skipped("tls-site", _SITE, ("inspector", "site"), why)
    if server_turn(case) > 1:
        why = say(
            "The [[handshake]] with the site was done when that connection was made; its keys are still in use."
        )
        return skipped("tls-site", _SITE, ("inspector", "site"), why)
    line = exchange.timeline
    if tls is None:
        return _without_facts(case)
    took = span(line.tls_start, line.tls_end)
    return Step(
        "tls-site", _SITE, "done", ("inspector", "site"), _site_plain(case, tls), _agreed(tls, "Inspector"),
        start=line.tls_start, took=took,
        numbers=(*number("took", took), *_figures(tls)),
        marks=_site_marks(case, tls),
        ladder=site_ladder(case),
        references=_REFERENCES,
    )  # fmt: skip


def _without_facts(case: Case) -> Step | None:
    line = case.exchange.timeline
    if broke_at(case.exchange) == "tls-site":
        plain = say("Inspector began a [[TLS]] [[handshake]] with `{host}`.", host=site(case.exchange))
        return Step(
            "tls-site",
            _SITE,
            "done",
            ("inspector", "site"),
            plain,
            start=line.tls_start,
            references=_REFERENCES,
        )
    if line.tls_start is not None and line.tls_end is None and case.exchange.state == "open":
        plain = say("Inspector and `{host}` are agreeing on keys.", host=site(case.exchange))
        return Step(
            "tls-site",
            _SITE,
            "open",
            ("inspector", "site"),
            plain,
            start=line.tls_start,
            references=_REFERENCES,
        )
    if case.exchange.server_leg is None and line.tls_start is None:
        return skipped("tls-site", _SITE, ("inspector", "site"), say("Nothing was said to a site."))
    why = say("What was agreed on with the site is not on record.")
    return unseen("tls-site", _SITE, ("inspector", "site"), why)


def _site_plain(case: Case, tls: Tls) -> Prose:
    host = tls.sni or case.host or "the site"
    if not tls.version or tls.alert:
        return say(
            "Inspector began a [[TLS]] [[handshake]] with `{host}`, and it did not come to its end.",
            host=host,
        )
    sentence = say("Inspector and `{host}` agreed on keys of their own, so that on the way between them nothing can be read or changed unnoticed.", host=host)  # fmt: skip
    if tls.resumed:
        sentence += say(
            "They had met before, and took a short cut: the session was [[session resumption|resumed]]."
        )
    return sentence


def _site_marks(case: Case, tls: Tls) -> tuple[Prose, ...]:
    found = []
    if case.server is not None and is_local(case.server.peer):
        found.append(
            say(
                "This site is on this computer: nothing left it. On a real network these bytes would have crossed it."
            )
        )
    elif tls.sni:
        also = "the certificate, " if "1.2" in tls.version and not tls.resumed else ""
        found.append(
            say(
                "Someone on the same network could read the name `{sni}` in the first message ([[SNI]]), {also}and then only sizes and times.",
                sni=tls.sni, also=also,
            )
        )  # fmt: skip
    if getattr(tls, "asked_for_certificate", False):
        found.append(
            say("The site asked for a certificate of the client's as well ([[client certificate]]).")
        )
    if case.server is not None and case.server.via:
        found.append(say("The upstream proxy passed this on without being able to read it."))
    return tuple(found)


def _agreed(tls: Tls, client: str) -> Prose:
    """Version, cipher suite and protocol, for those who want details."""
    if not tls.version:
        offered = ", ".join(tls.offered_versions)
        return (
            say("{client} offered {offered}.", client=capital(client), offered=offered)
            if offered
            else NOTHING
        )
    sentence = say("{version}", version=tls_version(tls.version)) + _round_trips(tls)
    sentence += (
        say("[[Cipher suite]]: `{cipher}`.", cipher=tls.cipher)
        + cipher_words(tls.cipher, old_keys=tls.resumed and "1.2" in tls.version)
        if tls.cipher
        else NOTHING
    )
    if tls.alpn:
        sentence += say("Inside they speak `{alpn}` ([[ALPN]]).", alpn=tls.alpn)
    elif tls.offered_alpn:
        sentence += say("No protocol was chosen by [[ALPN]], so it is HTTP/1.1.")
    return sentence


def _round_trips(tls: Tls) -> Prose:
    """RFC 8446 §2; RFC 5246 §7.3."""
    if "1.3" in tls.version:
        hellos = sum(each.content != 21 and each.type == 1 for each in tls.handshake)
        if hellos > 1:
            return say(
                "needed two [[round trip|round trips]] here: the server asked for a second hello with another key in it."
            )
        return say("needs one [[round trip]] before the first request can be sent.")
    if "1.2" in tls.version:
        count = "one [[round trip]], as it was resumed," if tls.resumed else "two [[round trip|round trips]]"
        return say(f"needs {count} before the first request can be sent.")
    return say("is out of date (RFC 8996).")


_CIPHERS = (
    ("CHACHA20", "ChaCha20-Poly1305 encrypts and protects against changes"),
    ("AES_256_GCM", "AES with a 256-bit key, in GCM, encrypts and protects against changes"),
    ("AES_128_GCM", "AES with a 128-bit key, in GCM, encrypts and protects against changes"),
    ("AES_256_CCM", "AES with a 256-bit key, in CCM, encrypts and protects against changes"),
    ("AES_128_CCM", "AES with a 128-bit key, in CCM, encrypts and protects against changes"),
    ("AES_256", "AES with a 256-bit key in CBC mode encrypts; that mode is outdated"),
    ("AES_128", "AES with a 128-bit key in CBC mode encrypts; that mode is outdated"),
    ("3DES", "Triple-DES encrypts; that is outdated and slow"),
    ("RC4", "RC4 encrypts; that is broken"),
)


def cipher_words(cipher: str, *, old_keys: bool = False) -> Prose:
    """What a cipher suite's name says, in OpenSSL's spelling or the standard's. `old_keys`: resumed under TLS 1.2, from the first meeting's keys."""
    name = cipher.upper().replace("-", "_").replace("AES128", "AES_128").replace("AES256", "AES_256")
    does = next((words for mark, words in _CIPHERS if mark in name), "")
    if not does:
        return NOTHING
    sentence = say(f"{does}.")
    modern = name.startswith(("TLS_AES", "TLS_CHACHA"))
    if old_keys:
        return sentence + say("As the session was resumed, the keys come from those of the first meeting.")
    if modern or "DHE" in name:
        return sentence + say(
            "The keys are made fresh for each connection and thrown away ([[forward secrecy]])."
        )
    return sentence + say("The keys hang on the site's one private key: who gets that later can read what was recorded today (no [[forward secrecy]]).")  # fmt: skip


def _figures(tls: Tls) -> tuple[Number, ...]:
    found = []
    if tls.version:
        found.append(Number("version", tls_version(tls.version)))
    if tls.handshake:
        found.append(Number("messages", plural(len(tls.handshake), "message")))
    return tuple(found)


def both(case: Case) -> tuple[Rung, ...]:
    """The handshakes of this exchange as one ladder, in the order of time; only those that it made itself."""
    rungs: list[Rung] = []
    if client_turn(case) <= 1 or case.exchange.kind == "tls":
        rungs += browser_ladder(case)
    if server_turn(case) <= 1:
        rungs += site_ladder(case)
    return tuple(sorted(rungs, key=lambda rung: rung.at))


__all__ = ["both", "cipher_words", "fault_words", "with_browser", "with_site"]
