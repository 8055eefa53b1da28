"""The fields of a message with what their values mean, beside the rows that show them."""

from __future__ import annotations

from typing import NamedTuple

from inspector.explain.case import Case, Said
from inspector.explain.fields import FieldNote, explain_fields
from inspector.explain.lint import describe
from inspector.web.present.hidden import as_shown
from inspector.web.present.histories import Link, links_for


class Note(NamedTuple):
    """What one field means; `about` is what a field of this name is for, in httplint's words."""

    told: FieldNote
    about: str
    histories: tuple[Link, ...] = ()


class Notes(NamedTuple):
    """The notes of a message, in the order of its fields. `more` fields have none, since there are too many."""

    fields: tuple[Note, ...] = ()
    trailers: tuple[Note, ...] = ()
    more: int = 0


NO_NOTES = Notes()


def notes_of(case: Case, said: Said) -> Notes:
    """A message's notes. There may be fewer than fields."""
    notes = [_note(case, as_shown(each)) for each in explain_fields(case, said)]
    fields = tuple(note for note in notes if not note.told.trailer)
    trailers = tuple(note for note in notes if note.told.trailer)
    return Notes(fields, trailers, len(said.message.fields) - len(fields))


def _note(case: Case, told: FieldNote) -> Note:
    about = describe(told.name.lower()) if told.known else ""
    return Note(told, about, links_for(case, told.name, told.value))
