"""A filter as the command line takes it, and what is wrong with one in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.errors import InspectorError

if TYPE_CHECKING:
    from inspector.filter.tree import Node


def read_filter(text: str) -> Node:
    """What the filter means; everything, if it is empty. InspectorError says what is wrong and what was perhaps meant."""
    from inspector.filter.errors import FilterMistake
    from inspector.filter.parsing import parse
    from inspector.filter.tree import EVERYTHING

    if not text.strip():
        return EVERYTHING
    try:
        return parse(text)
    except FilterMistake as mistake:
        mended = mistake.mended(text)
        cure = (
            f"Did you mean {' or '.join(mended)}?"
            if mended
            else f"It is at {text[mistake.start : mistake.end]!r}."
        )
        raise InspectorError(f"The filter is not understood: {mistake.sentence}", cure) from mistake
