"""How much of anything a peer may make us hold. Every number is a setting of the engine; these are its defaults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, unless said otherwise: `fields` counts, `extensions` is the sum over all chunks of a body."""

    head: int = 65_536
    line: int = 16_384
    fields: int = 200
    empty_lines: int = 2
    chunk_line: int = 4_096
    extensions: int = 65_536
    trailers: int = 16_384


DEFAULT_LIMITS = Limits()
