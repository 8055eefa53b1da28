"""Text on its way to a terminal. Names, faults and what hooks print may come from a site, and a terminal obeys some characters: it is shown, never obeyed."""

from __future__ import annotations


def plain(text: str) -> str:
    """The text with whatever would speak to the terminal replaced; line ends and tabs stay."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
