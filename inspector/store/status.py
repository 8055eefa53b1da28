"""Status boards: small files in HOME/run on which each process says how it is, a few times a second.

The web process reads them for the lamp. They must work when nothing else does, so there is no database here,
and the room is taken when the board is made: a disk that is full later does not matter. Two slots are written
in turn, each with a number and a checksum, so a reader always finds one whole, whenever the writer was killed.
Plain writes instead of a memory map: a map of a file that lost its blocks kills its process (SIGBUS).
"""

from __future__ import annotations

import logging
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec

log = logging.getLogger(__name__)

_SLOT = 2048
_HEAD = struct.Struct(">4sQII")  # mark, turn, length, crc32
_MARK = b"\xf7Bd1"


class Status(msgspec.Struct, frozen=True):
    """How a process is. `failing` is its trouble in words, empty if there is none; `more` is for whatever else it says."""

    role: str
    number: int = 1
    pid: int = 0
    started: float = 0.0
    heartbeat: float = 0.0
    exchanges: int = 0
    lost: int = 0
    lost_bytes: int = 0
    failing: str = ""
    backlog: int = 0
    connections: int = 0
    rss: int = 0
    more: dict[str, Any] = {}


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Status).decode


class StatusBoard:
    """The board of one process. It never raises: a process without a board still does its work."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = 0
        self._file = -1
        self._open()

    def write(self, status: Status) -> None:
        """Say how things are; what is too long for the board is cut from `more`, then from `failing`."""
        if self._file < 0:
            self._open()
        if self._file < 0:
            return
        data = _encode(status)
        if len(data) > _SLOT - _HEAD.size:
            data = _encode(msgspec.structs.replace(status, more={}, failing=status.failing[:200]))
        self._turn += 1
        slot = _HEAD.pack(_MARK, self._turn, len(data), zlib.crc32(data)) + data
        try:
            _write_at(self._file, slot, self._turn % 2 * _SLOT)
        except OSError as error:
            log.debug("%s: %s", self.path, error)
            self.close()

    def close(self) -> None:
        """Let go of the file. It stays, with what was last said."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._file = os.open(self.path, flags, 0o600)
            _write_at(self._file, bytes(2 * _SLOT), 0)
        except OSError as error:
            log.debug("%s: %s", self.path, error)
            self.close()


def read_board(path: Path) -> Status | None:
    """What stands on a board, or None if there is none that can be read."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    slots = [found for found in (_slot(data[:_SLOT]), _slot(data[_SLOT:])) if found]
    if not slots:
        return None
    try:
        return _decode(max(slots)[1])
    except msgspec.MsgspecError:
        return None


def read_boards(run: Path) -> list[Status]:
    """All boards in a folder, by role and number."""
    found = (read_board(path) for path in sorted(run.glob("*.status")))
    return sorted((status for status in found if status), key=lambda each: (each.role, each.number))


def _slot(data: bytes) -> tuple[int, bytes] | None:
    if len(data) < _HEAD.size:
        return None
    mark, turn, length, crc = _HEAD.unpack_from(data)
    payload = data[_HEAD.size : _HEAD.size + length]
    if mark != _MARK or len(payload) != length or zlib.crc32(payload) != crc:
        return None
    return turn, payload


def _write_at(file: int, data: bytes, offset: int) -> None:
    os.lseek(file, offset, os.SEEK_SET)
    os.write(file, data)
