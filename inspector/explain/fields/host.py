"""Host: which site is meant, on a computer that may serve many."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, say
from inspector.explain.references import header, rfc


def _host(line: Line) -> Told:
    value = line.value.strip()
    if not line.in_request:
        return Told(say("In an answer this means nothing."), good=False)
    if len(line.said.every("host")) > 1:
        return Told(
            say(
                "It stands here more than once: two receivers may take two different ones. Such a request must be refused."
            ),
            good=False,
        )
    if not value:
        return Told(say("It is empty: the address has no host."))
    plain = say(
        "The site that is meant: `{host}`. One computer can serve many sites, and tells them apart by this.",
        host=value,
    )
    target = line.said.start[1]
    named = target.partition("://")[2].partition("/")[0] if "://" in target else ""
    if named and named.lower() != value.lower():
        return Told(
            plain + say("But the first line names `{other}`, and that is what counts.", other=named),
            good=False,
        )
    precise = say("Every request of HTTP/1.1 must have it.")
    sni = line.case.client_tls.sni if line.case.client_tls else ""
    if sni and sni.lower() != value.partition(":")[0].lower():
        precise += say("In the TLS handshake the name was `{sni}`.", sni=sni)
    return Told(plain, precise or NOTHING)


FIELDS = {"host": Known(_host, (rfc(9110, "7.2"), header("Host")))}
