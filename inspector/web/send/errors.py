"""Why nothing came of sending. Both are sentences for a person.

NotSent   the proxy is not there, or there is too much on its way already
"""

from __future__ import annotations


class NotSent(Exception):  # noqa: N818 - an answer, told to a person
    """It did not even reach the proxy."""

    def __init__(self, sentence: str, cure: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cure = cure
