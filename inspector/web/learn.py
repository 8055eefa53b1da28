"""Learn: the glossary, which every term of an explanation leads to."""

from __future__ import annotations

from flask import Blueprint, render_template

from inspector.explain import glossary


def blueprint() -> Blueprint:
    learn = Blueprint("learn", __name__, url_prefix="/learn")

    @learn.get("/glossary")
    def words() -> str:
        terms = glossary.in_order()
        letters = sorted({term.words[0].upper() for term in terms})
        return render_template("glossary.html", terms=terms, letters=letters, term_words=_words)

    return learn


def _words(id: str) -> tuple[str, str]:
    """A term's own id and words, by any id of it."""
    term = glossary.look_up(id)
    return (term.id, term.words) if term else (id, id)
