"""Each field of a message explained by its value. One file for each field or family; `table.FIELDS` lists them all."""

from __future__ import annotations

from inspector.explain.fields.explain import explain_field, explain_fields
from inspector.explain.fields.model import FieldNote, Line, Told

__all__ = ["FieldNote", "Line", "Told", "explain_field", "explain_fields"]
