"""From frames to rows: what one read of an engine's archive means for the index.

This is the recorder's hot loop: about two microseconds an exchange, most of it msgspec's decoding.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from inspector.exchange.model import Summary, decode_summary
from inspector.store.archive import Opening
from inspector.store.tail import Take

log = logging.getLogger(__name__)

_STATE = Summary.__struct_fields__.index("state")
_astuple = msgspec.structs.astuple


class _Connection(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The first fields of a model.Connection."""

    id: bytes
    side: str
    opened: float
    peer: str
    peer_port: int
    local: str
    local_port: int
    host: str = ""


class _Ciphertext(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The first field of a model.KeptCiphertext."""

    connection: bytes


_opening = msgspec.msgpack.Decoder(Opening).decode
_connection = msgspec.msgpack.Decoder(_Connection).decode
_ciphertext = msgspec.msgpack.Decoder(_Ciphertext).decode
_number = msgspec.msgpack.Decoder(int).decode
_ending = msgspec.msgpack.Decoder(tuple[int, int]).decode


class Harvest:
    """Rows for the index, in its columns' order, and what else the frames said.

    `forgetting` leaves out all that stands before an F frame (see `forget`): the wish has been made, the engine
    hasn't answered it yet.
    """

    __slots__ = (
        "ciphertexts",
        "connections",
        "damaged",
        "ending",
        "exchanges",
        "finished",
        "generation",
        "opening",
    )

    def __init__(self, engine: int, take: Take, *, forgetting: bool = False) -> None:
        self.exchanges: list[tuple[Any, ...]] = []
        self.connections: list[tuple[Any, ...]] = []
        self.ciphertexts: list[tuple[Any, ...]] = []
        self.opening: Opening | None = None
        self.generation: int | None = None
        self.ending: tuple[int, int] | None = None
        self.damaged = 1 if take.damaged else 0
        self._reap(engine, take)
        if forgetting and self.generation is None:
            self._drop()
        self.finished = sum(row[_STATE] != "open" for row in self.exchanges)

    def _reap(self, engine: int, take: Take) -> None:
        segment, rows = take.segment, self.exchanges
        for kind, offset, end, payload in take.frames:
            try:
                if kind == b"X":
                    summary = decode_summary(payload)
                    rows.append((*_astuple(summary), engine, segment, offset, end - offset))
                elif kind != b"B":
                    self._seldom(kind, payload, (engine, segment, offset, end - offset))
            except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
                self.damaged += 1
                log.warning("a record at %d in segment %d cannot be read: %s", offset, segment, error)

    def _seldom(self, kind: bytes, payload: memoryview | bytes, place: tuple[int, int, int, int]) -> None:
        if kind == b"C":
            head = _connection(payload)
            self.connections.append((head.id, head.side, head.opened, head.host, *place))
        elif kind == b"T":
            self.ciphertexts.append((_ciphertext(payload).connection, *place))
        elif kind == b"L":
            self.exchanges.append((*_astuple(decode_summary(payload)), *place[:3], 0))
        elif kind == b"S":
            self.opening = _opening(payload)
        elif kind == b"F":
            self._drop()
            self.generation = _number(payload)
        elif kind == b"E":
            self.ending = _ending(payload)

    def _drop(self) -> None:
        self.exchanges.clear()
        self.connections.clear()
        self.ciphertexts.clear()

    def ranges(self) -> dict[str, Any]:
        """The first and last ids, for the segment's row."""
        exchanges = [row[0] for row in self.exchanges]
        connections = [row[0] for row in (*self.connections, *self.ciphertexts)]
        return {
            "exchanges": self.finished,
            "first": min(exchanges, default=None),
            "last": max(exchanges, default=None),
            "first_connection": min(connections, default=None),
            "last_connection": max(connections, default=None),
        }
