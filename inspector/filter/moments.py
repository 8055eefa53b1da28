"""When something about an exchange is known. Rules act at one of these moments, and can only ask for what is known by then."""

from __future__ import annotations

from enum import IntEnum


class Moment(IntEnum):
    """In the order in which they come."""

    REQUEST_HEAD = 1
    REQUEST_BODY = 2
    RESPONSE_HEAD = 3
    RESPONSE_BODY = 4
    END = 5

    @property
    def words(self) -> str:
        """As a sentence has it: known when …"""
        return _WORDS[self]


_WORDS = {
    Moment.REQUEST_HEAD: "the request's head has arrived",
    Moment.REQUEST_BODY: "the request's body has arrived",
    Moment.RESPONSE_HEAD: "the response's head has arrived",
    Moment.RESPONSE_BODY: "the response's body has arrived",
    Moment.END: "the exchange is over",
}
