"""What a person adds to an exchange: a pin, a colour, a comment, tags. Never part of the record, which isn't edited."""

from __future__ import annotations

import msgspec

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple")
LONGEST_COMMENT = 4_000
LONGEST_TAG = 40
MOST_TAGS = 12


class Mark(msgspec.Struct, frozen=True):
    """`colour` is one of COLOURS or ''; `tags` are single words in small letters."""

    pinned: bool = False
    colour: str = ""
    comment: str = ""
    tags: tuple[str, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing was added."""
        return self == NO_MARK


NO_MARK = Mark()


def tags_in(text: str) -> tuple[str, ...]:
    """The tags in what somebody typed: words between spaces or commas, each once, with or without a # in front."""
    words = (word.lstrip("#").lower()[:LONGEST_TAG] for word in text.replace(",", " ").split())
    return tuple(dict.fromkeys(word for word in words if word and word.isprintable()))[:MOST_TAGS]


def tidy(mark: Mark) -> Mark:
    """The mark within its bounds: a known colour, a comment and tags that are not too long."""
    comment = mark.comment.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_COMMENT]
    return Mark(
        mark.pinned,
        mark.colour if mark.colour in COLOURS else "",
        comment.encode("utf-8", "replace").decode(),
        tags_in(" ".join(mark.tags)),
    )
