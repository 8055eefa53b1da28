"""What is explained of credentials that are hidden while somebody presents: nothing about the marks in their place."""

from __future__ import annotations

from dataclasses import replace

from inspector.explain.fields import FieldNote
from inspector.explain.prose import NOTHING, say
from inspector.secrets import is_mark

_CREDENTIALS = ("authorization", "proxy-authorization")


def as_shown(note: FieldNote) -> FieldNote:
    """The note as it is, or one that says why there is nothing to explain."""
    if note.name.lower() not in _CREDENTIALS or not is_mark(note.value):
        return note
    plain = say("It proves who is asking. What stands here is a secret, and hidden while you present.")
    return replace(note, plain=plain, precise=NOTHING, parts=(), good=None)
