"""All fields of a message, each looked up and told."""

from __future__ import annotations

from dataclasses import replace

from inspector.explain.case import Case, Said, text_of
from inspector.explain.fields.model import FieldNote, Line, Told
from inspector.explain.fields.table import FIELDS
from inspector.explain.lint import describe
from inspector.explain.prose import say, shown
from inspector.explain.references import Reference, rfc
from inspector.explain.words import visible
from inspector.wire.fields import Field

MOST = 300  # fields of a message are explained; of more, these
LONGEST = 4_096  # characters of a value are handed on to be shown


def explain_fields(case: Case, said: Said, *, titles: bool = False) -> tuple[FieldNote, ...]:
    """The fields of a message in order, then its trailers. `titles`: with httplint's description of each, which it takes time to load."""
    found = [explain_field(case, said, field) for field in said.fields[:MOST]]
    found += [explain_field(case, said, field, trailer=True) for field in said.trailers[:MOST]]
    if titles:
        found = [replace(note, title=describe(note.name)) for note in found]
    return tuple(found)


def explain_field(case: Case, said: Said, field: Field, *, trailer: bool = False) -> FieldNote:
    """One field."""
    name = field.name.decode("latin-1").lower()
    known = FIELDS.get(name)
    references: tuple[Reference, ...]
    if known is None:
        told, references = _unknown(field, name), (rfc(9110, "5"),)
    else:
        told, references = known.tell(Line(case, said, name, text_of(field))), known.references
    return FieldNote(
        visible(field.name), visible(field.value[:LONGEST]), said.place(field, trailers=trailer),
        told.plain, told.precise, told.parts, told.good, references, known is not None, trailer,
    )  # fmt: skip


def _unknown(field: Field, name: str) -> Told:
    if not name:
        return Told(
            say("This line has no colon, so it is no field. Strict receivers refuse the whole message."),
            good=False,
        )
    plain = say("`{name}` is not a field that is known here.", name=shown(visible(field.name), 60))
    if name.startswith("x-"):
        plain += say(
            "A name that begins with X- was made up by somebody for their own use; only they know what it means."
        )
    else:
        plain += say(
            "Receivers ignore fields that they don't know, so whoever sends it has somebody in mind who does."
        )
    return Told(plain)
