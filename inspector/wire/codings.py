"""Content codings taken off, for looking at: gzip, deflate, br, zstd, one on top of the other if need be.

Never used on what passes through. A few kilobytes can be packed so that they unfold to gigabytes, so output,
ratio and depth are capped, and what is read so far is always given, with a sentence about why there isn't more.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import brotli
import zstandard

MAX_OUTPUT = 16 * 1024 * 1024
MAX_RATIO = 1_000
MAX_DEPTH = 3

_STEP = 65_536  # bytes of output at a time
_UNJUDGED = 1_048_576  # so much may come of any input: a page of nothing but spaces is no attack

# RFC 9659: "decoders MUST support a Window_Size of up to and including 8 MB", and need not more
_ZSTD_WINDOW = 2**23
# A zstd block is 128 KiB at most and no smaller than 4 bytes: so many bytes of input make 8 MiB at most
_ZSTD_STEP = 256

Pieces = Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What could be read. `problem` is '' or a sentence; `complete` is False if the end is missing."""

    data: bytes
    complete: bool = True
    problem: str = ""


class _StopError(Exception):
    """Why decoding goes no further, as a sentence; never leaves this module."""


def decode(
    codings: str | Iterable[str],
    body: bytes | Iterable[bytes],
    *,
    max_output: int = MAX_OUTPUT,
    max_ratio: int = MAX_RATIO,
    max_depth: int = MAX_DEPTH,
) -> Decoded:
    """The content below its codings. `codings` is Content-Encoding, as its value or its words, in the order applied."""
    words = codings.split(",") if isinstance(codings, str) else codings
    names = [name for word in words if (name := word.strip().lower()) not in ("", "identity")]
    pieces = _Counted(iter((body,)) if isinstance(body, bytes) else iter(body))
    if len(names) > max_depth:
        return Decoded(
            b"", False, f"There are {len(names)} codings on top of each other; {max_depth} are taken off."
        )
    layers: Pieces = pieces
    for name in reversed(names):
        coder = _CODERS.get(name)
        if coder is None:
            return Decoded(b"", False, f"The coding '{name}' is not known here.")
        layers = _capped(coder(layers), max_output)
    return _collect(layers if names else _capped(layers, max_output), pieces, max_ratio)


def _collect(layers: Pieces, source: _Counted, max_ratio: int) -> Decoded:
    found: list[bytes] = []
    size = 0
    try:
        for piece in layers:
            found.append(piece)
            size += len(piece)
            if size > _UNJUDGED and size > source.count * max_ratio:
                raise _StopError(
                    f"The content unfolds to more than {max_ratio} times its size; reading stopped here."
                )
    except _StopError as stop:
        return Decoded(b"".join(found), False, str(stop))
    return Decoded(b"".join(found))


class _Counted:
    """The body's pieces, and how many bytes of it were asked for so far."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self.count = 0

    def __iter__(self) -> Pieces:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self.count += len(piece)
        return piece


def _capped(pieces: Pieces, most: int) -> Pieces:
    left = most
    for piece in pieces:
        if len(piece) > left:
            if left:
                yield piece[:left]
            raise _StopError(f"The content is larger than {most} bytes; the rest is not shown.")
        left -= len(piece)
        yield piece


def _gzip(pieces: Pieces) -> Pieces:
    return _inflated("gzip", pieces, zlib.MAX_WBITS | 16)


def _deflate(pieces: Pieces) -> Pieces:
    """RFC 9110 §8.4.1.2 means zlib, and notes that "some non-conformant implementations" send raw deflate."""
    first = b""
    for piece in pieces:
        first += piece
        if len(first) > 1:
            break
    zlib_header = len(first) > 1 and first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0
    return _inflated("deflate", _chain(first, pieces), zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)


def _chain(first: bytes, rest: Pieces) -> Pieces:
    if first:
        yield first
    yield from rest


def _inflated(name: str, pieces: Pieces, wbits: int) -> Pieces:
    inflater = zlib.decompressobj(wbits)
    begun = False
    for data in pieces:
        begun = begun or bool(data)
        while data or inflater.unconsumed_tail:
            if inflater.eof:
                if name != "gzip" or not data.startswith(b"\x1f\x8b"):
                    return  # padding after the end, which gzip's own program ignores too
                inflater = zlib.decompressobj(wbits)
            try:
                piece = inflater.decompress(data, _STEP)
            except zlib.error as error:
                raise _damaged(name, error) from error
            data = inflater.unconsumed_tail or inflater.unused_data  # noqa: PLW2901 # what is left of this piece
            if piece:
                yield piece
    if begun and not inflater.eof:
        yield from _last(name, inflater)


def _last(name: str, inflater: zlib._Decompress) -> Pieces:
    yield inflater.flush()
    if not inflater.eof:
        raise _cut_off(name)


def _brotli(pieces: Pieces) -> Pieces:
    decoder = brotli.Decompressor()
    begun = False
    for data in pieces:
        begun = begun or bool(data)
        try:
            piece = decoder.process(data, output_buffer_limit=_STEP)
            while piece or not decoder.can_accept_more_data():
                yield piece
                piece = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=_STEP)
                if not piece and decoder.is_finished():
                    return
        except brotli.error as error:
            raise _damaged("br", error) from error
        if decoder.is_finished():
            return
    if begun:
        raise _cut_off("br")


def _zstd(pieces: Pieces) -> Pieces:
    context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    decoder = context.decompressobj()
    between = True
    for data in pieces:
        at = 0
        while at < len(data):
            if decoder.eof:
                decoder = context.decompressobj()
            step = data[at : at + _ZSTD_STEP]
            at += len(step)
            try:
                piece = decoder.decompress(step)
            except zstandard.ZstdError as error:
                raise _damaged("zstd", error) from error
            between = decoder.eof
            if between:
                at -= len(decoder.unused_data)
            if piece:
                yield piece
    if not between:
        raise _cut_off("zstd")


def _damaged(name: str, error: Exception) -> _StopError:
    return _StopError(f"The bytes are not what their coding, {name}, says: {error}.")


def _cut_off(name: str) -> _StopError:
    return _StopError(f"The end of the {name} data is missing.")


_CODERS: dict[str, Callable[[Pieces], Pieces]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}

CODINGS = tuple(_CODERS)
