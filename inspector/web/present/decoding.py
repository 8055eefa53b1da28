"""Content codings undone for viewing, capped in output, ratio and depth; and an account of how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.wire.codings import decode


class Decoding:
    """The decoded bytes of a body, once. After the loop `problem` says why it ended early, empty if it didn't."""

    __slots__ = ("_codings", "_most", "_pieces", "problem")

    def __init__(self, codings: tuple[str, ...], pieces: Iterable[bytes], most: int) -> None:
        self._codings = codings
        self._pieces = pieces
        self._most = most
        self.problem = ""

    def __iter__(self) -> Iterator[bytes]:
        if not self._codings:
            yield from self._pieces
            return
        found = decode(self._codings, self._pieces, max_output=self._most)
        self.problem = found.problem
        yield found.data
