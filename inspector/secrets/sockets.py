"""What one side said over a WebSocket with its secrets replaced: unpacked and unmasked to be looked through, then in frames again."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.exchange.model import Arrival
from inspector.exchange.socket_talk import OPCODES, Packing, Speaker, Spoken, spoken
from inspector.secrets.hider import Hider
from inspector.wire.websocket import written


def hide_said(
    hider: Hider,
    data: bytes,
    speaker: Speaker,
    packing: dict[Speaker, Packing] | None,
    arrivals: Sequence[Arrival] = (),
) -> tuple[bytes, tuple[Arrival, ...]]:
    """The bytes of one side, each message in one frame that isn't packed, and when each came. What is no whole frame is left out: a secret in it could not be found."""
    both = (data, b"") if speaker == "browser" else (b"", data)
    times = (arrivals, ()) if speaker == "browser" else ((), arrivals)
    kept, came = bytearray(), []
    for each in spoken(*both, arrivals=times, packing=packing, cut=(True, True)):
        if each.kind not in OPCODES:
            continue
        kept += written(OPCODES[each.kind], hide_message(hider, each), each.parts[0].mask)
        if each.at is not None:
            came.append(Arrival(len(kept), each.at))
    return bytes(kept), tuple(came)


def hide_message(hider: Hider, said: Spoken) -> bytes:
    """A message's payload with its secrets replaced."""
    if said.kind == "close":
        return said.payload[:2] + hider.body(said.payload[2:], "text/plain")
    media = "application/json" if said.payload[:1] in (b"{", b"[") else "text/plain"
    return hider.body(said.payload, media)
