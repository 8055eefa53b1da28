"""Sec-WebSocket-*: a WebSocket's handshake, its answer recomputed."""

from __future__ import annotations

import base64
import hashlib

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import listed, say
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import members

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3


def accept_for(key: str) -> str:
    """What a server has to answer to a Sec-WebSocket-Key."""
    return base64.b64encode(
        hashlib.sha1(key.strip().encode("latin-1", "replace") + _GUID, usedforsecurity=False).digest()
    ).decode()


def _key(line: Line) -> Told:
    plain = say(
        "A random word. The server has to answer with a checksum of it, which proves that it knows what a [[WebSocket]] is."
    )
    return Told(
        plain,
        say(
            "It is no secret and protects nothing; it keeps old caches and servers from answering by accident."
        ),
    )


def _accept(line: Line) -> Told:
    key = line.case.request.first("sec-websocket-key")
    if not key:
        return Told(say("The checksum of the browser's random word; that word is not on record."))
    if accept_for(key) == line.value.strip():
        return Told(
            say(
                "The right answer to the browser's random word: the server understood. It was recomputed here."
            ),
            good=True,
        )
    return Told(
        say(
            "The wrong answer to the browser's random word: a browser closes the connection. `{right}` would be right.",
            right=accept_for(key),
        ),
        good=False,
    )


def _version(line: Line) -> Told:
    if line.value.strip() == "13":
        return Told(say("The version of the WebSocket protocol: 13, the only one in use."))
    return Told(say("The version of the WebSocket protocol: `{value}`. In use is 13.", value=line.value))


def _protocol(line: Line) -> Told:
    names = listed(each.words for each in members(line.value))
    if line.in_request:
        return Told(
            say("What may be spoken inside the WebSocket: {names}. The server chooses one.", names=names)
        )
    return Told(say("Inside the WebSocket {names} is spoken.", names=names))


def _extensions(line: Line) -> Told:
    packed = "permessage-deflate" in line.value.lower()
    verb = "It offers" if line.in_request else "Agreed is"
    if packed:
        return Told(
            say(f"{verb} to pack each message, so that it is shorter on the way (`permessage-deflate`).")
        )
    return Told(
        say(f"{verb} the extensions {{names}}.", names=listed(each.words for each in members(line.value)))
    )


_HANDSHAKE = rfc(6455, "4")

FIELDS = {
    "sec-websocket-key": Known(_key, (_HANDSHAKE, header("Sec-WebSocket-Key"))),
    "sec-websocket-accept": Known(_accept, (_HANDSHAKE, header("Sec-WebSocket-Accept"))),
    "sec-websocket-version": Known(_version, (_HANDSHAKE, header("Sec-WebSocket-Version"))),
    "sec-websocket-protocol": Known(_protocol, (_HANDSHAKE, header("Sec-WebSocket-Protocol"))),
    "sec-websocket-extensions": Known(_extensions, (rfc(7692, "5"), header("Sec-WebSocket-Extensions"))),
}
