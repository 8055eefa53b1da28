"""Form bodies as tables: urlencoded, and multipart with its files named. Parsed by werkzeug, part by part, never whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from inspector.web.present.charset import looks_like_text, to_text

MOST_ENTRIES = 500
LONGEST_VALUE = 4_000
LONGEST_LOOK = 160  # into a file


@dataclass(frozen=True, slots=True)
class Entry:
    """One name and its value. `file` is the name of an uploaded file; then `media` and `size` speak of it."""

    name: str
    value: str
    size: int
    file: str | None = None
    media: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """The entries in order; `problem` says why there are no more of them."""

    entries: tuple[Entry, ...]
    problem: str = ""


def urlencoded(data: bytes, charset: str = "utf-8") -> Form:
    """The pairs of `a=1&b=two+words` (URL Standard §5.1)."""
    pairs = [pair for pair in data.split(b"&", MOST_ENTRIES) if pair]
    problem = "Only the first 500 entries are shown." if len(pairs) > MOST_ENTRIES else ""
    entries = []
    for pair in pairs[:MOST_ENTRIES]:
        name, _, value = pair.partition(b"=")
        plain = unquote_to_bytes(value.replace(b"+", b" "))
        text = to_text(plain, charset)
        entries.append(
            Entry(
                to_text(unquote_to_bytes(name.replace(b"+", b" ")), charset)[:LONGEST_VALUE],
                text[:LONGEST_VALUE],
                len(plain),
                cut=len(text) > LONGEST_VALUE,
            )
        )
    return Form(tuple(entries), problem)


def multipart(pieces: Iterable[bytes], boundary: str, charset: str = "utf-8") -> Form:
    """The parts of a multipart/form-data body (RFC 7578), read as they come."""
    parser = _Parts(charset)
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=MOST_ENTRIES)
    problem = ""
    try:
        for piece in pieces:
            for at in range(0, len(piece), 65_536):
                decoder.receive_data(piece[at : at + 65_536])
                parser.take(decoder)
        if not parser.ended:
            decoder.receive_data(None)
            parser.take(decoder)
    except ValueError as error:
        problem = f"The parts end early: {error}."
    except Exception as error:  # noqa: BLE001 (werkzeug says 'too many parts' as an HTTP error of its own)
        problem = f"Not all parts are shown: {getattr(error, 'description', error)}"
    return Form(parser.finish(), problem or ("" if parser.ended else "The last boundary is missing."))


class _Parts:
    """Collects what the decoder finds; of each value the beginning, of each file a count."""

    def __init__(self, charset: str) -> None:
        self._charset = charset
        self._entries: list[Entry] = []
        self._head: Field | File | None = None
        self._kept = bytearray()
        self._size = 0
        self.ended = False

    def take(self, decoder: MultipartDecoder) -> None:
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, (Field, File)):
                self._head, self._size = event, 0
                self._kept.clear()
            elif isinstance(event, Data):
                self._size += len(event.data)
                self._kept += event.data[: max(LONGEST_VALUE - len(self._kept), 0)]
                if not event.more_data:
                    self._close()
            elif isinstance(event, Epilogue):
                self.ended = True
                return

    def _close(self) -> None:
        head, self._head = self._head, None
        if head is None:
            return
        kept = bytes(self._kept[: LONGEST_LOOK if isinstance(head, File) else LONGEST_VALUE])
        self._entries.append(
            Entry(
                head.name or "",
                to_text(kept, self._charset) if looks_like_text(kept) else "",
                self._size,
                head.filename if isinstance(head, File) else None,
                head.headers.get("content-type", ""),
                self._size > len(kept),
            )
        )

    def finish(self) -> tuple[Entry, ...]:
        self._close()
        return tuple(self._entries)
