"""What stops Inspector from starting, told so that the reader can mend it.

InspectorError
└── CannotStart       something outside is in the way: a port, a folder, another copy
"""

# ruff: noqa: N818 (the name says what is the matter)

from __future__ import annotations


class InspectorError(Exception):
    """What went wrong in a sentence, and the cure in another."""

    def __init__(self, sentence: str, cure: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cure = cure


class CannotStart(InspectorError):
    """A port is taken, the home cannot be written to, another copy runs on it."""
