"""Puts made-up exchanges into a home's archive and index; see scripts/fill. What they are made of is in sample_sites.py."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sample_sites import Sites

from inspector.exchange.ids import Ids
from inspector.exchange.model import Body, Piece, encode
from inspector.store.archive import ArchiveWriter
from inspector.store.recorder import Recorder

LARGE = 64 * 1024


class _Clock:
    """Time as the made-up exchanges have it."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def fill(home: Path, number: int, *, days: float = 7.0, seed: int = 1, words: bool = True) -> None:
    """Add `number` exchanges that end now and begin `days` ago; `words` says whether their words are indexed, too."""
    clock = _Clock(time.time() - days * 86400)
    ids = Ids(clock)
    writer = ArchiveWriter(home / "captures", engine=ids.next(), backlog=512 * 1024 * 1024, clock=clock)

    def keep(data: bytes) -> Body:
        if len(data) <= LARGE:
            return Body(len(data), len(data), data)
        pieces = tuple(
            filter(None, (writer.put(b"B", data[at : at + LARGE]) for at in range(0, len(data), LARGE)))
        )
        return Body(len(data), len(data), b"", tuple(Piece(*_fields(piece)) for piece in pieces))

    sites = Sites(seed, ids.next, keep)
    step = days * 86400 / number
    began = time.perf_counter()
    for change in range(1, number + 1):
        clock.now += step
        connections, exchange = sites.next(change, clock.now)
        for connection in connections:
            writer.put(b"C", encode(connection))
        writer.put(b"X", encode(exchange), final=True)
        if change % 500 == 0:
            writer.flush()
            _wait(writer)
        if change % 10000 == 0 or change == number:
            _progress("written", change, number, began)
    writer.close(600)
    _record(home, number, words=words)


def _wait(writer: ArchiveWriter) -> None:
    while writer.backlog > 256 * 1024 * 1024:
        time.sleep(0.01)


def _record(home: Path, number: int, *, words: bool) -> None:
    recorder, began, told = Recorder(home), time.perf_counter(), 0
    while recorder.step():
        if recorder.recorded - told >= 10000:
            told = recorder.recorded
            _progress("listed", told, number, began)
    _progress("listed", recorder.recorded, number, began)
    if recorder.trouble.words:
        print(f"\n{recorder.trouble.words}", file=sys.stderr)
    while words and recorder.index_words(1.0):
        _progress("words of", recorder.indexed, number, began)
    recorder.close()
    print(file=sys.stderr)


def _fields(piece: Piece) -> tuple[int, int, int]:
    return piece.segment, piece.offset, piece.length


def _progress(what: str, done: int, number: int, began: float) -> None:
    took = time.perf_counter() - began
    print(f"\r{what} {done:,} of {number:,} in {took:.1f} s ", end="", file=sys.stderr, flush=True)
