"""How a message is carried: its framing, its connection, and a change to another protocol."""

from __future__ import annotations

from inspector.explain.case import body_of
from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, listed, say
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import members, number, parameters, tokens
from inspector.explain.words import lasting, size

_HOP = "It speaks of this one connection only, so a [[proxy]] does not pass it on."


def _transfer_encoding(line: Line) -> Told:
    names = tokens(line.value)
    if names[-1:] != ("chunked",) or names.count("chunked") > 1:
        plain = say("`chunked` must stand at the end, and once; so nobody can tell where this body ends.")
        return Told(plain, good=False if line.in_request else None)
    body = body_of(line.case.exchange, line.said.half)
    plain = say("The body comes in pieces, each with its own length before it ([[chunked transfer coding|chunks]]): so it can be sent before its whole length is known.")  # fmt: skip
    extra = body.wire - body.size
    precise = say("A piece of length 0 ends it.")
    if extra > 0 and body.size:
        precise += say("The lengths took {extra} on top of {size}.", extra=size(extra), size=size(body.size))
    others = [each for each in names if each != "chunked"]
    if others:
        precise += say(
            "Below that it is packed with {codings}, for this connection only.", codings=listed(others)
        )
    return Told(plain, precise)


def _connection(line: Line) -> Told:
    names = tokens(line.value)
    said = NOTHING
    if "close" in names:
        said += say("After this exchange the connection is closed.")
    if "keep-alive" in names:
        said += say("The connection stays open for more.")
        if line.said.start[2].endswith("1.1") or line.said.start[0].endswith("1.1"):
            said += say("In HTTP/1.1 that is so anyway.")
    if "upgrade" in names:
        said += say("The Upgrade field is meant for this connection.")
    others = [each for each in names if each not in ("close", "keep-alive", "upgrade")]
    if others:
        said += say("The fields {names} are for this connection only.", names=listed(others))
    return Told(said or say("It is empty."), say(_HOP))


def _keep_alive(line: Line) -> Told:
    _, found = parameters(";" + line.value.replace(",", ";"))
    said = NOTHING
    seconds, most = number(found.get("timeout", "")), number(found.get("max", ""))
    if seconds is not None:
        said += say("An idle connection is kept open for {time}.", time=lasting(seconds))
    if most is not None:
        said += say("It takes {count} more requests.", count=most)
    return Told(said or say("About how long the connection is kept open."), say(_HOP))


def _proxy_connection(line: Line) -> Told:
    return Told(say("A mistake of old browsers that lives on: meant for the [[proxy]], it means what Connection means."), say("No standard has it. Inspector does not pass it on."))  # fmt: skip


def _te(line: Line) -> Told:
    names = [each.words.lower() for each in members(line.value)]
    if "trailers" in names:
        return Told(
            say("It can read fields that come after the body ([[trailer fields|trailers]])."), say(_HOP)
        )
    return Told(
        say(
            "The transfer codings that it can read besides `chunked`: {names}.",
            names=listed(names) or say("none"),
        ),
        say(_HOP),
    )


def _trailer(line: Line) -> Told:
    names = listed(each.words for each in members(line.value))
    return Told(
        say(
            "After the body come the fields {names}: what was not known before, such as a checksum.",
            names=names,
        )
    )


def _upgrade(line: Line) -> Told:
    names = listed((each.words for each in members(line.value)), most=4)
    websocket = "websocket" in tokens(line.value)
    if line.in_request:
        plain = say("It would like to go on in another protocol on this connection: {names}.", names=names)
        plain += say("That opens a [[WebSocket]].") if websocket else NOTHING
        status = line.case.exchange.status
        if status == 101:
            plain += say("The server agreed (101).")
        elif status:
            plain += say("The server did not go along.")
        return Told(plain, say(_HOP))
    if line.case.exchange.status == 101:
        return Told(say("From here on the connection speaks {names}.", names=names))
    if line.case.exchange.status == 426:
        return Told(say("The server wants to be asked in {names}.", names=names))
    return Told(say("The server could go on in {names}, if it is asked to.", names=names))


def _expect(line: Line) -> Told:
    if line.value.strip().lower() == "100-continue":
        plain = say(
            "It holds back the body until the server says that it wants it (100): so that a large one isn't sent in vain."
        )
        interim = line.case.exchange.server_leg.interim if line.case.exchange.server_leg else ()
        if any(b" 100" in each.start_line[:13] for each in interim):
            plain += say("The server said so.")
        return Told(plain)
    return Told(
        say("`{value}` is no expectation that is known; the server may refuse it (417).", value=line.value),
        good=False,
    )


def _max_forwards(line: Line) -> Told:
    return Told(
        say(
            "At most {count} more proxies may pass this on; the one that counts to 0 answers itself.",
            count=line.value,
        )
    )


FIELDS = {
    "transfer-encoding": Known(_transfer_encoding, (rfc(9112, "6.1"), header("Transfer-Encoding"))),
    "connection": Known(_connection, (rfc(9110, "7.6.1"), header("Connection"))),
    "keep-alive": Known(_keep_alive, (rfc(9112, "C.2.2"), header("Keep-Alive"))),
    "proxy-connection": Known(_proxy_connection, (rfc(9112, "C.2.2"),)),
    "te": Known(_te, (rfc(9110, "10.1.4"), header("TE"))),
    "trailer": Known(_trailer, (rfc(9110, "6.6.2"), header("Trailer"))),
    "upgrade": Known(_upgrade, (rfc(9110, "7.8"), header("Upgrade"))),
    "expect": Known(_expect, (rfc(9110, "10.1.1"), header("Expect"))),
    "max-forwards": Known(_max_forwards, (rfc(9110, "7.6.2"), header("Max-Forwards"))),
}
